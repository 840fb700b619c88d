// Two verdicts in a row → what came to pass between them without anybody deciding: approvals that ended, exceptions used.
import type { Verdict } from '../core/model/verdict.ts';
import type { LedgerKind } from './ledger-entry.ts';

type News = {
  readonly kind: Extract<LedgerKind, 'expired' | 'invalidated' | 'exception-used'>;
  readonly body: object;
};

/** What the later verdict rests on that the earlier one (null for none) did not; each once, in a fixed order. */
export const newsOf = (before: Verdict | null, after: Verdict): readonly News[] => {
  const told = before === null ? new Map<string, News>() : newsIn(before);
  return [...newsIn(after)]
    .filter(([key]) => !told.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, news]) => news);
};

/**
 * `fingerprints` stays empty: these entries say what an evaluation saw, and whether an approval counts is judged anew each
 * time. One person's approval may have ended where another's still stands.
 */
const newsIn = ({ lapses, findings }: Verdict): ReadonlyMap<string, News> => {
  const news = new Map<string, News>();
  for (const { decision, fingerprint, because, now } of lapses) {
    const body = {
      fingerprints: [],
      decision: decision.id,
      actor: decision.actor,
      was: fingerprint,
      because,
      now,
    };
    const kind = because === 'expired' ? 'expired' : 'invalidated';
    news.set(`ended ${decision.id} ${fingerprint} ${because}`, { kind, body });
  }
  for (const { standing, fingerprint, finding } of findings) {
    if (standing.kind !== 'excepted') continue;
    const { rule, owner, reason, expires } = standing.by;
    const body = { was: fingerprint, about: finding.about, exception: { rule, owner, reason, expires } };
    news.set(`excused ${fingerprint} ${owner} ${expires}`, { kind: 'exception-used', body });
  }
  return news;
};
