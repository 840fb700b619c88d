// A verdict → what a person reads in a terminal: findings at their lines, gaps, what ships, and the outcome.
import type { Delivery, DeliveryChange } from '../model/delivery.ts';
import type { Gap } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Location } from '../model/position.ts';
import type { JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import { isShown } from './check-run.ts';
import { type ExcerptOptions, editDiff, excerpt, linesOf } from './excerpt.ts';
import { visible } from './markdown.ts';
import { labelled, type Paint, type Style } from './terminal.ts';
import { counted, OUTCOME_WORDS, obligationName, type RuleText, setAside } from './words.ts';

export type TextOptions = {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  readonly rules: ReadonlyMap<string, RuleText>;
  /** Content of a file of the head; null when it was not read or is no text. */
  readonly source: (path: string) => string | null;
  /** One sentence about a delivery, without full stop. */
  readonly sentence: (delivery: Delivery) => string;
};

/** Prose wider than this is hard to read. */
const PROSE_WIDTH = 100;

/** Ends with a line feed. */
export function renderText(verdict: Verdict, options: TextOptions): string {
  const shown = verdict.findings.filter(isShown);
  const blocks = [
    ...fileBlocks(shown, options),
    ...gapBlocks(verdict.gaps, options),
    ...deliveryBlock(verdict, options),
    ...lapseBlock(verdict, options),
    summary(verdict, shown, options),
  ];
  return `${blocks.map((lines) => lines.join('\n').replace(/[ \t]+$/gm, '')).join('\n\n')}\n`;
}

function fileBlocks(findings: readonly JudgedFinding[], options: TextOptions): string[][] {
  const explained = new Set<string>();
  const byPath = Map.groupBy(findings, ({ finding }) => finding.location.path);
  return [...byPath].flatMap(([path, ofFile]) => {
    const source = options.source(path);
    const lines = source === null ? [] : linesOf(source);
    const heading = options.paint('heading', visible(path));
    const blocks = ofFile.map((judged) => {
      const first = !explained.has(judged.finding.rule);
      explained.add(judged.finding.rule);
      return findingBlock(judged, lines, first, options);
    });
    const [head = [], ...rest] = blocks;
    return [[heading, '', ...head], ...rest];
  });
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
    ...(first && rule !== undefined ? note('why', rule.why, 4, options) : []),
    ...(standing.kind === 'rejected' ? note('said', rejection(standing.by), 4, options) : []),
    ...(remedy === null ? [] : note('fix', remedy, 4, options)),
    ...(finding.edit === null
      ? []
      : indented(editDiff(lines, finding.edit, { width: options.width - 9, paint: options.paint }), 9)),
    ...relatedPlaces(finding).flatMap((line) => note('see', line, 4, options)),
  ];
}

/** The empty range at the very beginning stands for the file, and its first line says nothing about that. */
function isWholeFile({ range: { start, end } }: Location): boolean {
  return start.line === 1 && start.column === 1 && end.line === 1 && end.column === 1;
}

/** Each place once; a sentence that only repeats the finding's is not said again. */
function relatedPlaces({ related, message }: Finding): readonly string[] {
  return [
    ...new Set(
      related.map((other) =>
        other.message === message
          ? `${place(other.location)} too`
          : `${place(other.location)} ${other.message}`,
      ),
    ),
  ];
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

function gapBlocks(gaps: readonly Gap[], options: TextOptions): string[][] {
  if (gaps.length === 0) return [];
  const blocks = gaps.map((gap) => {
    const lines = gap.location === null ? [] : linesOf(options.source(gap.location.path) ?? '');
    const where = gap.location === null ? visible(gap.subject) : place(gap.location);
    return [
      `  ${options.paint('path', where)} ${options.paint('question', gap.kind.replaceAll('-', ' '))}`,
      ...prose(gap.reason, 4, options),
      ...(gap.location === null || lines.length <= 1
        ? []
        : indented(excerpt(lines, gap.location.range, excerptOptions('question', 6, options)), 6)),
      ...note('fix', gap.remedy, 4, options),
    ];
  });
  const [head = [], ...rest] = blocks;
  return [[options.paint('heading', 'Could not be read'), '', ...head], ...rest];
}

const CHANGE: Readonly<Record<DeliveryChange['change'], string>> = {
  started: 'new',
  changed: 'changed',
  unchanged: 'as before',
  stopped: 'stopped',
};

function deliveryBlock({ deliveries }: Verdict, options: TextOptions): string[][] {
  const news = deliveries.filter(({ change }) => change.change !== 'unchanged');
  if (deliveries.length === 0) return [];
  const kept = deliveries.length - news.length;
  const lines = news.flatMap(({ change: { change, delivery } }) => {
    const label = `  ${CHANGE[change].padEnd(8)} `;
    return labelled(label, visible(options.sentence(delivery)), proseWidth(options), (text) =>
      options.paint(change === 'stopped' ? 'dim' : 'question', text),
    );
  });
  const unchanged = counted([[kept, 'delivery is as before', 'deliveries are as before']]);
  return [
    [
      options.paint('heading', 'What merging this would ship'),
      '',
      ...lines,
      ...(kept > 0 ? [options.paint('dim', `  ${unchanged}.`)] : []),
    ],
  ];
}

const LAPSE = {
  changed: 'no longer covers it, because it has changed',
  expired: 'has expired',
  contributor: 'no longer counts, because the approver has contributed since',
  team: 'no longer counts, because its team may not approve any more',
} as const;

function lapseBlock({ lapses }: Verdict, options: TextOptions): string[][] {
  if (lapses.length === 0) return [];
  const lines = lapses.flatMap(({ decision, because }) =>
    prose(
      `The approval by ${decision.actor.login} of ${decision.at.slice(0, 10)} ${LAPSE[because]}.`,
      2,
      options,
    ),
  );
  return [[options.paint('heading', 'Approvals that no longer hold'), '', ...lines]];
}

const OUTCOME_STYLES: Readonly<Record<Outcome, Style>> = {
  clear: 'good',
  'needs-approval': 'question',
  blocked: 'error',
  undecided: 'question',
};

function summary(verdict: Verdict, shown: readonly JudgedFinding[], options: TextOptions): string[] {
  const rejected = shown.filter(({ standing }) => standing.kind === 'rejected').length;
  const open = shown.filter(({ standing }) => standing.kind === 'open');
  const violations = open.filter(({ finding }) => finding.outcome === 'violation');
  const severity = (wanted: string): number =>
    violations.filter(({ finding }) => finding.severity === wanted).length;
  const of = (outcome: string): number => open.filter(({ finding }) => finding.outcome === outcome).length;
  const counts = counted([
    [severity('error'), 'error', 'errors'],
    [severity('warning'), 'warning', 'warnings'],
    [severity('note'), 'note', 'notes'],
    [of('needs-approval'), 'thing to approve', 'things to approve'],
    [of('unknown'), 'open question', 'open questions'],
    [rejected, 'thing rejected', 'things rejected'],
    [verdict.gaps.length, 'thing that could not be read', 'things that could not be read'],
    [shown.length - open.length - rejected, 'piece of advice', 'pieces of advice'],
  ]);
  const aside = setAside(verdict.findings);
  const outcome = options.paint(OUTCOME_STYLES[verdict.outcome], OUTCOME_WORDS[verdict.outcome]);
  return [
    `${outcome}${counts === '' ? '.' : `: ${counts}.`}`,
    ...(aside === '' ? [] : [options.paint('dim', `Not shown: ${aside}.`)]),
    ...(verdict.outcome === 'clear' ? [] : prose(NEXT[verdict.outcome](verdict), 0, options)),
    ...(shown.length === 0 ? [] : [options.paint('dim', 'More about a rule: clear-to-ship explain RULE')]),
  ];
}

const NEXT: Readonly<Record<Exclude<Outcome, 'clear'>, (verdict: Verdict) => string>> = {
  blocked: ({ gaps, findings }) => {
    if (gaps.some(({ kind }) => kind === 'policy'))
      return 'The policy has to be corrected first; until then nothing can be judged by it.';
    return findings.some(({ standing }) => standing.kind === 'rejected')
      ? 'What was rejected has to change, or be decided again, before this can ship.'
      : 'Errors have to be fixed before this can ship.';
  },
  'needs-approval': ({ approvals }) =>
    approvals.teams.length === 0
      ? 'A policy has to name the team that approves this.'
      : `On the pull request, ${approvals.teams.join(' or ')} decides${approvals.required > 1 ? ` (${approvals.required} people)` : ''}.`,
  undecided: () => 'What could not be known never passes: settle the open questions or have them approved.',
};

function place({ path, range }: Location): string {
  return `${visible(path)}:${range.start.line}:${range.start.column}`;
}

function proseWidth({ width }: TextOptions): number {
  return Math.min(width, PROSE_WIDTH);
}

function prose(text: string, indent: number, options: TextOptions): string[] {
  return labelled(' '.repeat(indent), visible(text), proseWidth(options), (label) => label);
}

function note(label: string, text: string, indent: number, options: TextOptions): string[] {
  const whole = `${' '.repeat(indent)}${label.padEnd(4)} `;
  return labelled(whole, visible(text), proseWidth(options), (shown) => options.paint('dim', shown));
}

function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => `${' '.repeat(columns)}${line}`);
}

function excerptOptions(style: Style, indent: number, { width, paint }: TextOptions): ExcerptOptions {
  return { width: width - indent, style, paint };
}
