// CI systems whose files are not interpreted: where such a file speaks of pushing an image, that it may deliver.
import { type Ledger, newLedger } from '../act.ts';
import type { Files } from '../files.ts';
import { speaksOfPushing } from '../handed-text.ts';
import { locate, sourceText } from '../source-text.ts';
import { refPoints } from './ref-points.ts';
import { addOpaque, jobPlace, placeAt, readTexts } from './run.ts';

/** By the documented places of their files. */
export const UNREAD_SYSTEMS: readonly (readonly [name: string, path: RegExp])[] = [
  ['Bamboo', /^bamboo-specs\/.+\.(ya?ml|java)$/],
  ['Cirrus CI', /^\.cirrus\.(ya?ml|star)$/],
  ['Codefresh', /^\.?codefresh(\.ya?ml$|\/.+\.ya?ml$)/],
  ['Codemagic', /^codemagic\.ya?ml$/],
  [
    'Concourse',
    /(^|\/)concourse\/.+\.ya?ml$|(^|\/)ci\/(.+\/)?([\w.-]*pipeline[\w.-]*|pipelines\/.+)\.ya?ml$/,
  ],
  ['GoCD', /\.gocd\.(ya?ml|json)$/],
  ['Harness', /^\.harness\/.+\.ya?ml$/],
  ['Prow', /^\.prow(\.ya?ml$|\/.+\.ya?ml$)/],
  ['Screwdriver', /^screwdriver\.ya?ml$/],
  ['Semaphore', /^\.semaphore\/.+\.ya?ml$/],
  ['SourceHut', /^\.builds?(\.ya?ml$|\/[^/]+\.ya?ml$)/],
  ['TeamCity', /^\.teamcity\/.+\.(kts|xml)$/],
  ['Vela', /^\.vela\.(ya?ml|star)$/],
  ['Wercker', /^wercker\.ya?ml$/],
  ['Zuul', /^\.?zuul(\.ya?ml$|\.d\/.+\.ya?ml$)/],
];

/** Builders that push by themselves, and the steps of these systems that do. */
const BUILDERS =
  /kaniko|buildah|\bjib\b|BuildAndPush|build-push-action|docker[-_/]publish|plugins?[/-]docker|target-docker|type:\s*["']?(registry-image|docker-image|push|docker_build)\b|dockerCommand|dockerBuild/;

function systemOf(path: string): string | null {
  return UNREAD_SYSTEMS.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
}

export function readUnreadSystems(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text } of readTexts(files, (candidate) => systemOf(candidate) !== null, ledger)) {
    const system = systemOf(path);
    const source = sourceText(path, text);
    const at = pushingPart(text);
    if (system === null || at === null) continue;
    const location = locate(source, at.start, at.end);
    for (const point of refPoints([system], [])) {
      const place = jobPlace(placeAt(path, files, point), system, location, true);
      addOpaque(
        ledger,
        { ...place, path: [...place.path, { label: `${path}:${location.range.start.line}`, location }] },
        {
          what: path,
          doubt: `${path} speaks of pushing an image, and ${system}'s files are not interpreted`,
          settledBy: 'move the push into a pipeline or script that is read, or approve it as it is',
          family: 'wrapper',
          location,
          content: [text],
        },
      );
    }
  }
  return ledger;
}

type Part = { readonly start: number; readonly end: number };

/** The first line that says so; where only the text as a whole does, its first line. Comments say nothing. */
function pushingPart(text: string): Part | null {
  let start = 0;
  let spoken = '';
  for (const line of text.split('\n')) {
    if (!/^\s*(#|\/\/)/.test(line)) {
      if (speaksOfPushing(line) || BUILDERS.test(line)) return { start, end: start + line.length };
      spoken += `${line}\n`;
    }
    start += line.length + 1;
  }
  return speaksOfPushing(spoken) ? { start: 0, end: text.split('\n', 1)[0]?.length ?? 0 } : null;
}
