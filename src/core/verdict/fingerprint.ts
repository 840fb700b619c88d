// What a thing is about → a short name for exactly that: equal content, equal fingerprint.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { About } from '../model/evidence.ts';
import type { RuleId } from '../model/finding.ts';

/** SHA-256 (64 hexadecimal digits) over canonical JSON (RFC 8785). */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Of what is judged again and again as the very same object; `''` stands for no rule. */
const FINGERPRINTS = new WeakMap<About, Map<RuleId | '', string>>();

function once(about: About, rule: RuleId | '', make: () => string): string {
  const known = FINGERPRINTS.get(about) ?? new Map<RuleId | '', string>();
  FINGERPRINTS.set(about, known);
  const fingerprint = known.get(rule) ?? make();
  known.set(rule, fingerprint);
  return fingerprint;
}

/** The fingerprint of a finding: its rule and what it is about, never where it stands. */
export function fingerprintOf(rule: RuleId, about: About): string {
  return once(about, rule, () => digest({ rule, about: normalized(about) }));
}

/** The fingerprint of what something is about, whoever asks. */
export function aboutDigest(about: About): string {
  return once(about, '', () => digest(normalized(about)));
}

/** Values are sets: order and repetition carry no meaning, and an aspect without values is no aspect. */
function normalized(about: About): About {
  return Object.fromEntries(
    Object.entries(about)
      .filter(([, values]) => values.length > 0)
      .map(([aspect, values]) => [aspect, [...new Set(values)].sort()]),
  );
}
