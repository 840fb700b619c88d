// A Jenkinsfile → acts: shell blocks and calls of the Docker plugin, with stages, conditions and variables around them.
import type { Value } from '../../../model/value.ts';
import { addGap, type Ledger, newLedger } from '../../act.ts';
import type { Files } from '../../files.ts';
import { locate, sourceText } from '../../source-text.ts';
import { variableOf } from '../fact.ts';
import { type RefPoint, refPoints } from '../ref-points.ts';
import { jobPlace, placeAt, readTexts, showsCredentials } from '../run.ts';
import { newFrame } from './frame.ts';
import { defineFunctions, uncalled } from './functions.ts';
import { readGroovy } from './groovy.ts';
import { libraryPipeline } from './library.ts';
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
      libraryPipeline(tokens, frame, place);
      walk(tokens, frame, place);
      uncalled(frame, place);
    }
  }
  return ledger;
}

function comparedBranches(content: string): readonly string[] {
  const patterns = [
    /\bbranch\s*(?:\(\s*)?(?:pattern:\s*)?['"]([\w./-]+)['"]/g,
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
