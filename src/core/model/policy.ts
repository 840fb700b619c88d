// What the organisation asks for, after merging its policy with the repository's stricter one.
import type { RuleId } from './finding.ts';
import type { Location } from './position.ts';
import type { ContentTrust } from './trust.ts';

/** An obligation: one of the 13 flows, or one of the three further guidance areas. Also the rules' folder. */
export type Obligation =
  | 'flow-01-dockerfile-provenance'
  | 'flow-02-base-images'
  | 'flow-03-outside-imports'
  | 'flow-04-inside-imports'
  | 'flow-05-dockerfile-release'
  | 'flow-06-public-registry'
  | 'flow-07-own-registry'
  | 'flow-08-image-archive'
  | 'flow-09-recipient-imports-image'
  | 'flow-10-recipient-builds-dockerfile'
  | 'flow-11-recipient-pulls-public-layer'
  | 'flow-12-recipient-pulls-own-layer'
  | 'flow-13-compressing-layers'
  | 'image-vetting'
  | 'content-trust'
  | 'product-publishing';

/** `observe` records in the ledger only; `advise` shows and never blocks; `enforce` blocks. */
export type Mode = 'off' | 'observe' | 'advise' | 'enforce';

/** A mode and, optionally, the date (`YYYY-MM-DD`, UTC) from which another one holds. */
export type ModeSchedule = {
  readonly mode: Mode;
  readonly next: { readonly mode: Mode; readonly from: string } | null;
};

/** A calendar date in UTC, `YYYY-MM-DD`. */
export type CalendarDate = string;

export type AllowedImage = {
  /** `registry/repository[:tag]` with `*` (within a segment) and `**` (across segments). */
  readonly image: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: CalendarDate | null;
  readonly ospo: boolean;
  readonly security: boolean;
};

export type Exception = {
  readonly rule: RuleId;
  /** Glob patterns of paths; empty means everywhere. */
  readonly paths: readonly string[];
  readonly reason: string;
  readonly owner: string;
  readonly expires: CalendarDate;
  /** Where it stands in the policy file. */
  readonly location: Location;
};

/** So many different members of these teams (`organization/slug`). */
export type Quorum = { readonly teams: readonly string[]; readonly count: number };

export type Approval = {
  /** Teams that may approve, as `organization/slug`. */
  readonly teams: readonly string[];
  /** How many different people have to approve. */
  readonly count: number;
  /** Who has to approve as well, by the obligation that a question serves: one person never stands for two of these. */
  readonly also: readonly (Quorum & { readonly obligations: readonly Obligation[] })[];
  /** Whether an approval counts only while whoever gave it is in the team. */
  readonly whileMember: boolean;
  /** Days after which an approval expires; null for never. */
  readonly expiresAfterDays: number | null;
  readonly labels: { readonly waiting: string; readonly approved: string; readonly rejected: string };
  /** Deliveries of these obligations lose their approval on any change in the build context. */
  readonly strict: readonly Obligation[];
};

export type Registries = {
  /** Patterns of hosts or `host/namespace`, `*` within a segment. First class that matches wins: local, internal, own, public. */
  readonly local: readonly string[];
  readonly internal: readonly string[];
  readonly own: readonly string[];
  readonly public: readonly string[];
  /** Hosts (with their port, if it is not the usual one) that may be asked about images; nobody else ever is. */
  readonly asked: readonly string[];
  /** What `secrets.X` and `vars.X` stand for, where the organisation says so. */
  readonly variables: Readonly<Record<string, string>>;
};

/** An image that somebody inside has inspected and answers for (docker-image-security, section 1). */
export type VettedImage = {
  /** `registry/repository[:tag]` with `*` (within a segment) and `**` (across segments): a name, or a range of tags. */
  readonly image: string;
  /** Digests that were looked at; empty when the entry is good for whatever the name stands for, unless `requireDigests`. */
  readonly digests: readonly string[];
  /** The team or person who looked, and is told before the vetting ends. */
  readonly vettedBy: string;
  readonly on: CalendarDate;
  /** Web address of the scan's result; null when there is none. */
  readonly scan: string | null;
  /** The last day on which the vetting counts. */
  readonly expires: CalendarDate;
  /** Name of the copy that was published inside, with `{tag}` for the tag; null when there is none. */
  readonly copy: string | null;
};

/** The licence of a component that does not say it itself. */
export type StatedLicense = {
  /** Image, address without scheme, or `type/name` of a package, with `*` (within a segment) and `**` (across segments). */
  readonly component: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly owner: string;
  readonly reason: string;
};

export type Vetting = {
  /** An image has to be in every one of these registers (organisation's, repository's). Without any nothing is asked. */
  readonly registers: readonly (readonly VettedImage[])[];
  /** Whether only the copies inside may be used. */
  readonly onlyCopies: boolean;
  /** Whether only content counts that a register names by its digest. */
  readonly requireDigests: boolean;
  /** Whether the lineage of every image from outside has to be known down to `scratch`. */
  readonly requireLineage: boolean;
  /** Days before its end on which a vetting's owner is told. */
  readonly warnDays: number;
};

export type Policy = {
  /** Accounts whose repositories and registries count as inside the organisation. */
  readonly owners: readonly string[];
  readonly modes: Readonly<Record<Obligation, ModeSchedule>>;
  readonly rules: Readonly<Record<RuleId, ModeSchedule>>;
  readonly approval: Approval;
  readonly registries: Registries;
  readonly baseImages: {
    /** An image has to be on every one of these lists (organisation's, repository's). */
    readonly allow: readonly (readonly AllowedImage[])[];
    readonly requireDigest: boolean;
  };
  readonly vetting: Vetting;
  readonly contentTrust: ContentTrust;
  readonly licenses: {
    /** SPDX ids; an expression has to satisfy every list. */
    readonly allow: readonly (readonly string[])[];
    readonly deny: readonly string[];
    /** What the organisation has found out about components; the first that matches counts. */
    readonly stated: readonly StatedLicense[];
  };
  readonly exceptions: readonly Exception[];
  /** Rules for which repositories may make exceptions of their own. */
  readonly repositoryExceptions: readonly RuleId[];
  /** Policy files this was made from, as `label@oid`; empty for the embedded defaults. */
  readonly sources: readonly string[];
};
