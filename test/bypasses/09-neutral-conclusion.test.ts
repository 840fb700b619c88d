// Bypass 9: a conclusion that counts as success stands for "not decided".
import { expect, test } from '@jest/globals';
import { stage } from './attack.ts';

const { gate, opened, repository } = stage();

test('no run is ever neutral, skipped or left unfinished, whatever goes wrong', async () => {
  const target = repository();
  await opened(target);
  await opened(target, { branch: 'binary', files: { 'x/Dockerfile': Buffer.from([0, 1, 2]) } });
  gate().github.faults.add({ on: (request) => request.path.includes('/compare/'), failure: { status: 404 } });
  const blind = target.openPullRequest({ author: 'dev', branch: 'blind', files: { 'x.md': 'x\n' } });
  for (let wait = 0; wait < 100 && blind.check('clear-to-ship / delivery') === undefined; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  gate().github.faults.clear();
  await gate().settled();
  const runs = target.repository.suites.flatMap((suite) => suite.runs);
  expect(runs.length).toBeGreaterThanOrEqual(6);
  for (const { status, conclusion } of runs) {
    expect(status).toBe('completed');
    expect(['success', 'failure', 'action_required']).toContain(conclusion);
  }
  const blindRuns = runs.filter(({ sha }) => sha === blind.head());
  expect(blindRuns[0]?.conclusion).toBe('action_required');
});
