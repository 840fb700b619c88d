import { describe, expect, test } from '@jest/globals';
import { alternatives } from '../../../src/core/pipeline/alternatives.ts';
import { checkoutRoot } from '../../../src/core/shell/files.ts';
import { MAX_SCRIPT_LENGTH } from '../../../src/core/shell/source.ts';
import { called, format, known, text } from '../../../src/core/value.ts';
import { commands, trace } from './traced.ts';

describe('words', () => {
  test('after a loop a variable is what it was, or what a pass gave it', () => {
    const script =
      'A=1\nB=1\nC=1\nwhile [ -n "$1" ]; do\n case $1 in\n -a) A=2;;\n -c) C="$C$C";;\n esac\n shift\ndone\nrun "$A" "$B" "$C"';
    const [last] = trace(script).invocations.filter((one) => format(one.argv[0]?.value ?? []) === 'run');
    const values = last?.argv.slice(1).map(({ value }) => value) ?? [];
    expect(values.map((value) => alternatives(value).map(format))).toEqual([
      ['1', '2'],
      ['1'],
      ['$C$C', '1'],
    ]);
  });

  test.each([
    ['run a "b c" \'d $X\'', ['a|b c|d $X']],
    ['run $X "$X"', ['p|q|p q']],
    ['run "${X}z" ${Y:-d} ${X:+set} ${E:-empty} "${E-kept}"', ['p qz|${Y:-d}|set|empty|']],
    [
      'V=ghcr.io/o/app:v1.2; run ${V##*/} ${V%%/*} ${V%:*} ${V#*/} ${V/o/x} ${V//o/0}',
      ['app:v1.2|ghcr.io|ghcr.io/o/app|o/app:v1.2|ghcr.ix/o/app:v1.2|ghcr.i0/0/app:v1.2'],
    ],
    ['V=Abc; run ${V,,} ${V^^} ${V,} ${#V} ${V:1} ${V:0:2} ${V: -1}', ['abc|ABC|abc|3|bc|Ab|c']],
    [
      'A=(one "two words"); A+=(--push); run "${A[@]}" ${#A[@]} "${A[1]}"',
      ['one|two words|--push|3|two words'],
    ],
    ['declare -A M=([x]=1 [y]=2); k=y; run "${M[$k]}" "${M[x]}"', ['2|1']],
    ['set -- a "b c"; run "$@" $# "$2"; shift; run "$1"', ['a|b c|2|b c', 'b c']],
    ['run {a,b}.x', ['a.x|b.x']],
    ['run $((2 * 3 + 1)) ; i=4; ((i++)); run $i', ['7', '5']],
    ['N=X; run ${!N}', ['p|q']],
    ['run a$UNKNOWN', ['a$UNKNOWN']],
    ['run $(printf "%s-%s" a b) `echo c`', ['a-b|c']],
    [
      'run "$(echo MiXed | tr "[:upper:]" "[:lower:]")" $(basename /a/b.tgz .tgz) $(dirname /a/b)',
      ['mixed|b|/a'],
    ],
    ['run $(echo "A/$U/B" | tr A-Z a-z) $(echo "$U-x" | tr "[a-z]" "[A-Z]")', ['a/$U/b|$U-X']],
    [
      "I=Reg/$U/B; run $(echo $I | tr '[A-Z]' '[a-z]') ${I,,} ${I^^} ${I,}",
      ['reg/$U/b|reg/$U/b|REG/$U/B|reg/$U/B'],
    ],
    [
      'run "$(echo "$U/B" | tr A-Y a-y)" "$(echo "$U/B" | tr -d B)"',
      ['$(echo "$U/B" | tr A-Y a-y)|$(echo "$U/B" | tr -d B)'],
    ],
    [
      "run $(echo \"MsSql $U\" | awk '{print tolower($0)}') $(echo aé | awk '{ print(toupper($0)); }')",
      ['mssql|$U|Aé'],
    ],
    ['run $(echo a:b:c | cut -d: -f2) $(echo v1.2 | sed "s/^v//")', ['b|1.2']],
    [
      "run $(echo refs/heads/main | sed -e 's,.*/\\(.*\\),\\1,') $(echo a/b/c | sed 's#.*/##') $(echo 1.2+x+y | sed 's/+.*/-z/')",
      ['main|c|1.2-z'],
    ],
    [
      "run $(echo a/b | sed -E 's,^.*/(.*)$,\\1,') $(echo v1-2 | sed 's/^-.*//') $(echo a/b/ | sed 's,.*b/$,x,')",
      ["b|v1-2|$(echo a/b/ | sed 's,.*b/$,x,')"],
    ],
    ['run "$(cmd)"', ['$(cmd)']],
    ["run $'a\\tb'", ['a\tb']],
    ['A=(a b c); run ${A[-1]} "${A[@]:1}" "${A[*]}"', ['c|b|c|a b c']],
    ['let y=3+4; run $y $(basename /a/b/)', ['7|b']],
    ['IFS=: read -r a b <<< "x:y:z"; run "$a" "$b"', ['x|y:z']],
    ['IFS=, read -ra all <<< "x,y:$Z"; for i in "${all[@]}"; do run "$i"; done', ['x', 'y:$Z']],
    ['read -r -a all <<< " x  y "; run "${#all[@]}" "${all[1]}"', ['2|y']],
    ['mapfile -t all <<< "$(printf "x\\ny z\\n")"; run "${all[@]}"', ['x|y z']],
    ['IFS=, read -ra all <<< "$LIST"; run "${all[@]}"', ['$all']],
  ])('%s', (script, expected) => {
    expect(commands(trace(script, { X: 'p q', E: '' }))).toEqual(expected);
  });

  test('an unset variable stays a hole that says so', () => {
    const [invocation] = trace('run $REGISTRY/app').invocations;
    expect(invocation?.argv[1]?.value).toEqual([
      { expression: '$REGISTRY', why: 'nothing in sight sets it' },
      '/app',
    ]);
  });

  test('what one unknown command prints is called by the variable that takes it, and told apart by the command', () => {
    const script =
      'A=$(jq .a x); export B=$(jq .b x); C=$A; D=v$(jq .d x); A2=$(echo "$A"); run $A $B $C $D $A2';
    const words = trace(script).invocations.find((one) => format(one.argv[0]?.value ?? []) === 'run')?.argv;
    expect(words?.slice(1).map(({ value }) => `${format(value)} ${called(value)}`)).toEqual([
      '$(jq .a x) $A',
      '$(jq .b x) $B',
      '$(jq .a x) $A',
      'v$(jq .d x) v$(jq .d x)',
      '$(echo "$A") $A',
    ]);
  });

  test('the words of an unknown list are called by the variable of the loop', () => {
    const words = trace('for IMAGE in $(jq keys x); do run "$IMAGE"; done').invocations.at(-1)?.argv;
    expect(words?.map(({ value }) => called(value))).toEqual(['run', '$IMAGE']);
  });

  test('a case change keeps what a hole may be, changed as well, and forgets the rest it is not', () => {
    const stage = {
      expression: '$S',
      why: 'two branches',
      choices: [text('Dev'), text('Prod')],
      not: ['', 'QA'],
    };
    const region = { expression: '$R', why: 'nothing in sight sets it', not: ['EU'] };
    const traced = trace('run ${H,,}', {}, { environment: new Map([['H', [stage, '-X-', region]]]) });
    expect(traced.invocations[0]?.argv[1]?.value).toEqual([
      { expression: '$S', why: 'two branches', choices: [['dev'], ['prod']], not: [''] },
      '-x-',
      { expression: '$R', why: 'nothing in sight sets it' },
    ]);
  });

  test('a plain sh leaves braces alone', () => {
    expect(commands(trace('run {a,b}', {}, { shell: '/bin/sh' }))).toEqual(['{a,b}']);
  });

  test('expressions of the workflow are resolved, split outside quotes, kept as holes otherwise', () => {
    const script = 'run ${{ inputs.args }} "${{ inputs.args }}" x${{ secrets.T }}${{ env.U }}';
    const traced = trace(
      script,
      {},
      { expression: (one) => (one.includes('args') ? text('-a -b') : [{ expression: one, why: 'secret' }]) },
    );
    expect(commands(traced)).toEqual(['-a|-b|-a -b|x${{ secrets.T }}${{ env.U }}']);
    expect(traced.gaps).toEqual([]);
  });

  test('quotes inside an expression do not confuse the parser', () => {
    expect(commands(trace(`run \${{ a == '}}"' }} b`))).toEqual([`\${{ a == '}}"' }}|b`]);
  });
});

describe('branches', () => {
  test.each([
    ['if [ "$X" = y ]; then run a; else run b; fi', ['a']],
    ['if [ "$X" != y ]; then run a; elif [[ $X == y* ]]; then run b; fi', ['b']],
    ['if [ "$U" = y ]; then run a; else run b; fi; run c', ['?a', '?b', 'c']],
    ['[ -n "$X" ] && run a || run b', ['a', '?b']],
    ['[ -z "$U" ] && run a; run b', ['?a', 'b']],
    ['build && run a', ['a']],
    ['build || run a', ['?a']],
    ['build || exit 1; run a', ['a']],
    ['grep -q x f && run a', ['?a']],
    ['! grep -q x f || run a', ['?a']],
    ['if [ "$U" = 1 ]; then exit 0; fi; run a', ['?a']],
    ['if [ "$X" = y ]; then exit 0; fi; run a', []],
    ['exit 0; run a', []],
    ['(exit 0); run a', ['a']],
    ['false; run a', ['a']],
    ['set -e; false; run a', []],
    ['set -e; X=1; if [ $X = 2 ]; then run a; fi; run b', ['b']],
    ['set -e; X=1; if [ $X = 2 ]; then run a; elif [ $X = 3 ]; then run b; fi; run c', ['c']],
    ['set -e; X=1; while [ $X = 2 ]; do run a; done; run b', ['b']],
    ['set -e; X=1; ! [ $X = 1 ]; run b', ['b']],
    ['set -e; X=1; [ $X = 2 ]; run b', []],
    ['case "$X" in a|y) run hit;; *) run miss;; esac', ['hit']],
    ['case "$U" in a) run one;; *) run two;; esac', ['?one', '?two']],
    ['for t in 1 2; do run $t; done', ['1', '2']],
    ['for t in $LIST; do run $t; done', ['?$LIST']],
    ['for t in 1 2 3; do [ $t = 2 ] && continue; run $t; done', ['1', '3']],
    ['for t in 1 2 3; do [ $t = 2 ] && break; run $t; done', ['1']],
    ['i=0; while [ $i -lt 3 ]; do run $i; i=$((i+1)); done', ['0', '1', '2']],
    ['while [ "$U" ]; do run x; done; run y', ['?x', 'y']],
    ['while [ $# -gt 0 ]; do run $1; shift; done', ['?$1']],
    ['until run a; do sleep 1; done', ['?a'.slice(1)]],
    ['[[ "$X" =~ ^(y|z)$ ]] && run a', ['a']],
    ['if true; then run a; fi; if :; then run b; fi', ['a', 'b']],
  ])('%s', (script, expected) => {
    expect(commands(trace(script, { X: 'y' }))).toEqual(expected);
  });

  test('guards are the undecided conditions as written', () => {
    const script = 'if [ "$A" = 1 ]; then\n  case $B in\n    x) run a ;;\n  esac\nelse run b\nfi';
    const guards = trace(script)
      .invocations.filter((one) => format(one.argv[0]?.value ?? []) === 'run')
      .map((one) => one.guards);
    expect(guards).toEqual([['[ "$A" = 1 ]', 'case $B in x'], ['! [ "$A" = 1 ]']]);
  });

  test('what comes after an early exit names the condition it needs', () => {
    const last = trace('if [ "$DRY" = 1 ]; then exit 0; fi\nrun a').invocations.at(-1);
    expect(last).toMatchObject({ happens: 'unknown', guards: ['! [ "$DRY" = 1 ]'] });
  });

  test('a variable set differently on two branches names both values', () => {
    const { environment } = trace('if [ "$A" ]; then T=x; else T=y; fi');
    expect(environment.get('T')).toEqual([
      { expression: '$T', why: 'it depends on which branch of the script runs', choices: [['x'], ['y']] },
    ]);
  });

  test('branches that agree leave the variable known; one that exits has no say', () => {
    const agreed = trace('if [ "$A" ]; then T=x; else T=x; fi; case $B in a) V=1;; *) exit 1;; esac');
    expect(known(agreed.environment.get('T') ?? [])).toBe('x');
    expect(known(agreed.environment.get('V') ?? [])).toBe('1');
  });

  test('open conditions show every branch', () => {
    const traced = trace('if [ "$X" = y ]; then run a; else run b; fi', { X: 'y' }, { openConditions: true });
    expect(commands(traced)).toEqual(['?a', '?b']);
  });

  test('a switch chosen in $(…) keeps its alternatives', () => {
    const [invocation] = trace('run $([ "$A" = 1 ] && echo --push)').invocations.filter(
      (one) => format(one.argv[0]?.value ?? []) === 'run',
    );
    expect(invocation?.argv[1]?.value).toMatchObject([{ choices: [[], ['--push']] }]);
  });
});

describe('calls', () => {
  test('functions get their arguments and keep their locals', () => {
    const script = 'p() { local t=${2:-latest}; run "$1:$t"; }\nt=outer; p a; p b v2; run $t';
    const traced = trace(script);
    expect(commands(traced)).toEqual(['a:latest', 'b:v2', 'outer']);
    expect(traced.invocations[0]?.callPath).toEqual([
      {
        kind: 'function',
        name: 'p',
        path: null,
        start: script.indexOf('p a'),
        end: script.indexOf('p a') + 3,
      },
    ]);
  });

  test('return ends the function only', () => {
    expect(commands(trace('f() { return; run a; }; f; run b'))).toEqual(['b']);
  });

  test('a function that calls itself ends in a gap', () => {
    const { gaps } = trace('f() { run x; f; }; f');
    expect(gaps).toMatchObject([{ kind: 'limit', reason: 'calls are nested too deep to follow at f' }]);
  });

  test.each([
    ['sudo -E -u root run a', ['a']],
    ['env X=1 Y=2 run $X', ['p']],
    ['time nohup timeout -k 5 10m run a', ['a']],
    ['retry 3 run a', ['a']],
    ['command run a', ['a']],
    ['exec run a; run b', ['a']],
    ['list | xargs -n 1 run a', ['a|<stdin>']],
    ['list | xargs -I{} run x/{} b', ['x/<stdin>|b']],
    ['find . -name x -exec run {} \\;', ['?{}']],
    ['bash -lc "run a $X"', ['a|p']],
    ["sh -c 'run $0 $1' z y", ['z|y']],
    ['su -c "run a" user', ['a']],
    ['eval "run $X"', ['p']],
    ['bash <<EOF\nrun $X\nEOF', ['p']],
    ['echo "run piped" | sh', ['piped']],
    ['printf "run written\\n" > s.sh; sh ./s.sh', ['written']],
  ])('%s', (script, expected) => {
    expect(commands(trace(script, { X: 'p' }))).toEqual(expected);
  });

  test('assignments in front reach the command, not the script', () => {
    const traced = trace('DOCKER_BUILDKIT=1 env A=2 run; B=3; run');
    expect([...(traced.invocations[0]?.assignments ?? [])]).toEqual([
      ['DOCKER_BUILDKIT', ['1']],
      ['A', ['2']],
    ]);
    expect(traced.invocations[1]?.assignments.size).toBe(0);
    expect(known(traced.invocations[1]?.environment.get('B') ?? [])).toBe('3');
    expect(traced.invocations[0]?.environment.has('B')).toBe(false);
  });
});

describe('files', () => {
  const repository: Readonly<Record<string, string>> = {
    'ci/push.sh': '#!/bin/bash\nset -e\n. "$(dirname "$0")/lib.sh"\nrun "$NAME" "$1"\n',
    'ci/lib.sh': 'NAME=fromlib\n',
    'tool.py': '#!/usr/bin/env python3\nprint(1)\n',
  };
  const read = (path: string) => repository[path] ?? null;

  test('scripts of the repository are followed, with their own place and arguments', () => {
    const traced = trace('./ci/push.sh v1', {}, { read });
    expect(commands(traced)).toEqual(['fromlib|v1']);
    const run = traced.invocations.find(
      (one) => one.path === 'ci/push.sh' && format(one.argv[0]?.value ?? []) === 'run',
    );
    expect(repository['ci/push.sh']?.slice(run?.start, run?.end)).toBe('run "$NAME" "$1"');
    expect(traced.invocations[0]).toMatchObject({ entered: true, path: null });
  });

  test('the folder decides, also through cd, pwd and the checkout folder', () => {
    expect(commands(trace('cd ci && bash push.sh a', {}, { read }))).toEqual(['fromlib|a']);
    expect(commands(trace('D=$(cd ci && pwd); bash "$D/push.sh" b', {}, { read }))).toEqual(['fromlib|b']);
    const environment = new Map([['GITHUB_WORKSPACE', checkoutRoot]]);
    expect(commands(trace('cd x; bash $GITHUB_WORKSPACE/ci/push.sh c', {}, { read, environment }))).toEqual([
      'fromlib|c',
    ]);
  });

  test('what nobody has read yet is wanted; what is no shell script is not entered', () => {
    const traced = trace(
      './a/b.sh; source lib.sh; ./tool.py',
      {},
      { read: (path) => (path === 'tool.py' ? read(path) : 'unread') },
    );
    expect(traced.wanted).toEqual(['a/b.sh', 'lib.sh']);
    expect(traced.invocations.map((one) => one.entered)).toEqual([false, false, false]);
  });

  test('writes to files are told with their content', () => {
    const script =
      'echo "tag=v$N" >> "$GITHUB_OUTPUT"\n{ echo a; echo b; } > f\ncat <<EOF | tee -a g\nc $N\nEOF\nx > /dev/null';
    const outputs = trace(script, { N: '1' }).outputs.map((one) => [
      format(one.target),
      format(one.content),
      one.append,
    ]);
    expect(outputs).toEqual([
      ['$GITHUB_OUTPUT', 'tag=v1\n', true],
      ['f', 'a\nb\n', false],
      ['g', 'c 1\n', true],
    ]);
  });
});

describe('pipes and positions', () => {
  test('neighbours in a pipeline know each other', () => {
    const { invocations } = trace('a | b | c; d');
    expect(invocations.map((one) => [one.pipeFrom, one.pipeTo])).toEqual([
      [[], [1]],
      [[0], [2]],
      [[1], []],
      [[], []],
    ]);
  });

  test('a substitution is marked and tied to the word it is in', () => {
    const { invocations } = trace('sh -c "$(fetch x)"; bash <(other)');
    expect(invocations.map((one) => [format(one.argv[0]?.value ?? []), one.substitution])).toEqual([
      ['fetch', true],
      ['sh', false],
      ['other', true],
      ['bash', false],
    ]);
    expect(invocations[1]?.argv[2]?.substitutions).toEqual([0]);
    expect(invocations[3]?.argv[1]?.substitutions).toEqual([2]);
  });

  test('offsets point at the words, also inside quoted scripts and heredocs', () => {
    const script = "bash -c 'run inner'\nbash <<'EOF'\nrun here\nEOF\nif x; then run \"$Y\" z; fi";
    for (const invocation of trace(script).invocations) {
      if (format(invocation.argv[0]?.value ?? []) !== 'run') continue;
      const words = invocation.argv.map((word) => script.slice(word.start, word.end));
      expect(script.slice(invocation.start, invocation.end)).toBe(words.join(' '));
    }
    expect(commands(trace(script))).toEqual(['inner', 'here', '?$Y|z']);
  });

  test('known text in a pipe is what the next command reads', () => {
    const check = trace('echo "abc  file" | sha256sum -c -').invocations[1];
    expect(known(check?.stdin ?? [])).toBe('abc  file\n');
  });
});

describe('limits', () => {
  test('a long script is one gap', () => {
    const traced = trace(`run ${'x'.repeat(MAX_SCRIPT_LENGTH)}`);
    expect(traced.invocations).toEqual([]);
    expect(traced.gaps).toMatchObject([{ kind: 'limit' }]);
  });

  test('a syntax error is a gap, the rest is still read', () => {
    const traced = trace('run a\nif [ x; then run b');
    expect(commands(traced)).toContain('a');
    expect(traced.gaps[0]).toMatchObject({ kind: 'syntax' });
  });

  test('text that doubles without end becomes a hole', () => {
    const traced = trace(`x=ab\n${'x=$x$x\n'.repeat(60)}run "$x"`);
    expect(known(traced.environment.get('x') ?? [])).toBeNull();
  });

  test('endless loops and deep loops end in a gap', () => {
    const nested = `${'for a in 1 2 3 4 5 6 7 8; do '.repeat(12)}run x;${' done;'.repeat(12)}`;
    expect(trace(nested).gaps).toMatchObject([{ kind: 'limit' }]);
    expect(commands(trace('while true; do run a; done; run b'))).toEqual(['a', 'b']);
  });
});
