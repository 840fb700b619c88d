// Calls of functions of the Jenkinsfile, which are entered, and of steps that libraries bring, which can't be.

import { format } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { speaksOfPushing } from '../../handed-text.ts';
import { locate } from '../../source-text.ts';
import { addOpaque } from '../run.ts';
import { DEPTH_LIMIT, type Frame, scoped } from './frame.ts';
import type { GroovyGroup, GroovyToken } from './groovy.ts';
import { loaded, ofLibrary } from './library.ts';
import { argumentNamed, expressionValue } from './texts.ts';
import { walk } from './walk.ts';

/** `name(…)`, `name 'text'` or `name key: value`; a bare name is a value. */
function isCalled(rest: readonly GroovyToken[]): boolean {
  const [first, second] = rest;
  if (first?.kind === 'text') return true;
  if (first?.kind === 'group') return first.open === '(';
  return first?.kind === 'word' && second?.kind === 'sign' && second.text === ':';
}

const WORTH_SAYING = /docker|image|container|kaniko|publish|push|release|deploy|cloudBuild/i;
const ABOUT_IMAGES = /docker|image|container|kaniko|registry|cloudBuild|build_?and_?(push|publish)/i;
/** Library steps that are given their settings in a block (`publishImage { name = 'x' }`); other blocks are wrappers. */
const CONFIGURED =
  /^(?!with|in[A-Z])\w*(publish|push|release|deploy|docker_?build|build_?(and_?)?(docker|image|container))/i;
const KNOWN_STEPS =
  /^(checkout|junit|publishHTML|publishCoverage|publishChecks|recordIssues|slackSend|emailext|cleanWs|deleteDir|timeout|retry|node|container|parallel|script|steps|stages|library|error|stash|unstash|catchError|lock|podTemplate|containerTemplate|containers|ansiColor|timestamps|nodeWithTimeout|build|dockerfile|docker|image|publishTestResults|publishIssues|recordCoverage)$/;

/** A function of the file is entered; a step of a library can't be, which is said when its name looks like a delivery. */
export function ownCall(
  token: Extract<GroovyToken, { kind: 'word' }>,
  list: readonly (readonly GroovyToken[])[],
  block: GroovyGroup | null,
  rest: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): boolean {
  const own = frame.functions.get(token.text);
  if (own !== undefined && list.length >= 0 && frame.depth < DEPTH_LIMIT / 2) {
    own.called = true;
    const given = own.parameters.map(
      (name, index) =>
        [name, list[index] === undefined ? null : expressionValue(list[index], frame)] as const,
    );
    scoped(frame, own.parameters, () => {
      frame.variables = new Map([
        ...frame.variables,
        ...given.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
      ]);
      walk(own.body.items, frame, place);
      if (block !== null) walk(block.items, frame, place);
    });
    return true;
  }
  const last = token.text.split('.').at(-1) ?? token.text;
  const isCall = isCalled(rest);
  if (block === null && isCall) {
    const given = list.map((one) => expressionValue(one, frame));
    if (
      token.text === 'load'
        ? loaded(given[0] ?? null, frame, place)
        : ofLibrary(token.text, given, frame, place)
    )
      return true;
  }
  if (isCall && elsewhere(token, list, rest, frame, place)) return true;
  if (
    (block === null ? isCall : CONFIGURED.test(last)) &&
    WORTH_SAYING.test(last) &&
    !KNOWN_STEPS.test(last) &&
    !token.text.startsWith('env.') &&
    !token.text.includes('params.')
  )
    addOpaque(frame.ledger, place, {
      what: token.text,
      doubt: `${token.text} is a step of a shared library, so what it does is not in this file`,
      settledBy: 'write the commands into the Jenkinsfile, or approve it as it is',
      family: 'wrapper',
      location: locate(frame.source, token.start, token.end),
      needsCredentials: !ABOUT_IMAGES.test(
        frame.source.text.slice(token.start, rest.at(-1)?.end ?? token.end),
      ),
    });
  return false;
}

/** Work that is started elsewhere: other jobs, builds of the cluster, programs that Groovy itself runs. */
function elsewhere(
  token: Extract<GroovyToken, { kind: 'word' }>,
  list: readonly (readonly GroovyToken[])[],
  rest: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): boolean {
  const location = locate(frame.source, token.start, token.end);
  const told = (what: string, doubt: string, needsCredentials: boolean): true => {
    addOpaque(frame.ledger, place, {
      what,
      doubt,
      settledBy: 'write the commands into the Jenkinsfile, or approve it as it is',
      family: 'wrapper',
      location,
      needsCredentials,
      content: [frame.source.text.slice(token.start, rest.at(-1)?.end ?? token.end)],
    });
    return true;
  };
  if (token.text === 'build') {
    const named = argumentNamed('job', list, true);
    const job = named === null ? null : expressionValue(named, frame);
    const name = job === null ? 'another job' : format(job);
    return told(
      `build ${name}`,
      `the job ${name} is set up in Jenkins and not in this file`,
      !WORTH_SAYING.test(name),
    );
  }
  if (token.text === 'openshiftBuild' || /\bstartBuild$/.test(token.text))
    return told(token.text, 'the build of the cluster pushes where its BuildConfig says', false);
  const written = frame.source.text.slice(Math.max(0, token.start - 400), rest.at(-1)?.end ?? token.end);
  if (
    /(^|\.)execute$/.test(token.text) &&
    speaksOfPushing(written.slice(written.lastIndexOf('\n', written.length - 2) + 1))
  )
    return told(token.text, 'Groovy runs a program that pushes', false);
  return false;
}
