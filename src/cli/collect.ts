// What a person names on the command line (a folder, saved evidence, a pull request) → evidence.
import { resolve } from 'node:path';
import type { Evidence, Visibility } from '../core/model/evidence.ts';
import { wanted } from '../core/review.ts';
import { isProblem, type Problem, problem } from '../workspace/problem.ts';
import { loadEvidence } from '../workspace/saved.ts';
import { type Collected, collectWorkspace } from '../workspace/workspace.ts';
import type { Effects } from './effects.ts';
import { progressLine } from './progress.ts';
import { isAddress, parseAddress, tokenFor } from './pull-request.ts';

export type CollectOptions = {
  readonly base?: string;
  readonly policy?: string;
  readonly visibility?: Visibility;
  readonly quiet?: boolean;
};

export async function collect(
  target: string,
  options: CollectOptions,
  effects: Effects,
): Promise<Evidence | Problem> {
  const progress = progressLine(effects, options.quiet ?? false);
  const collected = await collectFrom(target, options, effects, progress.report).finally(progress.end);
  if (isProblem(collected)) return collected;
  if (!options.quiet) for (const note of collected.notes) effects.stderr(`${note}\n`);
  return collected.evidence;
}

async function collectFrom(
  target: string,
  options: CollectOptions,
  effects: Effects,
  onProgress: (stage: string, done: number, total: number) => void,
): Promise<Collected | Problem> {
  const address = isAddress(target);
  if (address || target.endsWith('.json')) {
    const given = (['base', 'policy', 'visibility'] as const).find((name) => options[name] !== undefined);
    if (given !== undefined)
      return problem(
        `--${given} says nothing about ${address ? 'a pull request' : 'saved evidence'}, which brings its own.`,
        `Leave --${given} away.`,
      );
  }
  if (address) return await collectAddress(target, effects, onProgress);
  if (target.endsWith('.json')) {
    const evidence = await loadEvidence(resolve(effects.cwd, target));
    return isProblem(evidence)
      ? evidence
      : { evidence, notes: [`Judged as of ${evidence.collectedAt}, from ${target}.`] };
  }
  return await collectWorkspace(
    {
      folder: resolve(effects.cwd, target),
      base: options.base ?? null,
      policyFile: options.policy === undefined ? null : resolve(effects.cwd, options.policy),
      visibility: options.visibility ?? 'unknown',
      now: effects.now().toISOString(),
      env: effects.env,
    },
    wanted,
    onProgress,
  );
}

async function collectAddress(
  target: string,
  effects: Effects,
  onProgress: (stage: string, done: number, total: number) => void,
): Promise<Collected | Problem> {
  const address = parseAddress(target);
  if (isProblem(address)) return address;
  const token = tokenFor(address, effects.env);
  if (typeof token !== 'string') return token;
  // Loaded only here: a check of a checkout has no use for an HTTP client and should not wait for one.
  const { collectPullRequest } = await import('./pull-request-source.ts');
  onProgress('asking the forge', 0, 0);
  return await collectPullRequest({ address, token, now: effects.now }, wanted);
}
