// A verdict → JSON for programs. The shape is a promise: fields are added, never changed, until `version` counts up.
import type { Delivery, DeliveryChange } from '../model/delivery.ts';
import type { Gap, Subject } from '../model/evidence.ts';
import type { Edit, Outcome as FindingOutcome, Severity } from '../model/finding.ts';
import type { Mode, Obligation } from '../model/policy.ts';
import type { Location } from '../model/position.ts';
import type { Truth, Value } from '../model/value.ts';
import type { ApprovalState, Outcome, Standing, Verdict } from '../model/verdict.ts';
import { format, holes } from '../value.ts';
import { type Difference, differencesOf } from './differences.ts';

/** A text that may not be fully known: `text` shows the open parts as their author wrote them. */
type JsonValue = {
  readonly text: string;
  /** What is not known and why; empty when the text is exact. */
  readonly unknown: readonly { readonly expression: string; readonly why: string }[];
};

type JsonFinding = {
  readonly rule: string;
  readonly obligation: Obligation;
  readonly outcome: FindingOutcome;
  readonly severity: Severity;
  readonly mode: Mode;
  readonly standing: Standing['kind'];
  /** Who approved or rejected, or the policy exception's owner; empty otherwise. */
  readonly decidedBy: readonly string[];
  /** Where it is on the way to an approval. */
  readonly approval: ApprovalState;
  /** Stable under reformatting and moved lines: the same finding tomorrow has the same. */
  readonly fingerprint: string;
  readonly message: string;
  /** What it changes against the base, where the base had something of it: values that are gone and that came, by aspect. */
  readonly differences: readonly Difference[];
  readonly remedy: string | null;
  readonly location: Location;
  readonly related: readonly { readonly location: Location; readonly message: string }[];
  readonly edit: Edit | null;
};

export type JsonDelivery = {
  readonly kind: Delivery['kind'];
  readonly tool: string;
  /** One sentence for people. */
  readonly sentence: string;
  readonly happens: Exclude<Truth, 'no'>;
  readonly destination: {
    readonly class: Delivery['destination']['class'];
    readonly channel: Delivery['destination']['channel'];
    readonly registry: JsonValue;
    readonly repository: JsonValue;
    readonly tags: readonly JsonValue[];
  };
  readonly dockerfile: string | null;
  readonly triggers: Delivery['triggers'];
  readonly condition: string | null;
  readonly options: Delivery['options'];
  readonly location: Location;
  readonly evidencePath: Delivery['evidencePath'];
  readonly unsettled: Delivery['unsettled'];
};

type JsonJudgedDelivery = JsonDelivery & {
  readonly change: DeliveryChange['change'];
  readonly fingerprint: string;
};

export type JsonReport = {
  readonly version: 1;
  readonly subject: Subject;
  readonly verdict: {
    /** The worse of the two. */
    readonly outcome: Outcome;
    readonly compliance: Outcome;
    readonly delivery: Outcome;
    readonly approvals: {
      readonly required: number;
      /** Logins of those who approved so far. */
      readonly given: readonly string[];
      readonly teams: readonly string[];
      readonly awaited: NonNullable<Verdict['approvals']['awaited']>;
    };
    readonly digests: Verdict['digests'];
  };
  /** All findings, also those that do not count: see `standing`. Sorted by path, position and rule. */
  readonly findings: readonly JsonFinding[];
  readonly deliveries: readonly JsonJudgedDelivery[];
  /** What should have been read and could not be. With gaps nothing is clear. */
  readonly gaps: readonly Gap[];
  /** The same in the base, and not touched by the change: told, not counted. */
  readonly gapsBefore: readonly Gap[];
};

export type Sentence = (delivery: Delivery) => string;

export function toJson(verdict: Verdict, sentence: Sentence): JsonReport {
  const { outcome, compliance, delivery, approvals, digests } = verdict;
  return {
    version: 1,
    subject: verdict.subject,
    verdict: {
      outcome,
      compliance,
      delivery,
      approvals: {
        required: approvals.required,
        given: approvals.given.map(({ actor }) => actor.login),
        teams: approvals.teams,
        awaited: approvals.awaited ?? [],
      },
      digests,
    },
    findings: verdict.findings.map(({ finding, obligation, mode, standing, fingerprint, approval }) => ({
      rule: finding.rule,
      obligation,
      outcome: finding.outcome,
      severity: finding.severity,
      mode,
      standing: standing.kind,
      decidedBy: decidedBy(standing),
      approval: approval ?? 'none',
      fingerprint,
      message: finding.message,
      differences: finding.previously === undefined ? [] : differencesOf(finding.previously, finding.about),
      remedy: finding.remedy,
      location: finding.location,
      related: finding.related,
      edit: finding.edit,
    })),
    deliveries: verdict.deliveries.map(({ change, fingerprint }) => ({
      change: change.change,
      fingerprint,
      ...jsonDelivery(change.delivery, sentence),
    })),
    gaps: verdict.gaps,
    gapsBefore: verdict.gapsBefore ?? [],
  };
}

export function jsonDelivery(delivery: Delivery, sentence: Sentence): JsonDelivery {
  const { destination } = delivery;
  return {
    kind: delivery.kind,
    tool: delivery.tool,
    sentence: sentence(delivery),
    happens: delivery.happens,
    destination: {
      class: destination.class,
      channel: destination.channel,
      registry: jsonValue(destination.registry),
      repository: jsonValue(destination.repository),
      tags: destination.tags.map(jsonValue),
    },
    dockerfile: delivery.build?.dockerfile ?? null,
    triggers: delivery.triggers,
    condition: delivery.condition,
    options: delivery.options,
    location: delivery.location,
    evidencePath: delivery.evidencePath,
    unsettled: delivery.unsettled,
  };
}

function jsonValue(value: Value): JsonValue {
  return { text: format(value), unknown: holes(value).map(({ expression, why }) => ({ expression, why })) };
}

function decidedBy(standing: Standing): readonly string[] {
  switch (standing.kind) {
    case 'approved':
      return standing.by.map(({ actor }) => actor.login);
    case 'rejected':
      return [standing.by.actor.login];
    case 'excepted':
      return [standing.by.owner];
    case 'open':
    case 'advised':
    case 'observed':
    case 'pre-existing':
      return [];
    default:
      return standing satisfies never;
  }
}
