// Policy files → the policy in force and what is wrong with the files.
import type { Gap, PolicySource } from '../model/evidence.ts';
import type { Obligation, Policy } from '../model/policy.ts';
import { defaultPolicy } from './defaults.ts';
import { type LocatedFile, readPolicyFile } from './file.ts';
import { ambiguousLabel, applyOrganization } from './organization.ts';
import { problem } from './problem.ts';
import { tightenWith } from './tighten.ts';

export type ReadPolicy = { readonly policy: Policy; readonly gaps: readonly Gap[] };

/**
 * Merges the organisation's file and the repository's over the defaults. Broken files become gaps of kind `policy`
 * (which block) and have no other effect.
 *
 * @param obligations the obligation of each rule; a rule that is missing here counts as enforced.
 */
export function readPolicy(
  sources: readonly PolicySource[],
  owners: readonly string[],
  ruleIds: readonly string[],
  obligations: Readonly<Record<string, Obligation>> = {},
): ReadPolicy {
  const gaps: Gap[] = [];
  let policy = defaultPolicy(owners);
  let isOrganizationReadable = true;
  for (const source of sources.filter(({ origin }) => origin === 'organization')) {
    const read = readPolicyFile(source, ruleIds);
    const merged = read.located === null ? null : organizationPolicy(policy, read.located);
    gaps.push(...read.gaps, ...(merged?.gaps ?? []));
    if (merged === null || merged.gaps.length > 0) isOrganizationReadable = false;
    else policy = named(merged.policy, source);
  }
  for (const source of sources.filter(({ origin }) => origin === 'repository')) {
    const read = readPolicyFile(source, ruleIds);
    gaps.push(...read.gaps);
    // Without the organisation's word nobody can tell what loosens it: the repository is not blamed for that.
    if (read.located === null || !isOrganizationReadable) continue;
    const tightened = tightenWith(policy, read.located, obligations);
    policy = named(tightened.policy, source);
    gaps.push(...tightened.gaps);
  }
  return { policy, gaps };
}

function organizationPolicy(before: Policy, located: LocatedFile): ReadPolicy {
  const policy = applyOrganization(before, located);
  const twice = ambiguousLabel(policy.approval);
  if (twice === null) return { policy, gaps: [] };
  return {
    policy: before,
    gaps: [
      problem(
        located.source,
        located.locateKey(['approval', 'labels']),
        `uses the label ${JSON.stringify(twice)} for two meanings`,
        'Give the waiting, approved and rejected labels different names.',
      ),
    ],
  };
}

function named(policy: Policy, { label, oid }: PolicySource): Policy {
  return { ...policy, sources: [...policy.sources, `${label}@${oid}`] };
}
