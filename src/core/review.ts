// Evidence → verdict: the whole way through the core, in one place.
import { asOfBase } from './as-of-base.ts';
import { deriveFacts, factsWith } from './derive.ts';
import type { DerivedBefore } from './derived-before.ts';
import type { Evidence, Gap, PolicySource } from './model/evidence.ts';
import type { Facts } from './model/facts.ts';
import type { Finding } from './model/finding.ts';
import type { Policy } from './model/policy.ts';
import type { Verdict } from './model/verdict.ts';
import { readPolicy } from './policy/read.ts';
import { readOnce } from './policy/read-once.ts';
import type { RuleText } from './report/words.ts';
import { type AskedImages, askedImages } from './rules/asked-images.ts';
import { RULES } from './rules/index.ts';
import { digest } from './verdict/fingerprint.ts';
import { judge } from './verdict/judge.ts';

export type Review = {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly verdict: Verdict;
  /** Files that have to be read before the verdict means anything; sorted. */
  readonly wanted: readonly string[];
};

/** What reports say about each rule, by id. */
export const RULE_TEXTS: ReadonlyMap<string, RuleText> = new Map(RULES.map((rule) => [rule.id, rule]));

const RULE_IDS = RULES.map(({ id }) => id);
const OBLIGATIONS = Object.fromEntries(RULES.map(({ id, obligation }) => [id, obligation]));
/** Changes whenever a rule is added or says something else. */
const RULE_SET = digest(
  RULES.map(({ id, severity, title, why, remedy, decision = '' }) => [
    id,
    severity,
    title,
    why,
    remedy,
    decision,
  ]),
);

/** `derived`: what was derived already, which changes nothing of what is answered. */
export function review(evidence: Evidence, derived?: DerivedBefore): Review {
  const { policy, policyGaps, facts } = understand(evidence, derived);
  const findings = findingsOf(facts, policy);
  const before = asOfBase(facts);
  const preexisting = before === null ? [] : findingsOf(before, policy);
  const unread = wantedFiles(facts);
  const verdict = judge({
    evidence: unread.length === 0 ? evidence : { ...evidence, gaps: [...evidence.gaps, unreadGap(unread)] },
    policy,
    policyGaps,
    facts,
    findings,
    preexisting,
    obligations: OBLIGATIONS,
    ruleSet: RULE_SET,
  });
  return { policy, facts, verdict, wanted: unread };
}

/** What all rules find, asked once for the same facts and policy. */
function findingsOf(facts: Facts, policy: Policy): readonly Finding[] {
  const known = FINDINGS.get(facts);
  if (known?.policy === policy) return known.findings;
  const findings = RULES.flatMap((rule) => rule.check(facts, policy));
  FINDINGS.set(facts, { policy, findings });
  return findings;
}

const FINDINGS = new WeakMap<Facts, { readonly policy: Policy; readonly findings: readonly Finding[] }>();

/** Which files the evidence still lacks; empty when it is complete. */
export function wanted(evidence: Evidence): readonly string[] {
  return wantedFiles(understand(evidence).facts);
}

/** The images that registries are to be asked about, and the hosts that policy lets ask. */
export function imagesToAsk(evidence: Evidence): AskedImages & { readonly registries: readonly string[] } {
  const { facts, policy } = understand(evidence);
  return { ...askedImages(facts, policy), registries: policy.registries.asked };
}

type Understood = {
  readonly policy: Policy;
  readonly policyGaps: readonly Gap[];
  readonly facts: Facts;
};

/**
 * Whoever collects asks what is missing, then what registries know, then for the verdict: about the same files, so they
 * are understood once. Only what was said of images, and of other projects, may differ.
 */
function understand(evidence: Evidence, derived?: DerivedBefore): Understood {
  const last = UNDERSTOOD.get(evidence.blobs);
  if (last !== undefined && isAboutTheSame(last.evidence, evidence)) {
    const { images, clearances } = evidence;
    if (last.evidence.images === images && last.evidence.clearances === clearances) return last.understood;
    return kept(evidence, { ...last.understood, facts: factsWith(last.understood.facts, evidence) });
  }
  const { policy, gaps: policyGaps } = policyOf(evidence);
  return kept(evidence, { policy, policyGaps, facts: deriveFacts(evidence, policy, derived) });
}

const UNDERSTOOD = new WeakMap<
  Evidence['blobs'],
  { readonly evidence: Evidence; readonly understood: Understood }
>();

function kept(evidence: Evidence, understood: Understood): Understood {
  UNDERSTOOD.set(evidence.blobs, { evidence, understood });
  return understood;
}

/** Everything that facts are derived from, the very same objects. Gaps, decisions and people are judged later. */
function isAboutTheSame(one: Evidence, other: Evidence): boolean {
  return (
    one.subject === other.subject &&
    one.collectedAt === other.collectedAt &&
    one.base === other.base &&
    one.head === other.head &&
    one.changes === other.changes &&
    one.blobs === other.blobs &&
    one.policies === other.policies &&
    one.seenDockerfiles === other.seenDockerfiles
  );
}

/** The policy the evidence is judged by, and what is wrong with it. */
export function policyOf(evidence: Evidence): ReturnType<typeof readPolicy> {
  const { subject } = evidence;
  const owner = subject.kind === 'pull-request' ? subject.owner : (subject.slug?.split('/')[0] ?? null);
  return readKnown(evidence.policies, owner === null ? [] : [owner]);
}

const readKnown = readOnce((sources, owners) => readPolicy(sources, owners, RULE_IDS, OBLIGATIONS));

/** The policy that files say by themselves, without a change to judge. */
export function policyFrom(sources: readonly PolicySource[]): ReturnType<typeof readPolicy> {
  return readPolicy(sources, [], RULE_IDS, OBLIGATIONS);
}

function wantedFiles(facts: Facts): readonly string[] {
  return [...new Set([...facts.head.wanted, ...(facts.base?.wanted ?? [])])].sort();
}

/** Named in the gap; more would only make it unreadable. */
const MOST_NAMED = 5;

/** Evidence that stopped short of what matters never passes. */
function unreadGap(paths: readonly string[]): Gap {
  const named = paths.slice(0, MOST_NAMED).map((path) => `\`${path}\``);
  const rest = paths.length - named.length;
  return {
    kind: 'missing-file',
    cause: 'world',
    subject: paths[0] ?? '',
    location: null,
    reason: `The content of ${named.join(', ')}${rest > 0 ? ` and ${rest} more files` : ''} is needed and was not read.`,
    remedy: 'Evaluate again.',
  };
}
