// Bypass 38: another App posts a check of the same name, or has ours judged anew by what its own runs say of themselves.
import { expect, test } from '@jest/globals';
import { COMPLIANCE, DELIVERY } from '../app/harness.ts';
import { accountJson } from '../support/rest/json/accounts.ts';
import { checkRunEventJson, checkSuiteEventJson } from '../support/rest/json/checks.ts';
import { repositoryJson } from '../support/rest/json/repositories.ts';
import type { PullStory } from '../support/story.ts';
import { installationFor } from '../support/world/accounts.ts';
import type { App, CheckRun } from '../support/world/state.ts';
import { delivery, expectHeld, stage } from './attack.ts';

const { gate, opened, repository } = stage();

const green = {
  conclusion: 'success',
  output: { title: 'Approved by olga', summary: 'All is well.' },
} as const;

const bound = (app: App['id']): { readonly name: string; readonly app: number }[] =>
  [COMPLIANCE, DELIVERY].map((name) => ({ name, app }));

test('opens nothing where the required check has to come from this App, and opens it where anybody may post it', async () => {
  const { github } = gate();
  const other = github.otherApp('helper');
  const safe = await opened(repository({ requiredChecks: bound(github.app.id) }));
  const unsafe = await opened(repository({ requiredChecks: [DELIVERY] }));
  for (const pull of [safe, unsafe]) {
    expect(pull.mergeability().state).toBe('blocked');
    await pull.postCheck(other, DELIVERY, green);
    await gate().settled();
    // Ours says what it said.
    expectHeld(pull);
    expect(delivery(pull)).toBe('action_required');
  }
  expect(safe.mergeability()).toMatchObject({ state: 'blocked', waitingFor: [DELIVERY] });
  expect(unsafe.mergeability().state).toBe('clean');
});

test('is nobody’s reason to show our own again, and keeps nobody from it', async () => {
  const target = repository({ requiredChecks: bound(gate().github.app.id) });
  const pull = await opened(target);
  const shown = pull.checks().map(({ id }) => id);
  await pull.postCheck(gate().github.otherApp('helper'), DELIVERY, green);
  await gate().settled();
  expect(pull.checks().map(({ id }) => id)).toEqual(shown);
  await pull.rerun(DELIVERY, { as: 'dev' });
  await gate().settled();
  expect(pull.checks().every(({ id }) => !shown.includes(id))).toBe(true);
  expect(delivery(pull)).toBe('action_required');
});

/** An event as GitHub would sign it, though it tells the one about a run to the App whose run it is. */
const told = async (pull: PullStory, run: CheckRun, event: 'check_run' | 'check_suite'): Promise<void> => {
  const { world, webhooks, user } = gate().github;
  const of = pull.pull.repository;
  await webhooks.deliver(event, {
    action: 'rerequested',
    ...(event === 'check_run'
      ? { check_run: checkRunEventJson(world, run) }
      : { check_suite: checkSuiteEventJson(world, run.suite) }),
    repository: repositoryJson(world, of, 'webhook'),
    installation: { id: installationFor(world, of)?.id },
    sender: accountJson(world, user('eve')),
  });
  await gate().settled();
};

test('is not asked again for another App’s run, whatever that names', async () => {
  const target = repository();
  const pull = await opened(target);
  const app = gate().github.otherApp('helper');
  const group = `merge-group:${pull.head()}:refs/heads/gh-readonly-queue/main/pr-${pull.number}-1`;
  const shown = pull.checks().map(({ id }) => id);
  for (const externalId of [`pull-request:${pull.number}`, group]) {
    const run = await pull.postCheck(app, DELIVERY, { ...green, externalId });
    const mark = gate().github.mark();
    await told(pull, run, 'check_run');
    await told(pull, run, 'check_suite');
    expect(gate().github.requests.slice(mark)).toEqual([]);
    expect(pull.checks().map(({ id }) => id)).toEqual(shown);
  }
  // The same of our own run is followed.
  const own = pull.check(DELIVERY);
  if (own === undefined) throw new Error('the check is there');
  await told(pull, own, 'check_run');
  const again = pull.checks().map(({ id }) => id);
  expect(again.some((id) => shown.includes(id))).toBe(false);
  await told(pull, own, 'check_suite');
  expect(pull.checks().some(({ id }) => again.includes(id))).toBe(false);
  expect(delivery(pull)).toBe('action_required');
});
