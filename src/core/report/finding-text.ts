// Findings → blocks of lines for a terminal, by file: place, message, source line, why, fix.
import type { Edit, Finding } from '../model/finding.ts';
import type { Location } from '../model/position.ts';
import type { JudgedFinding, Verdict } from '../model/verdict.ts';
import { alike, placesOf } from './alike.ts';
import { differencesText } from './differences.ts';
import { editDiff, excerpt, linesOf } from './excerpt.ts';
import { visible } from './markdown.ts';
import type { Style } from './terminal.ts';
import { excerptOptions, indented, note, place, prose, type TextOptions } from './text-layout.ts';
import { obligationName } from './words.ts';

/** The first block of each file carries the file's name; questions with one cause stand at the first of their places. */
export function fileBlocks(findings: readonly JudgedFinding[], options: TextOptions): string[][] {
  const explained = new Set<string>();
  const byPath = Map.groupBy(alike(findings), ({ first }) => first.finding.location.path);
  return [...byPath].flatMap(([path, ofFile]) => {
    const source = options.source(path);
    const lines = source === null ? [] : linesOf(source);
    const heading = options.paint('heading', visible(path));
    const blocks = ofFile.map(({ first: judged, others }) => {
      const first = !explained.has(judged.finding.rule);
      explained.add(judged.finding.rule);
      return [...findingBlock(judged, lines, first, options), ...othersLines(others, options)];
    });
    const [head = [], ...rest] = blocks;
    return [[heading, '', ...head], ...rest];
  });
}

function othersLines(others: readonly JudgedFinding[], options: TextOptions): readonly string[] {
  if (others.length === 0) return [];
  const what = others[0]?.finding.previously === undefined ? 'at this place' : 'with the same change';
  return [
    ...note('also', `${others.length} more ${what}:`, 4, options),
    ...placesOf(others).flatMap((line) => prose(line, 9, options)),
  ];
}

/** Why and how are told the first time a rule speaks; after that only what is particular to the place. */
function findingBlock(
  judged: JudgedFinding,
  lines: readonly string[],
  first: boolean,
  options: TextOptions,
): string[] {
  const { finding, obligation, standing } = judged;
  const rule = options.rules.get(finding.rule);
  const { word, style } = labelOf(judged);
  const flow = options.paint('dim', `(${obligationName(obligation)})`);
  const head = `  ${options.paint('path', place(finding.location))} ${options.paint(style, word)} ${finding.rule} ${flow}`;
  const remedy = finding.remedy ?? (first ? (rule?.remedy ?? null) : null);
  return [
    head,
    ...prose(finding.message, 4, options),
    ...(isWholeFile(finding.location)
      ? []
      : indented(excerpt(lines, finding.location.range, excerptOptions(style, 6, options)), 6)),
    ...changeLines(finding).flatMap((line) => note('diff', line, 4, options)),
    ...(first && rule !== undefined ? note('why', rule.why, 4, options) : []),
    ...(standing.kind === 'rejected' ? note('said', rejection(standing.by), 4, options) : []),
    ...(remedy === null ? [] : note('fix', remedy, 4, options)),
    ...(finding.edit === null ? [] : editLines(finding.edit, finding.location.path, lines, options)),
    ...relatedPlaces(finding).flatMap((line) => note('see', line, 4, options)),
  ];
}

/** What this changes of what it is about, against the base. */
function changeLines({ previously, about }: Finding): readonly string[] {
  return previously === undefined ? [] : differencesText(previously, about);
}

/** The difference in the edited file, which is named when it is another one; a new file is all added. */
function editLines(
  edit: Edit,
  path: string,
  lines: readonly string[],
  options: TextOptions,
): readonly string[] {
  const source = edit.path === path ? null : options.source(edit.path);
  const edited = edit.path === path ? lines : source === null ? [] : linesOf(source);
  return [
    ...(edit.path === path ? [] : note('in', visible(edit.path), 4, options)),
    ...indented(editDiff(edited, edit, { width: options.width - 9, paint: options.paint }), 9),
  ];
}

/** The empty range at the very beginning stands for the file, and its first line says nothing about that. */
function isWholeFile({ range: { start, end } }: Location): boolean {
  return start.line === 1 && start.column === 1 && end.line === 1 && end.column === 1;
}

/**
 * Each place once, the finding's own not again. A sentence that opens as the finding's tells the same of another
 * place, so the place is enough.
 */
function relatedPlaces({ related, message, location }: Finding): readonly string[] {
  const own = place(location);
  const others = related.filter((other) => place(other.location) !== own);
  const same = (other: Finding['related'][number]): boolean => opening(other.message) === opening(message);
  const alike = [...new Set(others.filter(same).map((other) => place(other.location)))];
  const told = alike.slice(0, MOST_PLACES).join(', ');
  const more = alike.length > MOST_PLACES ? ` and ${alike.length - MOST_PLACES} more places` : '';
  return [
    ...(alike.length === 0 ? [] : [`${told}${more} too`]),
    ...new Set(
      others.filter((other) => !same(other)).map((other) => `${place(other.location)} ${other.message}`),
    ),
  ];
}

/** Of places that say the same; all of them are in the JSON and SARIF. */
const MOST_PLACES = 10;

function opening(message: string): string {
  return message.split(': ', 1)[0] ?? message;
}

function labelOf({ finding, standing }: JudgedFinding): { readonly word: string; readonly style: Style } {
  if (standing.kind === 'rejected') return { word: 'rejected', style: 'error' };
  const advised = standing.kind === 'advised' ? ' (advice)' : '';
  switch (finding.outcome) {
    case 'violation':
      return { word: `${finding.severity}${advised}`, style: advised === '' ? finding.severity : 'note' };
    case 'needs-approval':
      return { word: `needs approval${advised}`, style: 'question' };
    case 'unknown':
      return { word: `unknown${advised}`, style: 'question' };
    default:
      return finding.outcome satisfies never;
  }
}

function rejection(decision: Verdict['approvals']['given'][number]): string {
  const reason = decision.note === null ? 'without a note' : `“${decision.note}”`;
  return `rejected by ${decision.actor.login} on ${decision.at.slice(0, 10)}: ${reason}`;
}
