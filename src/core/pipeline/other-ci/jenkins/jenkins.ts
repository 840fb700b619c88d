// A Jenkinsfile → acts: shell blocks and calls of the Docker plugin, with stages, conditions and variables around them.
import type { Value } from '../../../model/value.ts';
import { addGap, type Ledger, newLedger, type Place } from '../../act.ts';
import type { Files } from '../../files.ts';
import { locate, sourceText } from '../../source-text.ts';
import { variableOf } from '../fact.ts';
import { type RefPoint, refPoints } from '../ref-points.ts';
import { jobPlace, placeAt, readTexts, showsCredentials } from '../run.ts';
import { type Frame, newFrame } from './frame.ts';
import { type GroovyToken, readGroovy } from './groovy.ts';
import { walk } from './walk.ts';
import { jenkinsFact } from './when.ts';

function isJenkinsPath(path: string): boolean {
  return /(^|\/)(Jenkinsfile([.-][\w.-]+)?|[\w.-]+\.[Jj]enkinsfile|\.?jenkins\/[\w.-]+\.groovy)$/.test(path);
}

export function readJenkins(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isJenkinsPath, ledger)) {
    const source = sourceText(path, content);
    const { tokens, broken } = readGroovy(content);
    if (broken !== null)
      addGap(ledger, {
        kind: 'syntax',
        cause: 'content',
        subject: path,
        location: locate(source, broken, broken),
        reason: `${path} has a text or a bracket here that is not paired.`,
        remedy: 'Close the text or the bracket.',
      });
    for (const at of refPoints(['push-branch', 'push-tag', 'pull_request'], comparedBranches(content))) {
      const frame = newFrame(source, at, variablesAt(at), ledger);
      defineFunctions(tokens, frame);
      const place = jobPlace(
        placeAt(path, files, at),
        'pipeline',
        locate(source, 0, 0),
        showsCredentials(content),
      );
      walk(tokens, frame, place);
      uncalled(frame, place);
    }
  }
  return ledger;
}

function comparedBranches(content: string): readonly string[] {
  const patterns = [
    /\bbranch\s*\(?\s*(?:pattern:\s*)?['"]([\w./-]+)['"]/g,
    /BRANCH(?:_NAME)?["'})]*\s*[!=]=\s*["']([\w./-]+)["']/g,
    /["']([\w./-]+)["']\s*[!=]=\s*["']?[\w.${]*BRANCH/g,
    /BRANCH(?:_NAME)?\.equals\(\s*["']([\w./-]+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...content.matchAll(pattern)].map((match) => match[1] ?? ''));
}

function variablesAt(at: RefPoint): ReadonlyMap<string, Value> {
  const known = new Map<string, Value>();
  for (const name of ['BRANCH_NAME', 'TAG_NAME', 'CHANGE_ID', 'CHANGE_TARGET', 'WORKSPACE']) {
    const fact = jenkinsFact(name, at);
    const value = fact === null ? null : variableOf(name, fact);
    if (value !== null) known.set(name, value);
  }
  return known;
}

/** `def name(parameters) { … }` and `void name(…) { … }` anywhere at the top. */
function defineFunctions(tokens: readonly GroovyToken[], frame: Frame): void {
  for (let index = 0; index + 2 < tokens.length; index += 1) {
    const [type, name, parameters] = [tokens[index], tokens[index + 1], tokens[index + 2]];
    if (type?.kind !== 'word' || name?.kind !== 'word') continue;
    if (parameters?.kind !== 'group' || parameters.open !== '(') continue;
    const body = tokens
      .slice(index + 3, index + 6)
      .find((token) => token.kind === 'group' && token.open === '{');
    if (body?.kind !== 'group' || /^(return|new|else|throw|in)$/.test(type.text)) continue;
    const names = parameters.items.flatMap((token, at) => {
      const next = parameters.items[at + 1];
      const ends = next === undefined || (next.kind === 'sign' && (next.text === ',' || next.text === '='));
      return token.kind === 'word' && ends ? [token.text] : [];
    });
    frame.functions.set(name.text, { parameters: names, body, called: false });
  }
}

/** A function that nothing in sight calls may be called from elsewhere. */
function uncalled(frame: Frame, place: Place): void {
  for (const own of frame.functions.values()) {
    if (own.called) continue;
    own.called = true;
    walk(own.body.items, frame, { ...place, happens: 'unknown' });
  }
}
