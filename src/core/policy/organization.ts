// The organisation's policy file over the defaults: it replaces them where it speaks.
import type { Approval, ModeSchedule, Obligation, Policy } from '../model/policy.ts';
import { contentTrustOf } from './content-trust.ts';
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
import { scheduleOf } from './schedule.ts';
import type { PolicyFile } from './schema.ts';

export function applyOrganization(policy: Policy, located: LocatedFile): Policy {
  const { file } = located;
  const images = file['base-images'] ?? {};
  const licenses = file.licenses ?? {};
  return {
    ...policy,
    owners: file.owners ?? policy.owners,
    modes: modesOf(file, policy),
    rules: { ...policy.rules, ...Object.fromEntries(ruleModes(file)) },
    approval: approvalOf(file, policy.approval),
    registries: registriesOf(file, policy.registries),
    baseImages: {
      allow: images.allow === undefined ? policy.baseImages.allow : [allowedImages(images.allow)],
      requireDigest: images['require-digest'] ?? policy.baseImages.requireDigest,
    },
    vetting: vettingOf(file, policy.vetting),
    contentTrust: contentTrustOf(file['content-trust'], policy.contentTrust),
    licenses: {
      allow: licenses.allow === undefined ? policy.licenses.allow : [licenses.allow],
      deny: licenses.deny ?? policy.licenses.deny,
      stated: licenses.stated ?? policy.licenses.stated,
    },
    exceptions: [...policy.exceptions, ...exceptionsOf(located)],
    repositoryExceptions: file['repository-exceptions'] ?? policy.repositoryExceptions,
  };
}

function modesOf(file: PolicyFile, policy: Policy): Readonly<Record<Obligation, ModeSchedule>> {
  const modes: Record<Obligation, ModeSchedule> = { ...policy.modes };
  if (file.mode !== undefined) for (const name of OBLIGATIONS) modes[name] = scheduleOf(file.mode);
  for (const { obligation, schedule } of flowModes(file)) modes[obligation] = schedule;
  return modes;
}

function approvalOf(file: PolicyFile, before: Approval): Approval {
  const { approval = {} } = file;
  const labels = approval.labels ?? {};
  return {
    teams: approval.teams ?? before.teams,
    count: approval.count ?? before.count,
    also: approval.also === undefined ? before.also : furtherQuorums(file),
    whileMember: approval['while-member'] ?? before.whileMember,
    expiresAfterDays: approval['expires-after-days'] ?? before.expiresAfterDays,
    labels: {
      waiting: labels.waiting ?? before.labels.waiting,
      approved: labels.approved ?? before.labels.approved,
      rejected: labels.rejected ?? before.labels.rejected,
    },
    strict: approval.strict === undefined ? before.strict : [...new Set(approval.strict.map(obligationOf))],
  };
}

function vettingOf({ vetting = {} }: PolicyFile, before: Policy['vetting']): Policy['vetting'] {
  return {
    registers: vetting.images === undefined ? before.registers : [vettedImages(vetting.images)],
    onlyCopies: vetting['only-copies'] ?? before.onlyCopies,
    requireDigests: vetting['require-digests'] ?? before.requireDigests,
    requireLineage: vetting['require-lineage'] ?? before.requireLineage,
    warnDays: vetting['warn-before-days'] ?? before.warnDays,
  };
}

function registriesOf({ registries = {} }: PolicyFile, before: Policy['registries']): Policy['registries'] {
  return {
    local: [...before.local, ...(registries.local ?? [])],
    internal: [...before.internal, ...(registries.internal ?? [])],
    own: [...before.own, ...(registries.own ?? [])],
    public: [...before.public, ...(registries.public ?? [])],
    asked: registries.ask ?? before.asked,
    variables: { ...before.variables, ...(registries.variables ?? {}) },
  };
}

/** Two labels of one name would make a rejection an approval; GitHub compares names without case. Null when all differ. */
export function ambiguousLabel({ labels }: Approval): string | null {
  const names = [labels.waiting, labels.approved, labels.rejected];
  const folded = names.map((name) => name.trim().toLowerCase());
  return names.find((_, index) => folded.indexOf(folded[index] ?? '') !== index) ?? null;
}
