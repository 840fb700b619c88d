// The last resort: whatever could not be done is said where somebody waits for it, never passed over in silence.
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { CheckReport } from '../../src/core/model/report.ts';
import type { GatePorts } from '../../src/gate.ts';
import type { Errand, Job } from '../../src/ports.ts';
import type { Turn } from '../../src/store/queue-turn.ts';
import { createWorkerHandler } from '../../src/worker.ts';

const pull = { installation: 1, repositoryId: 2, owner: 'acme', repository: 'api', number: 3 };
const place = {
  repositoryNodeId: 'R_2',
  server: 'https://github.example',
  visibility: 'private',
  actor: { id: 7, login: 'dev', type: 'User' },
} as const;
const push: Errand = {
  kind: 'push',
  ref: 'refs/heads/main',
  watched: true,
  defining: false,
  defaultBranch: 'main',
  before: 'b'.repeat(40),
  after: 'a'.repeat(40),
  ...place,
};

/** What is shown and raised at the end of a job whose attempts failed with `failure`. */
const givenUp = async (failure: string, errand?: Errand, isOpen = true, forge: unknown = null) => {
  const checks: CheckReport[] = [];
  const issues: { readonly title: string; readonly body: string }[] = [];
  const ports = {
    pulls: { recall: async () => ({ open: isOpen }) },
    hold: { check: async () => undefined },
    publisher: {
      publishChecks: async (_: unknown, shown: readonly CheckReport[]) => {
        if (forge !== null) throw forge;
        checks.push(...shown);
      },
      publishRange: async (_: unknown, shown: readonly CheckReport[]) => checks.push(...shown),
      raise: async (_: unknown, __: string, issue: { readonly title: string; readonly body: string }) =>
        issues.push(issue),
    },
  } as unknown as GatePorts;
  const job: Job = {
    pull,
    cause: 'pull_request.opened',
    delivery: 'guid',
    refresh: false,
    again: false,
    ...(errand === undefined ? {} : { errand }),
  };
  const turn = { job, attempt: 1, failure } as unknown as Turn;
  await createWorkerHandler(() => ports, pino({ level: 'silent' }))(turn);
  return { checks, issues };
};

describe('when every attempt failed', () => {
  test('both checks of the pull request say so, and don’t pass', async () => {
    const { checks } = await givenUp('boom <img src=x> @acme/ospo');
    expect(checks.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['clear-to-ship / compliance', 'action_required'],
      ['clear-to-ship / delivery', 'action_required'],
    ]);
    for (const { summary } of checks) {
      expect(summary).toContain('boom');
      expect(summary).toContain('`guid`');
      expect(summary).not.toMatch(/(^|[^\\])<img/);
      expect(summary).not.toMatch(/ @acme/);
    }
  });

  test('what is shown already, because something could not be seen, says more and stays', async () => {
    expect((await givenUp('Not everything could be seen. GitHub did not answer.')).checks).toEqual([]);
  });

  test('a closed pull request waits for nothing', async () => {
    expect((await givenUp('boom', undefined, false)).checks).toEqual([]);
  });

  test.each([
    ['the installation is gone', { status: 404, message: 'Not Found' }],
    ['the installation is suspended', { status: 403, message: 'This installation has been suspended' }],
    ['the repository is gone', { message: 'x', errors: [{ type: 'NOT_FOUND' }] }],
  ])('nobody is told, and nothing tried again, where %s', async (_, details) => {
    const { checks } = await givenUp('boom', undefined, true, Object.assign(new Error(), details));
    expect(checks).toEqual([]);
  });

  test.each([
    ['GitHub is out of order', { status: 502, message: 'Bad Gateway' }],
    ['GitHub slows the app down', { status: 403, message: 'You have exceeded a secondary rate limit' }],
    ['the answer got lost', { message: 'socket hang up' }],
    ['more than that is wrong', { message: 'x', errors: [{ type: 'NOT_FOUND' }, { type: 'INTERNAL' }] }],
  ])('it is tried again where %s', async (_, details) => {
    const forge = Object.assign(new Error(), details);
    await expect(givenUp('boom', undefined, true, forge)).rejects.toBe(forge);
  });

  test('a merge group does not wait for ever', async () => {
    const { checks } = await givenUp('boom', {
      kind: 'merge-group',
      headSha: 'a'.repeat(40),
      headRef: 'refs/heads/gh-readonly-queue/main/pr-3-b',
      baseSha: 'b'.repeat(40),
      baseRef: 'refs/heads/main',
      ...place,
    });
    expect(checks.map(({ conclusion }) => conclusion)).toEqual(['action_required', 'action_required']);
  });

  test.each<[string, Partial<Extract<Errand, { kind: 'push' }>>, readonly string[]]>([
    ['to a watched branch', {}, ['A push to main could not be checked for deliveries']],
    [
      'of a tag',
      { ref: 'refs/tags/v1', watched: false, defining: true },
      ['A push to tags/v1 could not be checked for deliveries'],
    ],
    ['to a topic branch without pipelines', { ref: 'refs/heads/x', watched: false }, []],
  ])('a push %s', async (_, changes, titles) => {
    const { issues } = await givenUp('boom', { ...push, ...changes } as Errand);
    expect(issues.map(({ title }) => title)).toEqual(titles);
  });
});
