// The long parts of the approval packet: one section for each delivery and one for each Dockerfile behind them.
import type { Delivery } from '../model/delivery.ts';
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Import } from '../model/import.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../model/verdict.ts';
import { deliverySentence } from '../pipeline/sentence.ts';
import { format } from '../value.ts';
import { differences } from './differences.ts';
import { cell, code } from './markdown.ts';
import { type Section, section } from './sections.ts';
import { escaped, obligationName, placeLink, type RuleText } from './words.ts';

/** `concerns` are all questions about this delivery, from whichever rules. */
export function deliverySection(
  verdict: Verdict,
  { change }: JudgedDelivery,
  concerns: readonly JudgedFinding[],
  rules: ReadonlyMap<string, RuleText>,
): Section {
  const { delivery } = change;
  const sentence = deliverySentence(delivery);
  const remedies = new Set(
    concerns.map(({ finding }) => finding.remedy ?? rules.get(finding.rule)?.remedy ?? ''),
  );
  return section(
    `#### ${escaped(capitalized(sentence))}\n`,
    [
      `- ${NEWNESS[change.change]}${fallsUnder(concerns)}`,
      ...concerns.flatMap(({ finding, obligation }) =>
        // The heading says already what a delivery's own question is about.
        finding.message.includes(sentence)
          ? []
          : [`- ${capitalized(obligationName(obligation))}: ${escaped(finding.message)}`],
      ),
      `- How it happens: ${delivery.evidencePath.map(({ label, location }) => `${escaped(label)} (${placeLink(verdict.subject, location)})`).join(' → ')}`,
      ...buildLines(delivery),
      ...(delivery.condition === null ? [] : [`- Only when: ${code(delivery.condition)}`]),
      `- Squashed: ${delivery.options.squash}; signed: ${delivery.options.signed}; provenance: ${delivery.options.provenance}; SBOM: ${delivery.options.sbom}`,
      ...delivery.unsettled.map(
        ({ what, settledBy, location }) =>
          `- **Not known**: ${escaped(what)} (${placeLink(verdict.subject, location)}). ${escaped(settledBy)}`,
      ),
      ...(change.previously === null
        ? []
        : differences(change.previously, change.about).map((line) => `- Changes ${line}`)),
      ...[...remedies].filter((remedy) => remedy !== '').map((remedy) => `- To decide: ${escaped(remedy)}`),
    ],
    'lines about this delivery',
  );
}

const NEWNESS: Record<JudgedDelivery['change']['change'], string> = {
  started: 'It is new.',
  changed: 'It was there before and changes.',
  unchanged: 'It was there before and does not change.',
  stopped: 'It stops.',
};

/** " It falls under flow 6." */
function fallsUnder(concerns: readonly JudgedFinding[]): string {
  const names = [...new Set(concerns.map(({ obligation }) => obligationName(obligation)))].sort();
  return names.length === 0 ? '' : ` It falls under ${names.join(' and ')}.`;
}

function buildLines({ build }: Delivery): readonly string[] {
  if (build === null) return [];
  const parts = [
    build.dockerfile === null ? 'a Dockerfile that could not be determined' : code(build.dockerfile),
    ...(build.target === null ? [] : [`stage ${code(format(build.target))}`]),
    ...(build.context === null ? [] : [`context ${code(format(build.context) || '.')}`]),
  ];
  return [`- Built from ${parts.join(', ')}`];
}

const IMAGE_KINDS: ReadonlySet<Import['kind']> = new Set<Import['kind']>([
  'base-image',
  'copied-image',
  'mounted-image',
  'frontend-image',
]);

export function componentSections(verdict: Verdict, dockerfiles: readonly Dockerfile[]): readonly Section[] {
  return dockerfiles.flatMap((dockerfile) => {
    const images = dockerfile.imports.filter(({ kind }) => IMAGE_KINDS.has(kind));
    const others = dockerfile.imports.filter(({ kind }) => !IMAGE_KINDS.has(kind));
    const stages = dockerfile.stages.length === 1 ? 'one stage' : `${dockerfile.stages.length} stages`;
    return [
      section(
        `### What is in ${code(dockerfile.path)}\n`,
        [
          `- Created here: ${stages}; licence of the Dockerfile: ${licenceOf(dockerfile)}`,
          ...dockerfile.notice.origins.map(({ url }) => `- Says it comes from ${code(url)}`),
          ...images.map(
            (each) =>
              `- ${capitalized(words(each.kind))}: ${code(format(each.source))}, ${PINNING[each.pinning]} (${placeLink(verdict.subject, each.location)})`,
          ),
        ],
        'images',
      ),
      ...(others.length === 0 ? [] : [importsTable(verdict, dockerfile, others)]),
    ];
  });
}

const PINNING: Record<Import['pinning'], string> = {
  digest: 'pinned by digest',
  version: 'named by a version that can be moved',
  moving: 'not pinned',
  unknown: 'it can’t be told whether it is pinned',
};

function licenceOf({ notice }: Dockerfile): string {
  const declared = notice.licenses.map(({ expression }) => code(expression)).join(', ');
  if (declared !== '') return declared;
  return notice.recognized === null ? 'none declared' : `${code(notice.recognized.id)}, by its words`;
}

function importsTable(verdict: Verdict, { path }: Dockerfile, imports: readonly Import[]): Section {
  const rows = imports.map((each) => {
    const cells = [
      placeLink(verdict.subject, each.location),
      words(each.kind),
      sourceOf(each),
      each.secureChannel,
      words(each.verification.method),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return section(
    `| import of ${cell(code(path))} | kind | source | secure channel | verified |\n|---|---|---|---|---|`,
    rows,
    'imports',
  );
}

function sourceOf({ source, packages }: Import): string {
  const name = code(format(source));
  return packages.length > 0 ? `${name}: ${packages.map(code).join(', ')}` : name;
}

function words(kind: string): string {
  return kind.replaceAll('-', ' ');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
