// A Dockerfile behind a delivery → what of it is ours, what was changed, what comes from others as it is; and the fragment
// of a bill of materials for what none lists.
import { bomFragment } from '../bom/fragment.ts';
import type { Copy } from '../model/copy.ts';
import type { Dockerfile, Instruction } from '../model/dockerfile.ts';
import type { Facts } from '../model/facts.ts';
import type { Import, Verification } from '../model/import.ts';
import type { Policy } from '../model/policy.ts';
import type { Verdict } from '../model/verdict.ts';
import { copiesIn } from '../rules/originals.ts';
import { isPatching } from '../rules/patching.ts';
import { takenCheckouts } from '../rules/taken-checkouts.ts';
import { format } from '../value.ts';
import { type Component, componentsGone, componentsOf } from './components.ts';
import { importsTable, licences, listed, newness, words } from './imports-table.ts';
import { code, folded, longestRun, visibleLines } from './markdown.ts';
import { type Section, section } from './sections.ts';
import { counted, placeLink } from './words.ts';

const IMAGE_KINDS: ReadonlySet<Import['kind']> = new Set<Import['kind']>([
  'base-image',
  'copied-image',
  'mounted-image',
  'frontend-image',
]);

export function componentSections(
  verdict: Verdict,
  facts: Facts,
  policy: Policy,
  dockerfiles: readonly Dockerfile[],
): readonly Section[] {
  const behind = dockerfiles.map((dockerfile) => ({
    dockerfile,
    components: componentsOf(facts, policy, dockerfile),
  }));
  return [
    ...firstOfEach(facts, behind).flatMap(({ dockerfile, components, twins }) =>
      oneDockerfile(verdict, facts, dockerfile, components, twins),
    ),
    ...missingFromBoms(
      facts,
      behind.flatMap(({ components }) => components),
    ),
  ];
}

type Behind = { readonly dockerfile: Dockerfile; readonly components: readonly Component[] };

/** Files of the same content, of which the same is to be said, are told once; `twins`: the paths of the others. */
function firstOfEach(
  facts: Facts,
  behind: readonly Behind[],
): readonly (Behind & { readonly twins: readonly string[] })[] {
  const told = new Map<string, Behind & { readonly twins: string[] }>();
  for (const each of behind) {
    const { oid, path } = each.dockerfile;
    const said = each.components.map(({ name, license, listedIn, isNew }) => [
      name,
      license,
      listedIn,
      isNew,
    ]);
    const key = JSON.stringify([oid, said, componentsGone(facts, each.dockerfile)]);
    const first = told.get(key);
    if (first === undefined) told.set(key, { ...each, twins: [] });
    else first.twins.push(path);
  }
  return [...told.values()];
}

function oneDockerfile(
  verdict: Verdict,
  facts: Facts,
  dockerfile: Dockerfile,
  components: readonly Component[],
  twins: readonly string[],
): readonly Section[] {
  const images = dockerfile.imports.filter(({ kind }) => IMAGE_KINDS.has(kind));
  const others = dockerfile.imports.filter(({ kind }) => !IMAGE_KINDS.has(kind));
  const of = (entry: Import): readonly Component[] => components.filter((each) => each.import === entry);
  const gone = componentsGone(facts, dockerfile);
  return [
    section(
      `### What is in ${code(dockerfile.path)}\n`,
      [
        ...(twins.length === 0 ? [] : [`- The same text: ${some(twins.map(code))}`]),
        `- Created here: ${created(dockerfile)}; licence of the Dockerfile: ${licenceOf(dockerfile)}`,
        ...modified(verdict, facts, dockerfile),
        ...images.map(
          (each) =>
            `- ${capitalized(words(each.kind))}: ${code(format(each.source))}, ${PINNING[each.pinning]}${terms(facts, of(each))} (${placeLink(verdict.subject, each.location)})`,
        ),
        ...besides(verdict, facts, dockerfile),
        ...(gone.length === 0 ? [] : [`- No longer in it: ${some(gone.map(code))}`]),
        ...verified(others),
      ],
      'lines about this Dockerfile',
    ),
    ...(others.length === 0 ? [] : [importsTable(verdict, facts, dockerfile, others, of)]),
  ];
}

/** Other repositories whose files are copied along. */
function besides(verdict: Verdict, facts: Facts, { path }: Dockerfile): readonly string[] {
  return takenCheckouts(facts)
    .filter(({ dockerfile }) => dockerfile === path)
    .map(
      ({ checkout: { kind, address, path: folder, location } }) =>
        `- ${kind === 'submodule' ? 'Submodule' : 'Further checkout'}: ${code(address)} in ${folder === '' ? 'the root' : code(folder)} (${placeLink(verdict.subject, location)})`,
    );
}

const PINNING: Record<Import['pinning'], string> = {
  digest: 'pinned by digest',
  version: 'named by a version that can be moved',
  moving: 'not pinned',
  unknown: 'it can’t be told whether it is pinned',
};

function created(dockerfile: Dockerfile): string {
  const { length } = dockerfile.stages;
  const stages = length === 1 ? 'one stage' : `${length} stages`;
  const own = ownFiles(dockerfile);
  return own.length === 0 ? stages : `${stages}, files of ours from ${some(own.map(code))}`;
}

/** What is copied from the build context, as written. */
function ownFiles({ stages }: Dockerfile): readonly string[] {
  const written = stages.flatMap(({ instructions }) => instructions.flatMap(copiedByUs));
  return [...new Set(written)].sort();
}

function copiedByUs({ keyword, flags, words: each }: Instruction): readonly string[] {
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  if (flags.some(({ name }) => name === 'from')) return [];
  return each
    .slice(0, -1)
    .map(({ text }) => text)
    .filter((text) => !/^(?:[a-z+]+:\/\/|git@|<<)/.test(text));
}

function licenceOf({ notice }: Dockerfile): string {
  const declared = notice.licenses.map(({ expression }) => code(expression)).join(', ');
  if (declared !== '') return declared;
  return notice.recognized === null ? 'none declared' : `${code(notice.recognized.id)}, by its words`;
}

/** The work of others that we changed: the Dockerfile's own original, and sources that are patched in the build. */
function modified(verdict: Verdict, facts: Facts, dockerfile: Dockerfile): readonly string[] {
  const copies = copiesIn(facts, dockerfile);
  const patches = dockerfile.commands.filter(isPatching);
  return [
    ...dockerfile.notice.origins.map(({ url }) => `- Says it comes from ${code(url)}`),
    ...copies.slice(0, 1).map(likeness),
    ...patches.map(
      (command) =>
        `- Modified: sources of others are patched by ${code(command.words.map(format).join(' '))} (${placeLink(verdict.subject, command.location)})`,
    ),
  ];
}

function likeness({ original, same }: Copy): string {
  const { repository, path, commit, license } = original;
  return `- Modified: ${Math.floor(same * 100)} % of the Dockerfile is the same as ${code(`${repository} ${path}`)} at commit ${code(commit.slice(0, 7))}, ${license === null ? 'licence not known' : code(license)}`;
}

const METHODS: readonly (readonly [Verification['method'], string, string])[] = [
  ['signature', 'by a signature', 'by a signature'],
  ['pinned-checksum', 'by a checksum kept here', 'by a checksum kept here'],
  ['fetched-checksum', 'by a checksum of its own server', 'by a checksum of their own server'],
  ['unknown', 'in a way that can’t be told', 'in a way that can’t be told'],
  ['none', 'not at all', 'not at all'],
];

function verified(imports: readonly Import[]): readonly string[] {
  if (imports.length === 0) return [];
  const told = counted(
    METHODS.map(([method, one, many]) => [
      imports.filter(({ verification }) => verification.method === method).length,
      one,
      many,
    ]),
  );
  return [`- Of ${counted([[imports.length, 'import', 'imports']])} below, checked: ${told}`];
}

/** What is known of an image beside its name, for the end of its line. */
function terms(facts: Facts, components: readonly Component[]): string {
  if (components.length === 0) return '';
  return `; licence: ${licences(components)}; bill of materials: ${listed(components)}; ${facts.base === null ? 'new' : newness(components)}`;
}

/** The fragment is for copying, yet has to be long enough to be of use. In bytes. */
const LEAST_FRAGMENT = 8_000;

/** Stays whole JSON however many of its components are cut. */
function missingFromBoms({ head }: Facts, components: readonly Component[]): readonly Section[] {
  const missing = components.filter(({ listedIn }) => listedIn === null);
  if (missing.length === 0) return [];
  const fragment = bomFragment(missing.map((each) => ({ ...each, license: each.license?.text ?? null })));
  const rows = fragment.components.map((each, at) =>
    visibleLines(at === 0 ? each : each.replace(/^ {4}/, '  , ')),
  );
  const where =
    head.boms.length === 0
      ? 'This repository keeps no bill of materials. One could begin like this'
      : `Not in ${head.boms.map(({ path }) => code(path)).join(' or ')}`;
  const count = counted([[rows.length, 'component is', 'components are']]);
  const { open, close } = folded(`${count} not listed`);
  const fence = '`'.repeat(Math.max(2, longestRun(rows.join('\n'))) + 1);
  return [
    {
      head: `### For the bill of materials\n\n${open}\n${where} (CycloneDX 1.6):\n\n${fence}json\n${fragment.before}`,
      rows,
      of: 'components',
      tail: `${fragment.behind}\n${fence}\n${close}`,
      least: LEAST_FRAGMENT,
    },
  ];
}

/** At most so many of a list are told one by one. */
const MOST_TOLD = 12;

function some(each: readonly string[]): string {
  const rest = each.length - MOST_TOLD;
  return `${each.slice(0, MOST_TOLD).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
