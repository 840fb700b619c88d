// When a job can push: what it can't be seen into is said there, and left out elsewhere.
import { describe, expect, test } from '@jest/globals';
import { EXPLODES, processorTime } from '../../support/cpu-time.ts';
import { deliveriesOf, WORKFLOW } from './judged.ts';

function told(head: string, job: string, before = ''): readonly string[] {
  const steps = '    steps:\n      - run: python3 release.py\n';
  return deliveriesOf({
    'release.py': 'ship()\n',
    [WORKFLOW]: `on: push\n${head}jobs:\n${before}  job:\n    runs-on: ubuntu-latest\n${job}${steps}`,
  });
}

const SECRET = `\${{ secrets.REGISTRY_PASSWORD }}`;
const OTHER = `  other:\n    runs-on: ubuntu-latest\n    env: {P: "${SECRET}"}\n    steps: [{run: ls}]\n`;

describe('a job that holds credentials', () => {
  test.each([
    ['for all jobs', `env:\n  P: ${SECRET}\n`, ''],
    ['of its own', '', `    env:\n      P: ${SECRET}\n`],
    ['by permissions', 'permissions:\n  packages: write\n', ''],
    ['by its own permissions', '', '    permissions:\n      packages: write\n'],
  ])('%s', (_name, head, job) => {
    expect(told(head, job)).toEqual(['opaque python3 release.py?']);
  });

  test('another one has none', () => {
    expect(told('', '')).toEqual([]);
    expect(told('', '', OTHER)).toEqual([]);
  });

  test('thousands of jobs are told apart in proportion to their number', () => {
    const jobs = Array.from(
      { length: 4_000 },
      (_, at) => `  j${at}: {runs-on: x, steps: [{run: ls}]}\n`,
    ).join('');
    expect(processorTime(() => told('', '', jobs))).toBeLessThan(EXPLODES);
  });
});
