// A Jenkinsfile → acts: the shell blocks it runs and the calls of its Docker plugin. Groovy itself is not run.
import type { PathStep } from '../../model/delivery.ts';
import type { Value } from '../../model/value.ts';
import { text } from '../../value.ts';
import { type Act, addGap, type Ledger, newLedger, type Place } from '../act.ts';
import { recordDatum } from '../datum.ts';
import { type Effect, pushEffect } from '../effect.ts';
import { FILE_LIMIT, type Files, isGap } from '../files.ts';
import { runScript } from '../script.ts';
import { lastAtOrBelow, locate, type SourceText, sourceText } from '../source-text.ts';
import { holdsCredentials } from './ci-file.ts';

export function isJenkinsPath(path: string): boolean {
  return /(^|\/)(Jenkinsfile([.-][\w.-]+)?|[\w.-]+\.[Jj]enkinsfile)$/.test(path);
}

export function readJenkins(files: Files): Ledger {
  const ledger = newLedger();
  for (const path of files.list()) {
    if (!isJenkinsPath(path)) continue;
    const read = files.read(path);
    if (read === null || read === 'unread') continue;
    if (isGap(read)) addGap(ledger, read);
    else if (read.text.length <= FILE_LIMIT) readFile(sourceText(path, read.text), files, ledger);
  }
  return ledger;
}

/** A string literal: where its content stands, and whether `$x` in it is filled in by Groovy. */
type Literal = { readonly start: number; readonly end: number; readonly gstring: boolean };
type Call = {
  readonly name: string;
  readonly at: number;
  readonly literals: readonly Literal[];
  readonly conditions: readonly string[];
  readonly stage: string;
};

function readFile(source: SourceText, files: Files, ledger: Ledger): void {
  const scanned = scan(source.text);
  if (scanned.unclosed !== null) {
    addGap(ledger, {
      kind: 'syntax',
      cause: 'content',
      subject: source.path,
      location: locate(source, scanned.unclosed, scanned.unclosed),
      reason: `${source.path} has a text that never ends.`,
      remedy: 'Close the quotes.',
    });
  }
  const environment = environmentOf(source.text);
  const point = { event: 'push-branch', filter: null, github: recordDatum([]), inputs: recordDatum([]) };
  const run = `${source.path}@push-branch`;
  for (const call of scanned.calls) {
    const location = locate(source, call.at, call.at + call.name.length);
    const path: readonly PathStep[] = [
      { label: source.path.split('/').at(-1) ?? source.path, location: locate(source, 0, 0) },
      { label: call.stage === '' ? call.name : `stage ${call.stage}`, location },
    ];
    const place: Place = {
      files,
      point,
      happens: call.conditions.length === 0 ? 'yes' : 'unknown',
      conditions: call.conditions,
      path,
      job: run,
      run,
      credentials: holdsCredentials(source.text),
      open: [source.path],
    };
    if (['sh', 'bat', 'powershell', 'pwsh'].includes(call.name))
      runShell(source, call, environment, place, ledger);
    else dockerCall(source, call, place, ledger, environment);
  }
}

function runShell(
  source: SourceText,
  call: Call,
  environment: ReadonlyMap<string, Value>,
  place: Place,
  ledger: Ledger,
): void {
  const literal = call.literals[0];
  if (literal === undefined) return;
  const raw = source.text.slice(literal.start, literal.end);
  const { content, offsetOf } = unescaped(raw);
  runScript(
    {
      text: content,
      locate: (start, end) => locate(source, literal.start + offsetOf(start), literal.start + offsetOf(end)),
      environment,
      expression: (written) => [{ expression: written, why: 'Groovy fills it in' }],
      workingDirectory: [],
      shell: call.name === 'sh' ? 'sh -e' : call.name,
    },
    place,
    ledger,
  );
}

/** Groovy takes one backslash off before the shell reads the text; positions find their way back. */
function unescaped(raw: string): { readonly content: string; readonly offsetOf: (offset: number) => number } {
  const dropped: number[] = [];
  let content = '';
  for (let at = 0; at < raw.length; at += 1) {
    const next = raw[at + 1];
    if (raw[at] === '\\' && next !== undefined && '\\$"\''.includes(next)) {
      dropped.push(content.length);
      at += 1;
    }
    content += raw[at];
  }
  return {
    content,
    offsetOf: (offset) =>
      offset + (dropped.length === 0 || (dropped[0] ?? 0) > offset ? 0 : lastAtOrBelow(dropped, offset) + 1),
  };
}

/** `docker.build('name')….push('tag')`, `image.push()`, `docker.withRegistry('https://host', …)`. */
function dockerCall(
  source: SourceText,
  call: Call,
  place: Place,
  ledger: Ledger,
  environment: ReadonlyMap<string, Value>,
): void {
  const content = (literal: Literal | undefined): Value | null =>
    literal === undefined
      ? null
      : groovyText(source.text.slice(literal.start, literal.end), literal.gstring, environment);
  const location = locate(source, call.at, call.at + call.name.length);
  const add = (effect: Effect): void => {
    const act: Act = {
      effect,
      tool: 'jenkins-docker',
      family: 'docker-push',
      location,
      happens: place.happens,
      conditions: place.conditions,
      path: place.path,
      point: place.point,
      job: place.job,
      run: place.run,
      credentials: true,
    };
    ledger.acts.push(act);
  };
  if (call.name === 'docker.withRegistry') {
    const url = content(call.literals[0]);
    if (url !== null)
      add({
        kind: 'login',
        registry: url.map((part) =>
          typeof part === 'string' ? part.replace(/^https?:\/\//, '').replace(/\/.*$/, '') : part,
        ),
      });
    else add({ kind: 'login', registry: text('docker.io') });
  } else if (call.name.endsWith('.push')) {
    const tag = content(call.literals[0]);
    const built = imageOf(source.text, call, environment);
    const image =
      built ??
      ([
        {
          expression: call.name.replace(/\.push$/, ''),
          why: 'a variable of the Jenkinsfile holds the image',
        },
      ] as Value);
    add(pushEffect({ names: [tag === null ? image : [...withoutTag(image), ':', ...tag]] }));
  }
}

function withoutTag(image: Value): Value {
  const last = image.at(-1);
  if (typeof last !== 'string') return image;
  const colon = last.lastIndexOf(':');
  return colon > last.lastIndexOf('/') ? [...image.slice(0, -1), ...text(last.slice(0, colon))] : image;
}

/** The name given to `x = docker.build(…)` or `docker.image(…)`, by variable or right before `.push`. */
function imageOf(content: string, call: Call, environment: ReadonlyMap<string, Value>): Value | null {
  const variable = call.name.replace(/\.push$/, '');
  const pattern =
    /(?:([A-Za-z_]\w*)\s*=\s*)?docker\.(?:build|image)\s*\(?\s*(["'])((?:(?!\2)[^\\\n]|\\.)*)\2/g;
  let found: Value | null = null;
  for (const match of content.matchAll(pattern)) {
    const isOwn = match[1] === variable || (variable === '' && (match.index ?? 0) < call.at);
    if (isOwn) found = groovyText(match[3] ?? '', match[2] === '"', environment);
  }
  return found;
}

function groovyText(content: string, gstring: boolean, environment: ReadonlyMap<string, Value>): Value {
  if (!gstring) return text(content);
  const parts = content.split(/(\$\{[^}]*\}|\$[A-Za-z_][\w.]*)/);
  return parts.flatMap((part): Value => {
    if (!part.startsWith('$') || part === '$') return text(part);
    const name = part.replace(/^\$\{?|\}$/g, '').replace(/^env\./, '');
    return environment.get(name) ?? [{ expression: part, why: 'Groovy fills it in' }];
  });
}

/** `environment { NAME = 'value' }` and `NAME = "value"` at the top: literal texts only. */
function environmentOf(content: string): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const twice = new Set<string>();
  for (const match of content.matchAll(
    /^[ \t]*(?:def\s+|env\.|String\s+)?([A-Za-z_]\w*)\s*=\s*(["'])([^"'\n$\\]*)\2[ \t]*;?[ \t]*$/gm,
  )) {
    const [, name = '', , value = ''] = match;
    if (values.has(name) && values.get(name)?.join('') !== value) twice.add(name);
    values.set(name, text(value));
  }
  for (const name of twice) values.delete(name);
  return values;
}

/** One pass over the Groovy text: calls of interest with their string arguments, the conditions and stages around. */
function scan(content: string): { readonly calls: readonly Call[]; readonly unclosed: number | null } {
  const calls: {
    name: string;
    at: number;
    literals: Literal[];
    conditions: readonly string[];
    stage: string;
  }[] = [];
  const blocks: { readonly condition: string | null; readonly stage: string | null }[] = [];
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'''|"""|'|"|[{}]|\b(?:sh|bat|powershell|pwsh)\b|\bdocker\.withRegistry\b|(?:[A-Za-z_]\w*)?\.push\b(?=\s*\()|\bif\s*\(|\bstage\s*\(?|\bwhen\b|\b(?:expression|branch|tag|buildingTag|environment)\b/g;
  let pending: { condition: string | null; stage: string | null } = { condition: null, stage: null };
  let awaiting: 'call' | 'stage' | null = null;
  let unclosed: number | null = null;
  let argumentsLeft = 0;
  for (let match = token.exec(content); match !== null; match = token.exec(content)) {
    const [word] = match;
    const at = match.index;
    if (word.startsWith('//') || word.startsWith('/*')) continue;
    if (word === "'" || word === '"' || word === "'''" || word === '"""') {
      const end = literalEnd(content, at + word.length, word);
      if (end === -1) {
        unclosed = at;
        break;
      }
      const literal = { start: at + word.length, end, gstring: word.startsWith('"') };
      if (awaiting === 'call' && argumentsLeft > 0) calls.at(-1)?.literals.push(literal);
      if (awaiting === 'stage') pending = { ...pending, stage: content.slice(literal.start, literal.end) };
      argumentsLeft -= 1;
      awaiting = argumentsLeft > 0 ? awaiting : null;
      token.lastIndex = end + word.length;
    } else if (word === '{') {
      blocks.push(pending);
      pending = { condition: null, stage: null };
    } else if (word === '}') {
      blocks.pop();
    } else if (word.startsWith('if')) {
      pending = { ...pending, condition: parenthesised(content, at + word.length - 1) };
    } else if (word.startsWith('stage')) {
      awaiting = 'stage';
      argumentsLeft = 1;
    } else if (word === 'when') {
      const open = content.indexOf('{', at);
      const condition = open === -1 ? null : braced(content, open);
      // A declarative `when` guards the stage it stands in.
      const last = blocks.at(-1);
      if (condition !== null && last !== undefined) blocks[blocks.length - 1] = { ...last, condition };
    } else if (/^(sh|bat|powershell|pwsh|docker\.withRegistry)$/.test(word) || word.endsWith('.push')) {
      if (/[\w.$]/.test(content[at - 1] ?? '') && !word.startsWith('.')) continue;
      const conditions = blocks.flatMap((block) => block.condition ?? []);
      const one = pending.condition === null ? conditions : [...conditions, pending.condition];
      calls.push({
        name: word,
        at,
        literals: [],
        conditions: one,
        stage: blocks.map((block) => block.stage).findLast((stage) => stage !== null) ?? '',
      });
      awaiting = 'call';
      argumentsLeft = followedByText(content, at + word.length) ? 1 : 0;
    }
  }
  return { calls, unclosed };
}

/** `sh 'x'`, `sh('x')`, `sh(script: 'x', …)`: a text follows before the call can end. */
function followedByText(content: string, at: number): boolean {
  return /^\s*\(?\s*(?:(?:returnStdout|returnStatus|label|encoding)\s*:\s*(?:true|false|["'][^"'\n]*["'])\s*,\s*)*(?:script\s*:\s*)?["']/.test(
    content.slice(at, at + 300),
  );
}

function literalEnd(content: string, from: number, quote: string): number {
  for (let at = from; at < content.length; at += 1) {
    if (content[at] === '\\') at += 1;
    else if (content.startsWith(quote, at)) return at;
    else if (quote.length === 1 && content[at] === '\n') return at;
  }
  return -1;
}

function parenthesised(content: string, open: number): string {
  let depth = 0;
  for (let at = open; at < content.length && at < open + 2000; at += 1) {
    if (content[at] === '(') depth += 1;
    else if (content[at] === ')') depth -= 1;
    if (depth === 0)
      return content
        .slice(open + 1, at)
        .replace(/\s+/g, ' ')
        .trim();
  }
  return 'a condition';
}

function braced(content: string, open: number): string {
  const close = content.indexOf('}', open);
  return content
    .slice(open + 1, close === -1 ? open + 200 : close)
    .replace(/\s+/g, ' ')
    .trim();
}
