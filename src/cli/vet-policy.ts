// `--policy FILE` of commands that look at images → what it says of signatures and licences.
import { resolve } from 'node:path';
import type { Policy } from '../core/model/policy.ts';
import { defaultPolicy } from '../core/policy/defaults.ts';
import { isProblem, type Problem, problem } from '../workspace/problem.ts';
import type { Effects } from './effects.ts';

export type TrustPolicy = Pick<Policy, 'contentTrust' | 'licenses'>;

/** Without a file nobody is believed. A file with any mistake is not used. */
export async function trustPolicy(
  file: string | undefined,
  { cwd }: Effects,
): Promise<TrustPolicy | Problem> {
  if (file === undefined) return defaultPolicy([]);
  // Only who names a policy waits for all rules to be loaded, whose names it may use.
  const { organizationPolicy } = await import('../workspace/workspace.ts');
  const { policyFrom } = await import('../core/review.ts');
  const source = await organizationPolicy(resolve(cwd, file));
  if (isProblem(source)) return source;
  const { policy, gaps } = policyFrom([source]);
  const [wrong] = gaps;
  return wrong === undefined ? policy : problem(wrong.reason, wrong.remedy);
}
