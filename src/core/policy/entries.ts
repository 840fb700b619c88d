// What policy files write → what the policy holds: modes, allowed images, exceptions.
import type {
  AllowedImage,
  Approval,
  Exception,
  ModeSchedule,
  Obligation,
  VettedImage,
} from '../model/policy.ts';
import type { LocatedFile } from './file.ts';
import { OBLIGATIONS } from './modes.ts';
import { scheduleOf } from './schedule.ts';
import type { PolicyFile } from './schema.ts';

/** The obligation that a key of `flows` or an entry of `approval.strict` names: a flow's number or the name. */
export function obligationOf(key: string | number): Obligation {
  const number = Number(key);
  const prefix = Number.isInteger(number) ? `flow-${String(number).padStart(2, '0')}-` : String(key);
  const found = OBLIGATIONS.find((name) => name.startsWith(prefix));
  if (found === undefined)
    throw new Error(`no obligation is called ${key}; the schema should have refused it`);
  return found;
}

export type FlowMode = {
  /** As written: a number or a name. */
  readonly key: string;
  readonly obligation: Obligation;
  readonly schedule: ModeSchedule;
};

export function flowModes(file: PolicyFile): readonly FlowMode[] {
  return Object.entries(file.flows ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, obligation: obligationOf(key), schedule: scheduleOf(value) }],
  );
}

export function ruleModes(file: PolicyFile): readonly (readonly [rule: string, schedule: ModeSchedule])[] {
  return Object.entries(file.rules ?? {}).map(([rule, value]) => [rule, scheduleOf(value)]);
}

export function allowedImages(
  entries: NonNullable<NonNullable<PolicyFile['base-images']>['allow']>,
): readonly AllowedImage[] {
  return entries.map((entry) => ({
    image: entry.image,
    owner: entry.owner,
    reason: entry.reason,
    expires: entry.expires ?? null,
    ospo: entry.ospo ?? true,
    security: entry.security ?? true,
  }));
}

export function vettedImages(
  entries: NonNullable<NonNullable<PolicyFile['vetting']>['images']>,
): readonly VettedImage[] {
  return entries.map((entry) => ({
    image: entry.image,
    digests: entry.digests ?? [],
    vettedBy: entry['vetted-by'],
    on: entry.on,
    scan: entry.scan ?? null,
    expires: entry.expires,
    copy: entry.copy ?? null,
  }));
}

export function exceptionsOf({ file, locate }: LocatedFile): readonly Exception[] {
  return (file.exceptions ?? []).map((entry, index) => ({
    rule: entry.rule,
    paths: entry.paths ?? [],
    reason: entry.reason,
    owner: entry.owner,
    expires: entry.expires,
    location: locate(['exceptions', index]),
  }));
}

/** Who has to approve as well. */
export function furtherQuorums({ approval }: PolicyFile): Approval['also'] {
  return (approval?.also ?? []).map(({ flows, teams, count }) => ({
    obligations: [...new Set(flows.map(obligationOf))],
    teams: [...new Set(teams)],
    count: count ?? 1,
  }));
}
