// One policy file laid over another: the organisation's over the defaults, a repository's only where it is stricter.
import type { Gap } from '../model/evidence.ts';
import type { AllowedImage, Exception, Mode, ModeSchedule, Obligation, Policy } from '../model/policy.ts';
import { type LocatedFile, problem } from './read.ts';
import { OBLIGATIONS, type PolicyFile } from './schema.ts';

type FileSchedule = NonNullable<PolicyFile['mode']>;

/** The organisation's file replaces defaults where it speaks. */
export function applyOrganization(policy: Policy, located: LocatedFile): Policy {
  const { file } = located;
  const registries = file.registries ?? {};
  return {
    ...policy,
    owners: file.owners ?? policy.owners,
    modes: modesOf(file, policy),
    rules: { ...policy.rules, ...ruleModes(file) },
    approval: {
      teams: file.approval?.teams ?? policy.approval.teams,
      count: file.approval?.count ?? policy.approval.count,
      expiresAfterDays: file.approval?.['expires-after-days'] ?? policy.approval.expiresAfterDays,
      labels: { ...policy.approval.labels, ...defined(file.approval?.labels ?? {}) },
      strict: file.approval?.strict?.map(obligationOf) ?? policy.approval.strict,
    },
    registries: {
      local: [...policy.registries.local, ...(registries.local ?? [])],
      internal: [...policy.registries.internal, ...(registries.internal ?? [])],
      own: [...policy.registries.own, ...(registries.own ?? [])],
      public: [...policy.registries.public, ...(registries.public ?? [])],
      variables: { ...policy.registries.variables, ...(registries.variables ?? {}) },
    },
    baseImages: {
      allow: file['base-images']?.allow
        ? [file['base-images'].allow.map(allowedImage)]
        : policy.baseImages.allow,
      requireDigest: file['base-images']?.['require-digest'] ?? policy.baseImages.requireDigest,
    },
    licenses: {
      allow: file.licenses?.allow ? [file.licenses.allow] : policy.licenses.allow,
      deny: file.licenses?.deny ?? policy.licenses.deny,
    },
    exceptions: [...policy.exceptions, ...exceptionsOf(located)],
    repositoryExceptions: file['repository-exceptions'] ?? [],
  };
}

const STRICTNESS: Record<Mode, number> = { off: 0, observe: 1, advise: 2, enforce: 3 };

/**
 * A repository's file over the policy so far. Whatever would loosen it has no effect and becomes a gap that names
 * the line (DESIGN, section 6: a repository can only tighten).
 */
export function tightenWith(
  policy: Policy,
  located: LocatedFile,
): { readonly policy: Policy; readonly gaps: readonly Gap[] } {
  const { file, source, locate } = located;
  const gaps: Gap[] = [];
  const refuse = (path: readonly PropertyKey[], what: string): void => {
    gaps.push(
      problem(
        source,
        locate(path),
        `${what}; a repository can only tighten the organisation’s policy`,
        'Remove the entry, or ask the owners of the organisation’s policy to change it there.',
      ),
    );
  };

  const modes: Record<Obligation, ModeSchedule> = { ...policy.modes };
  for (const [key, schedule] of scheduleEntries(file)) {
    const obligation = obligationOf(key);
    if (isStricter(schedule, modes[obligation])) modes[obligation] = schedule;
    else if (!sameSchedule(schedule, modes[obligation]))
      refuse(
        ['flows', key],
        `sets ${obligation} to ${schedule.mode}, which is weaker than ${modes[obligation].mode}`,
      );
  }
  if (file.mode !== undefined)
    for (const obligation of OBLIGATIONS)
      if (isStricter(toSchedule(file.mode), modes[obligation])) modes[obligation] = toSchedule(file.mode);

  const rules: Record<string, ModeSchedule> = { ...policy.rules };
  for (const [rule, schedule] of Object.entries(ruleModes(file))) {
    const current = rules[rule];
    // A rule without a mode of its own follows its obligation; only `enforce` is certain not to loosen that.
    if (
      current ? isStricter(schedule, current) || sameSchedule(schedule, current) : schedule.mode === 'enforce'
    )
      rules[rule] = schedule;
    else refuse(['rules', rule], `sets the rule ${rule} to ${schedule.mode}`);
  }

  const approval = file.approval ?? {};
  if (approval.teams) refuse(['approval', 'teams'], 'names approving teams');
  if (approval.labels) refuse(['approval', 'labels'], 'renames labels');
  if (approval.count !== undefined && approval.count < policy.approval.count)
    refuse(['approval', 'count'], `asks for fewer approvals than ${policy.approval.count}`);
  const expiry = approval['expires-after-days'];
  if (
    expiry !== undefined &&
    policy.approval.expiresAfterDays !== null &&
    expiry > policy.approval.expiresAfterDays
  )
    refuse(
      ['approval', 'expires-after-days'],
      `lets approvals live longer than ${policy.approval.expiresAfterDays} days`,
    );

  const registries = file.registries ?? {};
  for (const key of ['own', 'internal', 'local', 'variables'] as const)
    if (registries[key]) refuse(['registries', key], `declares registries.${key}`);
  if (file.owners) refuse(['owners'], 'names owners');
  if (file['repository-exceptions']) refuse(['repository-exceptions'], 'grants exceptions to repositories');
  const permitted = policy.repositoryExceptions;
  const exceptions = exceptionsOf(located).filter((exception, index) => {
    if (permitted.includes(exception.rule)) return true;
    refuse(['exceptions', index], `excuses the rule ${exception.rule}`);
    return false;
  });
  if (file['base-images']?.['require-digest'] === false && policy.baseImages.requireDigest)
    refuse(['base-images', 'require-digest'], 'drops the digest that is required');

  return {
    gaps,
    policy: {
      ...policy,
      modes,
      rules,
      approval: {
        ...policy.approval,
        count: Math.max(policy.approval.count, approval.count ?? 1),
        expiresAfterDays: smaller(policy.approval.expiresAfterDays, expiry ?? null),
        strict: [...new Set([...policy.approval.strict, ...(approval.strict?.map(obligationOf) ?? [])])],
      },
      registries: {
        ...policy.registries,
        public: [...policy.registries.public, ...(registries.public ?? [])],
      },
      baseImages: {
        allow: file['base-images']?.allow
          ? [...policy.baseImages.allow, file['base-images'].allow.map(allowedImage)]
          : policy.baseImages.allow,
        requireDigest: policy.baseImages.requireDigest || (file['base-images']?.['require-digest'] ?? false),
      },
      licenses: {
        allow: file.licenses?.allow ? [...policy.licenses.allow, file.licenses.allow] : policy.licenses.allow,
        deny: [...new Set([...policy.licenses.deny, ...(file.licenses?.deny ?? [])])],
      },
      exceptions: [...policy.exceptions, ...exceptions],
    },
  };
}

function modesOf(file: PolicyFile, policy: Policy): Record<Obligation, ModeSchedule> {
  const modes: Record<Obligation, ModeSchedule> = { ...policy.modes };
  if (file.mode !== undefined)
    for (const obligation of OBLIGATIONS) modes[obligation] = toSchedule(file.mode);
  for (const [key, schedule] of scheduleEntries(file)) modes[obligationOf(key)] = schedule;
  return modes;
}

function scheduleEntries(file: PolicyFile): [string, ModeSchedule][] {
  return Object.entries(file.flows ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, toSchedule(value)]],
  );
}

function ruleModes(file: PolicyFile): Record<string, ModeSchedule> {
  return Object.fromEntries(
    Object.entries(file.rules ?? {}).map(([rule, value]) => [rule, toSchedule(value)]),
  );
}

function toSchedule(value: FileSchedule): ModeSchedule {
  return typeof value === 'string'
    ? { mode: value, next: null }
    : { mode: value.mode, next: { mode: value.next, from: value.from } };
}

function sameSchedule(a: ModeSchedule, b: ModeSchedule): boolean {
  return a.mode === b.mode && a.next?.mode === b.next?.mode && a.next?.from === b.next?.from;
}

/** Whether `a` is at least as strict as `b` on every day, and stricter on some. */
function isStricter(a: ModeSchedule, b: ModeSchedule): boolean {
  const days = ['0000-01-01', ...[a.next?.from, b.next?.from].filter((day) => day !== undefined)];
  const differences = days.map((day) => STRICTNESS[modeOn(a, day)] - STRICTNESS[modeOn(b, day)]);
  return (
    differences.every((difference) => difference >= 0) && differences.some((difference) => difference > 0)
  );
}

/** The mode that holds on `day` (`YYYY-MM-DD` or an ISO instant). */
export function modeOn(schedule: ModeSchedule, day: string): Mode {
  return schedule.next !== null && day >= schedule.next.from ? schedule.next.mode : schedule.mode;
}

function obligationOf(key: string | number): Obligation {
  const number = Number(key);
  const prefix = Number.isInteger(number) ? `flow-${String(number).padStart(2, '0')}-` : String(key);
  const found = OBLIGATIONS.find((name) => name.startsWith(prefix));
  if (found === undefined)
    throw new Error(`no obligation is called ${key}; the schema should have refused it`);
  return found;
}

function allowedImage(
  entry: NonNullable<NonNullable<PolicyFile['base-images']>['allow']>[number],
): AllowedImage {
  return {
    image: entry.image,
    owner: entry.owner,
    reason: entry.reason,
    expires: entry.expires ?? null,
    ospo: entry.ospo ?? true,
    security: entry.security ?? true,
  };
}

function exceptionsOf({ file, locate }: LocatedFile): Exception[] {
  return (file.exceptions ?? []).map((entry, index) => ({
    rule: entry.rule,
    paths: entry.paths ?? [],
    reason: entry.reason,
    owner: entry.owner,
    expires: entry.expires,
    location: locate(['exceptions', index]),
  }));
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
