// The images a change brings in, and what registries said of them → where they come from, for people.
import { diffLineages, type HopChange, type LineageDiff } from '../images/lineage-diff.ts';
import { familiarReference, formatReference, parseReference } from '../images/reference.ts';
import { trustRows } from '../images/trust-rows.ts';
import { vettingOf } from '../images/vetting.ts';
import type { Subject } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { ImageRecord } from '../model/image.ts';
import type { Hop, Lineage } from '../model/lineage.ts';
import type { Policy, VettedImage } from '../model/policy.ts';
import { recordOf } from '../rules/images.ts';
import { type ReplacedImage, replacedImages } from '../rules/replaced-images.ts';
import { judgeImage } from '../trust/image-trust.ts';
import { diffPackages } from '../trust/sbom-diff.ts';
import { judgeSboms } from '../trust/sboms.ts';
import { ancestryGraph } from './ancestry-graph.ts';
import { cell, code, fenced, plain } from './markdown.ts';
import { list, type Section, section } from './sections.ts';
import { counted, escaped, placeLink } from './words.ts';

/** More pictures than this make a packet unreadable. */
const MOST_PICTURES = 3;

/** One line for each image; none where nobody was asked about any. */
export function ancestryLines(subject: Subject, facts: Facts): readonly Section[] {
  const rows = known(facts).map(
    ({ replaced, record }) =>
      `- ${placeLink(subject, replaced.image.entry.location)}: ${whatChanges(replaced, record, facts)}`,
  );
  return list('### Where the images come from', rows, 'images');
}

/** All that a reviewer needs of each image: hop by hop, what changes, who vetted it, and a picture. */
export function ancestrySections(subject: Subject, facts: Facts, policy: Policy): readonly Section[] {
  const images = known(facts);
  const pictures = images
    .map(({ replaced, record }) => pictureOf(replaced, record, facts))
    .filter((graph) => graph !== null)
    .slice(0, MOST_PICTURES);
  return [
    ...images.map(({ replaced, record }) =>
      section(
        `### Where ${code(replaced.image.name)} comes from\n\n${placeLink(subject, replaced.image.entry.location)}: ${whatChanges(replaced, record, facts)}\n`,
        [
          ...vettingLines(record, facts, policy),
          ...hopTable(record),
          ...platformLines(record),
          ...trustLines(record, facts, policy),
          ...gapLines(record),
        ],
        'lines about this image',
      ),
    ),
    ...pictures.map((graph) => section(`### The ancestry before and after\n\n${fenced('mermaid', graph)}`)),
  ];
}

type Known = { readonly replaced: ReplacedImage; readonly record: ImageRecord };

/** Each name once, however often it is used. */
function known(facts: Facts): readonly Known[] {
  const seen = new Map<string, Known>();
  for (const replaced of replacedImages(facts)) {
    const { reference } = replaced.image;
    const record = reference === null ? null : recordOf(facts, reference);
    if (record === null || reference === null) continue;
    const key = JSON.stringify([formatReference(reference), replaced.before?.name ?? null]);
    if (!seen.has(key)) seen.set(key, { replaced, record });
  }
  return [...seen.values()];
}

function whatChanges({ image, before }: ReplacedImage, record: ImageRecord, facts: Facts): string {
  const names =
    before === null
      ? `${code(image.name)} is new.`
      : `${code(image.name)} takes the place of ${code(before.name)}.`;
  if (record.lineage === null)
    return `${names} ${escaped(record.gaps[0]?.reason ?? 'Nothing is known of it.')}`;
  const earlier = lineageBefore(before, facts);
  if (before === null) return `${names} ${chainText(record.lineage)}`;
  if (earlier === null) return `${names} Where that came from is not known. ${chainText(record.lineage)}`;
  const packages = packagesText(before, record, facts);
  return `${names} ${diffText(diffLineages(earlier, record.lineage))}${packages} ${chainText(record.lineage)}`;
}

function lineageBefore(before: ReplacedImage['before'], facts: Facts): Lineage | null {
  const reference = before?.reference ?? null;
  return reference === null ? null : (recordOf(facts, reference)?.lineage ?? null);
}

/** " By the bills of materials 14 packages change their licence." Empty where both images don't have one. */
function packagesText(before: ReplacedImage['before'], record: ImageRecord, facts: Facts): string {
  const reference = before?.reference ?? null;
  const earlier = reference === null ? undefined : recordOf(facts, reference)?.vouchers;
  if (earlier === undefined || record.vouchers === undefined) return '';
  const [was, is] = [judgeSboms(earlier, [], facts.at), judgeSboms(record.vouchers, [], facts.at)];
  const diff = diffPackages(was, is);
  if (diff === null) return '';
  const told = counted([
    [diff.relicensed, 'package changes its licence', 'packages change their licence'],
    [diff.added, 'package comes', 'packages come'],
    [diff.removed, 'package goes', 'packages go'],
  ]);
  return ` By the bills of materials ${told || 'no package changes its licence'}.`;
}

function diffText({ hops, distribution, licenses }: LineageDiff): string {
  const [top, ...ancestors] = hops;
  const apart = (rows: readonly HopChange[]): number => rows.filter(({ change }) => change !== 'same').length;
  const changed = apart(ancestors);
  const parts = [
    top === undefined || top.change === 'same'
      ? 'It is the very same image'
      : changed === 0
        ? 'None of its ancestors changes'
        : `It changes ${counted([[changed, 'ancestor', 'ancestors']])}`,
    ...(distribution === null
      ? []
      : [`the distribution goes from ${plain(distribution.before)} to ${plain(distribution.after)}`]),
    ...(licenses === null
      ? []
      : [
          `its licences go from ${licenses.before === null ? 'none named' : code(licenses.before)} to ${licenses.after === null ? 'none named' : code(licenses.after)}`,
        ]),
  ];
  return `${parts.join('; ')}.`;
}

/** "Known to scratch: a ← b ← scratch." */
function chainText({ hops, end, gaps }: Lineage): string {
  const names = hops.map(({ name }) => code(shortName(name)));
  const chain = [...names, ...(end === 'scratch' ? [code('scratch')] : ['?'])].join(' ← ');
  return end === 'scratch' && gaps.length === 0 ? `${chain}.` : `${chain}: not known in full.`;
}

/** As people write it, without the digest, which the table has. */
function shortName(name: string): string {
  const parsed = parseReference(name);
  if ('problem' in parsed) return name;
  return familiarReference(parsed.tag === null ? parsed : { ...parsed, digest: null });
}

/** The other platforms that are built: whether their chain is the same one. */
function platformLines({ lineage, elsewhere = [] }: ImageRecord): readonly string[] {
  return elsewhere.map((other) => {
    if (other.lineage === null) return `- For ${code(other.platform)}: it could not be read.`;
    const same = lineage !== null && chainText(lineage) === chainText(other.lineage);
    return `- For ${code(other.platform)}: ${same ? 'the same bases.' : chainText(other.lineage)}`;
  });
}

function vettingLines(record: ImageRecord, facts: Facts, { vetting }: Policy): readonly string[] {
  const today = facts.at.slice(0, 10);
  const state = vettingOf(record.reference, (named) => recordOf(facts, named), vetting, today);
  if (state.kind !== 'vetted') return [];
  return state.entries.map((entry) => `- ${vettedText(entry, today, vetting.warnDays)}`);
}

function vettedText({ vettedBy, on, expires, scan }: VettedImage, today: string, warnDays: number): string {
  const left = Math.round((Date.parse(expires) - Date.parse(today)) / 86_400_000);
  const soon = left <= warnDays ? ` **The vetting ends in ${left} ${left === 1 ? 'day' : 'days'}.**` : '';
  const result = scan === null ? '' : ` ([scan](<${encodeURI(scan).replace(/[<>\s]/g, '')}>))`;
  return `Vetted by ${code(vettedBy)} on ${on}, until ${expires}${result}.${soon}`;
}

const HEAD =
  '| image | digest | Dockerfile | distribution | licences | own layers | signed | its base is |\n|---|---|---|---|---|---|---|---|';

function hopTable({ lineage }: ImageRecord): readonly string[] {
  if (lineage === null || lineage.hops.length === 0) return [];
  const rows = lineage.hops.map((hop) => {
    const cells = [
      code(shortName(hop.name)),
      code(hop.digest.slice(0, 19)),
      sourceText(hop),
      distributionText(hop),
      hop.licenses === null
        ? 'not said'
        : `${code(hop.licenses.expression)}${hop.licenses.inherited ? ' (inherited)' : ''}`,
      hop.layers.own === null
        ? `of ${hop.layers.total}, not known`
        : `${hop.layers.own} of ${hop.layers.total}`,
      SIGNED[hop.signed],
      hop.base === 'scratch' ? `scratch, ${hop.sure}` : hop.sure,
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return ['', [HEAD, ...rows].join('\n'), ''];
}

const SIGNED: Readonly<Record<Hop['signed'], string>> = {
  present: 'there is a signature, not verified',
  absent: 'no',
  unknown: 'not known',
};

function sourceText({ source }: Hop): string {
  if (source === null) return 'not said';
  return source.link === null
    ? code(source.repository)
    : `[by its ${source.from}](<${source.link.replace(/[<>\s]/g, '')}>)`;
}

function distributionText({ distribution }: Hop): string {
  if (distribution === null) return 'not known';
  const { name, release, supported } = distribution;
  return `${plain(release === null ? name : `${name} ${release}`)}${supported === null ? '' : `, updates until ${supported}`}`;
}

function gapLines({ gaps, lineage }: ImageRecord): readonly string[] {
  const conflicts = new Set(lineage?.hops.flatMap((hop) => hop.conflicts) ?? []);
  return gaps.map(
    ({ subject, reason, remedy }) =>
      `- **${conflicts.has(reason) ? 'Conflict' : 'Not known'}** (${code(subject)}): ${escaped(reason)} ${escaped(remedy)}`,
  );
}

/** Who vouches for the image, and what bills of materials say is in it. */
function trustLines({ reference, vouchers }: ImageRecord, facts: Facts, policy: Policy): readonly string[] {
  if (vouchers === undefined) return [];
  return trustRows(judgeImage(reference, vouchers, policy, facts.at)).map(
    ({ label, text }) => `- ${label.charAt(0).toUpperCase()}${label.slice(1)}: ${plain(text)}`,
  );
}

function pictureOf({ before }: ReplacedImage, record: ImageRecord, facts: Facts): string | null {
  if (record.lineage === null) return null;
  const earlier = lineageBefore(before, facts);
  return earlier === null ? null : ancestryGraph(earlier, record.lineage);
}
