// A verdict → what a person reads in a terminal: findings at their lines, gaps, what ships, and the outcome.
import type { DeliveryChange } from '../model/delivery.ts';
import type { JudgedFinding, Outcome, Verdict } from '../model/verdict.ts';
import { awaitedText } from './awaited.ts';
import { isShown } from './check-run.ts';
import { fileBlocks } from './finding-text.ts';
import { gapBlocks } from './gap-text.ts';
import { visible } from './markdown.ts';
import { gapsBefore } from './set-aside.ts';
import { labelled, type Style } from './terminal.ts';
import { prose, proseWidth, type TextOptions } from './text-layout.ts';
import { counted, OUTCOME_WORDS, setAside } from './words.ts';

/** Ends with a line feed. */
export function renderText(verdict: Verdict, options: TextOptions): string {
  const shown = verdict.findings.filter(isShown);
  // With a broken policy nothing else can be judged by it, so that comes first.
  const [policy, others] = [true, false].map((wanted) =>
    verdict.gaps.filter(({ kind }) => (kind === 'policy') === wanted),
  );
  const blocks = [
    ...gapBlocks(policy ?? [], options),
    ...fileBlocks(shown, options),
    ...gapBlocks(others ?? [], options),
    ...deliveryBlock(verdict, options),
    ...lapseBlock(verdict, options),
    summary(verdict, shown, options),
  ];
  return `${blocks.map((lines) => lines.join('\n').replace(/[ \t]+$/gm, '')).join('\n\n')}\n`;
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
  const lines = shipped(news, options).flatMap(({ change, text }) => {
    const label = `  ${CHANGE[change].padEnd(8)} `;
    return labelled(label, visible(text), proseWidth(options), (shown) =>
      options.paint(change === 'stopped' ? 'dim' : 'question', shown),
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

/** More are told by where they go: the ways there stand at the findings. */
const MOST_TOLD = 8;

type Shipped = { readonly change: DeliveryChange['change']; readonly text: string };

function shipped(news: Verdict['deliveries'], { sentence }: TextOptions): readonly Shipped[] {
  if (news.length <= MOST_TOLD)
    return news.map(({ change: { change, delivery } }) => ({ change, text: sentence(delivery) }));
  const groups = new Map<string, DeliveryChange[]>();
  for (const { change } of news) {
    const key = `${change.change} ${change.delivery.kind} ${change.about.destination?.[0] ?? change.delivery.tool}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group): Shipped[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { change, delivery, about } = first;
    if (group.length === 1) return [{ change, text: sentence(delivery) }];
    const files = [...new Set(group.map((each) => each.delivery.location.path))].sort();
    const to = delivery.kind === 'opaque' ? delivery.tool : (about.destination?.[0] ?? delivery.tool);
    const more = files.length > MOST_FILES ? ` and ${files.length - MOST_FILES} more files` : '';
    return [
      { change, text: `${to}, in ${group.length} ways: ${files.slice(0, MOST_FILES).join(', ')}${more}` },
    ];
  });
}

const MOST_FILES = 5;

const LAPSE = {
  changed: 'no longer covers it, because it has changed',
  expired: 'has expired',
  contributor: 'no longer counts, because the approver has contributed since',
  team: 'no longer counts, because its team may not approve any more',
  left: 'no longer counts, because the approver is no longer in the team',
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
  const aside = [setAside(verdict.findings), gapsBefore(verdict.gapsBefore ?? [])]
    .filter((part) => part !== '')
    .join(', ');
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
  'needs-approval': (verdict) => {
    const { teams, required } = verdict.approvals;
    if (teams.length === 0) return 'A policy has to name the team that approves this.';
    const asked = `On the pull request, ${teams.join(' or ')} decides${required > 1 ? ` (${required} people)` : ''}.`;
    return [asked, awaitedText(verdict, (name) => name)].join(' ').trim();
  },
  undecided: () => 'What could not be known never passes: settle the open questions or have them approved.',
};
