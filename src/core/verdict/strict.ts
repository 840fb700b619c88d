// Findings whose approval covers the build context too: every file of the context becomes part of what they are about.
import type { BuildSource } from '../model/delivery.ts';
import type { About, TreeEntry } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { known } from '../value.ts';
import type { Case } from './case.ts';
import { aboutDigest, digest } from './fingerprint.ts';

const ASPECT = 'build context';

/**
 * Adds the digest of the build context to what the findings of `approval.strict` obligations are about, so that an
 * approval ends with any change in it (DESIGN, section 6).
 */
export function withContext(finding: Finding, input: Case): Finding {
  const obligation = input.obligations[finding.rule];
  if (finding.outcome === 'violation' || obligation === undefined) return finding;
  if (!input.policy.approval.strict.includes(obligation)) return finding;
  const wanted = aboutDigest(finding.about);
  const change = input.facts.deliveries.find(({ about }) => aboutDigest(about) === wanted);
  const context = contextDigest(change?.delivery.build ?? null, input.evidence.head.entries);
  return { ...finding, about: { ...finding.about, [ASPECT]: [context] } };
}

/** What the delivery is about without its build context: what the derivation knows it by. */
export function withoutContext(about: About): About {
  return Object.fromEntries(Object.entries(about).filter(([aspect]) => aspect !== ASPECT));
}

/** A context that can't be told is the whole repository: too much rather than too little. */
function contextDigest(build: BuildSource | null, entries: readonly TreeEntry[]): string {
  const written = build?.context == null ? null : known(build.context);
  const folder = written === null ? '' : folderOf(written);
  const inside = entries.filter(({ path }) => folder === '' || path.startsWith(`${folder}/`));
  const files = inside.length === 0 ? entries : inside;
  return digest(files.map(({ path, kind, oid }) => [path, kind, oid]));
}

/** `./services/api/` → `services/api`; empty for the root, and for whatever is no plain folder. */
function folderOf(context: string): string {
  const segments = context.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.includes('..') || context.includes(':') ? '' : segments.join('/');
}
