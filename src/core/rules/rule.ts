// The shape of a rule: what it asks for, why, samples that prove it, and the check itself.
import type { KnownFile } from '../model/copy.ts';
import type { About, Clearance, Visibility } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Edit, Finding, Outcome, RuleId, Severity } from '../model/finding.ts';
import type { ImageRecord } from '../model/image.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import type { GuidanceDocument } from './guidance/document.ts';

/** A sentence of the guidance: both counted from 1, headings and pictures not counted. */
export type GuidanceReference = {
  readonly document: GuidanceDocument;
  readonly section: string;
  readonly sentence: number;
};

/** A small repository at the head of a pull request of `acme/product`. Printed in the docs and run by a test. */
export type Sample = {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** The files at the merge base; absent when everything is new. */
  readonly base?: Readonly<Record<string, string>>;
  /** The organisation's policy file (YAML); absent for the embedded defaults. */
  readonly policy?: string;
  /** Who may read the repository. Default: `private`. */
  readonly visibility?: Visibility;
  /** What the registries said; absent when none was asked. */
  readonly images?: readonly ImageRecord[];
  /** Other projects whose deliveries were cleared; absent when nobody looked. */
  readonly clearances?: readonly Clearance[];
  /** Dockerfiles that are known from other repositories; absent when nobody looked. */
  readonly elsewhere?: readonly (Omit<KnownFile, 'server'> & { readonly text: string })[];
};

/** A sample in which the rule finds something: exactly one finding unless `count` says otherwise. */
export type RejectedSample = Sample & {
  readonly expect: {
    readonly outcome: Outcome;
    /** Line of the first finding. */
    readonly line: number;
    readonly count?: number;
  };
};

export type Rule = {
  /** The file's name; for ever. */
  readonly id: RuleId;
  /** The folder's name. */
  readonly obligation: Obligation;
  /** What holds when the rule is content, as a short sentence without full stop. */
  readonly title: string;
  /** Of its findings, unless a finding says otherwise. */
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: string;
  /** What whoever approves has to weigh, as a question; every rule that asks for an approval has one. */
  readonly decision?: string;
  /** The sentences it serves. */
  readonly guidance: readonly GuidanceReference[];
  readonly examples: {
    readonly accepts: readonly Sample[];
    readonly rejects: readonly RejectedSample[];
  };
  readonly check: (facts: Facts, policy: Policy) => readonly Finding[];
};

/** What a check says about one thing; the rule adds its id and severity. */
export type Observation = {
  readonly outcome: Outcome;
  readonly location: Location;
  readonly message: string;
  readonly about: About;
  /** What the base had of it, where this changes it. */
  readonly previously?: About | null;
  readonly severity?: Severity;
  readonly remedy?: string | null;
  readonly edit?: Edit | null;
  readonly related?: Finding['related'];
};

export function findingOf(rule: Rule, observation: Observation): Finding {
  return {
    rule: rule.id,
    outcome: observation.outcome,
    severity: observation.severity ?? rule.severity,
    location: observation.location,
    message: observation.message,
    remedy: observation.remedy ?? null,
    edit: observation.edit ?? null,
    about: observation.about,
    ...(observation.previously ? { previously: observation.previously } : {}),
    related: observation.related ?? [],
  };
}

/** References to sentences of one section. */
export function sentences(
  document: GuidanceDocument,
  section: number,
  ...numbers: readonly number[]
): readonly GuidanceReference[] {
  return numbers.map((sentence) => ({ document, section: String(section), sentence }));
}

/** References into `docker-flows`, the document most rules serve. */
export function flows(section: number, ...numbers: readonly number[]): readonly GuidanceReference[] {
  return sentences('docker-flows', section, ...numbers);
}
