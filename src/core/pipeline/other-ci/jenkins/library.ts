// Groovy that a Jenkinsfile brings in: files of the repository are entered, pipelines of libraries can't be.
import type { Value } from '../../../model/value.ts';
import { known } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { repositoryPath } from '../../files.ts';
import { locate, sourceText } from '../../source-text.ts';
import { addOpaque, readText } from '../run.ts';
import { type Frame, newFrame } from './frame.ts';
import { defineFunctions, uncalled } from './functions.ts';
import { type GroovyToken, readGroovy } from './groovy.ts';
import { walk } from './walk.ts';

/** Steps of pipelines that test Jenkins' own plugins and modules, by their makers. */
const KNOWN_PIPELINES =
  /^(buildPlugin|buildPluginWithGradle|buildDockerAndPublishImage_?test|essentialsTest)$/;

/**
 * A Jenkinsfile without `pipeline`, `node` or stages of its own whose whole is a step of a shared library:
 * what that step does is nowhere in sight. https://www.jenkins.io/doc/book/pipeline/shared-libraries/
 */
export function libraryPipeline(tokens: readonly GroovyToken[], frame: Frame, place: Place): void {
  if (/\b(pipeline|node|podTemplate|stage|stages|nodeWithTimeout)\s*[({'"]/.test(frame.source.text)) return;
  const statements = tokens.filter((token) => !(token.kind === 'sign' && token.text === '\n'));
  const at = statements.findIndex(
    (token, index) =>
      token.kind === 'word' &&
      isWholePipeline(token.text, statements.slice(index + 1, index + 3), frame, place),
  );
  const [first, second] = [statements[at], statements[at + 1]];
  if (first?.kind !== 'word' || second === undefined) return;
  addOpaque(frame.ledger, place, {
    what: first.text,
    doubt: `the whole pipeline is ${first.text}, a step of a shared library that is not in this repository`,
    settledBy: 'write the pipeline into the Jenkinsfile, or approve it as it is',
    family: 'wrapper',
    location: locate(frame.source, first.start, first.end),
    content: [frame.source.text.slice(first.start, second.end)],
  });
}

/** A call of a step that nobody here defines. One around statements of this file is a wrapper, and these are read. */
function isWholePipeline(
  name: string,
  [next, block]: readonly (GroovyToken | undefined)[],
  frame: Frame,
  place: Place,
): boolean {
  if (next?.kind !== 'group' || next.open === '[' || name.includes('.')) return false;
  if (frame.functions.has(name) || KNOWN_PIPELINES.test(name) || place.files.has(`vars/${name}.groovy`))
    return false;
  if (/\b(sh|bat|pwsh|powershell)\b/.test(frame.source.text.slice(next.start, (block ?? next).end)))
    return false;
  return !/^(Library|library|properties|def|import|if|for|while|switch|try|catch|return|println|echo|sh|bat|pwsh|powershell|load|call|class|parallel|timestamps|timeout|withEnv|withCredentials|retry|dir)$/.test(
    name,
  );
}

/** `load 'ci/release.groovy'`: its statements run, and its functions can be called. */
export function loaded(path: Value | null, frame: Frame, place: Place): boolean {
  const written = path === null ? null : repositoryPath(known(path) ?? '');
  return written !== null && written !== '' && enter(written, null, frame, place);
}

/** `ship()` where the repository holds `vars/ship.groovy`. */
export function ofLibrary(
  name: string,
  given: readonly (Value | null)[],
  frame: Frame,
  place: Place,
): boolean {
  return /^\w+$/.test(name) && enter(`vars/${name}.groovy`, given, frame, place);
}

const OPEN_LIMIT = 6;

/** Runs a Groovy file; with `given`, its `call` function with these arguments. */
function enter(path: string, given: readonly (Value | null)[] | null, frame: Frame, place: Place): boolean {
  if (!place.files.has(path) || place.open.includes(path) || place.open.length > OPEN_LIMIT) return false;
  const content = readText(path, place.files, frame.ledger);
  if (content === null) return false;
  const source = sourceText(path, content);
  const { tokens } = readGroovy(content);
  const inner: Frame = { ...newFrame(source, frame.at, frame.variables, frame.ledger), budget: frame.budget };
  defineFunctions(tokens, inner);
  const location = locate(source, 0, 0);
  const here = { ...place, open: [...place.open, path], path: [...place.path, { label: path, location }] };
  const call = given === null ? undefined : inner.functions.get('call');
  if (call === undefined) {
    walk(tokens, inner, here);
    uncalled(inner, here);
    return true;
  }
  call.called = true;
  const named = call.parameters.flatMap((name, at) => {
    const value = given?.[at] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  inner.variables = new Map([...inner.variables, ...named]);
  walk(call.body.items, inner, here);
  return true;
}
