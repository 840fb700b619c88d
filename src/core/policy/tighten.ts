// A repository's policy file over the organisation's: it counts only where it asks for more (DESIGN, section 6).
import type { Gap } from '../model/evidence.ts';
import type { ModeSchedule, Obligation, Policy } from '../model/policy.ts';
import { tightenedTrust } from './content-trust.ts';
import {
  allowedImages,
  exceptionsOf,
  flowModes,
  furtherQuorums,
  obligationOf,
  ruleModes,
  vettedImages,
} from './entries.ts';
import type { LocatedFile } from './file.ts';
import { OBLIGATIONS } from './modes.ts';
import { problem } from './problem.ts';
import { isAtLeast, scheduleOf, scheduleText } from './schedule.ts';

/** Says that an entry would loosen the policy; it then has no effect, and the gap names its line. */
type Refuse = (path: readonly PropertyKey[], what: string) => void;

/** `obligations` says which obligation each rule serves, whose mode the rule has unless it is given one of its own. */
export function tightenWith(
  policy: Policy,
  located: LocatedFile,
  obligations: Readonly<Record<string, Obligation>>,
): { readonly policy: Policy; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const refuse: Refuse = (path, what) => {
    gaps.push(
      problem(
        located.source,
        located.locateKey(path),
        `${what}; a repository can only tighten the organisation’s policy`,
        'Remove the entry, or ask the owners of the organisation’s policy to change it there.',
      ),
    );
  };
  refuseGovernance(located, refuse);
  const { file } = located;
  const tightened: Policy = {
    ...policy,
    modes: tightenedModes(policy, located, refuse),
    rules: tightenedRules(policy, located, obligations, refuse),
    approval: tightenedApproval(policy, located, refuse),
    baseImages: tightenedImages(policy, located, refuse),
    vetting: tightenedVetting(policy, located, refuse),
    contentTrust: tightenedTrust(policy.contentTrust, file['content-trust'], refuse),
    licenses: {
      allow: file.licenses?.allow ? [...policy.licenses.allow, file.licenses.allow] : policy.licenses.allow,
      deny: [...new Set([...policy.licenses.deny, ...(file.licenses?.deny ?? [])])],
      stated: policy.licenses.stated,
    },
    exceptions: [...policy.exceptions, ...permittedExceptions(policy, located, refuse)],
  };
  return { policy: tightened, gaps };
}

/**
 * What only the organisation decides. `registries` too: even to call an unknown registry public would move its
 * deliveries under a rule that may be set to a weaker mode.
 */
function refuseGovernance({ file }: LocatedFile, refuse: Refuse): void {
  if (file.owners !== undefined) refuse(['owners'], 'names owners');
  if (file.registries !== undefined) refuse(['registries'], 'classifies registries');
  if (file.licenses?.stated !== undefined) refuse(['licenses', 'stated'], 'states licences of components');
  if (file['repository-exceptions'] !== undefined)
    refuse(['repository-exceptions'], 'grants exceptions to repositories');
  if (file.approval?.teams !== undefined) refuse(['approval', 'teams'], 'names approving teams');
  if (file.approval?.labels !== undefined) refuse(['approval', 'labels'], 'renames labels');
}

function tightenedModes(policy: Policy, { file }: LocatedFile, refuse: Refuse): Policy['modes'] {
  const modes: Record<Obligation, ModeSchedule> = { ...policy.modes };
  const named = flowModes(file);
  for (const { key, obligation, schedule } of named) {
    if (isAtLeast(schedule, policy.modes[obligation])) modes[obligation] = schedule;
    else
      refuse(
        ['flows', key],
        `sets ${obligation} to ${scheduleText(schedule)}, less than ${scheduleText(policy.modes[obligation])}`,
      );
  }
  if (file.mode === undefined) return modes;
  const general = scheduleOf(file.mode);
  const rest = OBLIGATIONS.filter((name) => !named.some(({ obligation }) => obligation === name));
  const weaker = rest.find((name) => !isAtLeast(general, policy.modes[name]));
  for (const name of rest) if (isAtLeast(general, policy.modes[name])) modes[name] = general;
  if (weaker !== undefined)
    refuse(
      ['mode'],
      `sets ${weaker} to ${scheduleText(general)}, less than ${scheduleText(policy.modes[weaker])}`,
    );
  return modes;
}

function tightenedRules(
  policy: Policy,
  { file }: LocatedFile,
  obligations: Readonly<Record<string, Obligation>>,
  refuse: Refuse,
): Policy['rules'] {
  const rules: Record<string, ModeSchedule> = { ...policy.rules };
  for (const [rule, schedule] of ruleModes(file)) {
    const obligation = obligations[rule];
    const current: ModeSchedule = policy.rules[rule] ??
      (obligation === undefined ? undefined : policy.modes[obligation]) ?? { mode: 'enforce', next: null };
    if (isAtLeast(schedule, current)) rules[rule] = schedule;
    else
      refuse(
        ['rules', rule],
        `sets the rule ${rule} to ${scheduleText(schedule)}, less than ${scheduleText(current)}`,
      );
  }
  return rules;
}

function tightenedApproval({ approval }: Policy, { file }: LocatedFile, refuse: Refuse): Policy['approval'] {
  const count = file.approval?.count ?? approval.count;
  if (count < approval.count)
    refuse(['approval', 'count'], `asks for fewer approvals than ${approval.count}`);
  const days = file.approval?.['expires-after-days'] ?? null;
  if (days !== null && approval.expiresAfterDays !== null && days > approval.expiresAfterDays)
    refuse(
      ['approval', 'expires-after-days'],
      `lets approvals live longer than ${approval.expiresAfterDays} days`,
    );
  const strict = file.approval?.strict?.map(obligationOf) ?? [];
  const whileMember = file.approval?.['while-member'];
  if (whileMember === false && approval.whileMember)
    refuse(['approval', 'while-member'], 'lets approvals outlive the membership of who gave them');
  return {
    ...approval,
    count: Math.max(approval.count, count),
    also: [...approval.also, ...furtherQuorums(file)],
    whileMember: approval.whileMember || whileMember === true,
    expiresAfterDays: shorter(approval.expiresAfterDays, days),
    strict: [...new Set([...approval.strict, ...strict])],
  };
}

function tightenedImages(
  { baseImages }: Policy,
  { file }: LocatedFile,
  refuse: Refuse,
): Policy['baseImages'] {
  const { allow, 'require-digest': requireDigest } = file['base-images'] ?? {};
  if (requireDigest === false && baseImages.requireDigest)
    refuse(['base-images', 'require-digest'], 'drops the digest that is required');
  return {
    allow: allow === undefined ? baseImages.allow : [...baseImages.allow, allowedImages(allow)],
    requireDigest: baseImages.requireDigest || requireDigest === true,
  };
}

function tightenedVetting({ vetting }: Policy, { file }: LocatedFile, refuse: Refuse): Policy['vetting'] {
  const own = file.vetting ?? {};
  if (own['only-copies'] === false && vetting.onlyCopies)
    refuse(['vetting', 'only-copies'], 'lets images be used of which there is no vetted copy inside');
  if (own['require-digests'] === false && vetting.requireDigests)
    refuse(['vetting', 'require-digests'], 'takes a name for content that somebody vetted');
  if (own['require-lineage'] === false && vetting.requireLineage)
    refuse(['vetting', 'require-lineage'], 'lets images be used whose lineage is not known');
  const days = own['warn-before-days'] ?? vetting.warnDays;
  if (days < vetting.warnDays)
    refuse(
      ['vetting', 'warn-before-days'],
      `warns later than ${vetting.warnDays} days before a vetting expires`,
    );
  return {
    registers:
      own.images === undefined ? vetting.registers : [...vetting.registers, vettedImages(own.images)],
    onlyCopies: vetting.onlyCopies || own['only-copies'] === true,
    requireDigests: vetting.requireDigests || own['require-digests'] === true,
    requireLineage: vetting.requireLineage || own['require-lineage'] === true,
    warnDays: Math.max(days, vetting.warnDays),
  };
}

function permittedExceptions(
  policy: Policy,
  located: LocatedFile,
  refuse: Refuse,
): readonly Policy['exceptions'][number][] {
  return exceptionsOf(located).filter(({ rule }, index) => {
    if (policy.repositoryExceptions.includes(rule)) return true;
    refuse(['exceptions', index], `excuses the rule ${rule}`);
    return false;
  });
}

function shorter(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
