// What a proposed policy is worth → its own check: problems on their lines, and who would turn red or green.
import type { Gap } from '../model/evidence.ts';
import type { Annotation, CheckReport } from '../model/report.ts';
import type { Outcome } from '../model/verdict.ts';
import { code, shortened, visible } from './markdown.ts';
import { fitted, list, section } from './sections.ts';
import { counted, escaped, OUTCOME_WORDS } from './words.ts';

const POLICY_CHECK = 'clear-to-ship / policy';

export type PolicyEffect = {
  readonly slug: string;
  readonly number: number;
  readonly before: Outcome;
  readonly after: Outcome;
};

/** GitHub's limits are 65,535 bytes and 50 annotations a request; see `check-run.ts`. */
const LIMITS = { markdown: 65_000, title: 255, annotations: 50, message: 2_000 };

/** `left` open pull requests were too many to be looked at. */
export function policyCheck(
  problems: readonly Gap[],
  effects: readonly PolicyEffect[],
  { unreadable, left }: { readonly unreadable: boolean; readonly left: number },
): CheckReport {
  const outcome: Outcome = unreadable ? 'undecided' : problems.length > 0 ? 'blocked' : 'clear';
  const title = unreadable
    ? 'Undecided: the policy file could not be read'
    : counted([[problems.length, 'problem in the policy', 'problems in the policy']]) ||
      counted([[effects.length, 'open pull request would change', 'open pull requests would change']]) ||
      'No open pull request would change';
  const lines = effects.map(
    ({ slug, number, before, after }) =>
      `- ${code(`${slug}#${number}`)}: ${OUTCOME_WORDS[before]} → ${OUTCOME_WORDS[after]}`,
  );
  return {
    name: POLICY_CHECK,
    outcome,
    conclusion: outcome === 'clear' ? 'success' : outcome === 'blocked' ? 'failure' : 'action_required',
    title: shortened(visible(title), LIMITS.title),
    summary: fitted(
      [
        section(
          unreadable
            ? 'The policy file of this pull request is not a text file that could be read. Re-run the check to try again.'
            : 'The policy of this pull request was tried on what is known of the open pull requests. Nothing was published for them.',
        ),
        ...list(
          '### What has to be corrected',
          problems.map(({ reason, remedy }) => `- ${escaped(reason)} ${escaped(remedy)}`),
          'problems',
        ),
        ...list('### What would change', lines, 'pull requests'),
        ...(left > 0 ? [section(`_${left} more open pull requests were not tried._`)] : []),
      ],
      LIMITS.markdown,
      (count) => `_${count} more sections did not fit._`,
    ),
    text: '',
    annotations: problems.flatMap(annotation).slice(0, LIMITS.annotations),
  };
}

function annotation({ location, reason, remedy }: Gap): readonly Annotation[] {
  if (location === null) return [];
  const { start, end } = location.range;
  return [
    {
      path: location.path,
      startLine: start.line,
      endLine: Math.max(start.line, end.line),
      startColumn: null,
      endColumn: null,
      level: 'failure',
      title: 'Policy',
      message: shortened(visible(`${reason} ${remedy}`), LIMITS.message),
    },
  ];
}
