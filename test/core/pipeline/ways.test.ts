// One line that many jobs reach is one delivery, which says how many ways lead there.
import { describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../../src/core/model/delivery.ts';
import { compareDeliveries, deliveryAbout } from '../../../src/core/pipeline/about.ts';
import { deliverySentence } from '../../../src/core/pipeline/sentence.ts';
import { found, short } from './judged.ts';

const job = (name: string, run: string, condition = ''): string =>
  `  ${name}:\n${condition === '' ? '' : `    if: ${condition}\n`}    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/login-action@v3\n        with: {username: a, password: b}\n      - run: ${run}\n`;
const workflow = (...jobs: readonly string[]): string => `on: push\njobs:\n${jobs.join('')}`;

function deliveries(files: Readonly<Record<string, string>>): readonly Delivery[] {
  return found({ 'ship.sh': 'docker push acme/api:1\n', 'kit.py': 'ship()\n', ...files }).deliveries;
}

const MAIN = '.github/workflows/main.yml';
const OTHER = '.github/workflows/other.yml';
const shown = (all: readonly Delivery[]): readonly string[] =>
  all.map((one) => `${short(one)} ${one.ways ?? 1}`);

describe('ways to one line', () => {
  test('jobs of one workflow', () => {
    const all = deliveries({ [MAIN]: workflow(job('a', './ship.sh'), job('b', 'bash ship.sh')) });
    expect(shown(all)).toEqual(['registry-push docker.io/acme/api:1 2']);
    expect(all.map(deliverySentence)).toEqual([expect.stringMatching(/main\.yml.*, and 1 other way there$/)]);
  });

  test('another workflow is another delivery', () => {
    const one = workflow(job('a', './ship.sh'));
    expect(shown(deliveries({ [MAIN]: one, [OTHER]: one }))).toEqual([
      'registry-push docker.io/acme/api:1 1',
      'registry-push docker.io/acme/api:1 1',
    ]);
  });

  test('what can not be seen into is the same everywhere', () => {
    const make = { Makefile: 'kit:\n\tpython3 kit.py\n' };
    const one = workflow(job('a', 'make kit'), job('b', 'make kit'));
    const all = deliveries({ ...make, [MAIN]: one, [OTHER]: one });
    expect(shown(all)).toEqual(['opaque python3 kit.py? 4']);
  });

  test('different builds stay apart', () => {
    const files = {
      Makefile: 'push:\n\tdocker buildx build --push -t acme/api:1 -f $(FILE) .\n',
      [MAIN]: workflow(job('a', 'make push FILE=one'), job('b', 'make push FILE=two')),
    };
    expect(shown(deliveries(files))).toEqual([
      'registry-push docker.io/acme/api:1 1',
      'registry-push docker.io/acme/api:1 1',
    ]);
  });

  test('it happens under any of their conditions', () => {
    const conditions = (first: string, second: string): readonly (string | null)[] =>
      deliveries({
        [MAIN]: workflow(job('a', './ship.sh', first), job('b', './ship.sh', second)),
      }).map(({ condition }) => condition);
    expect(conditions('vars.A', 'vars.B')).toEqual(['(vars.A) || (vars.B)']);
    expect(conditions('vars.B', 'vars.B')).toEqual(['vars.B']);
    expect(conditions('vars.A', '')).toEqual([null]);
  });

  test('another way there is a change', () => {
    const before = deliveries({ [MAIN]: workflow(job('a', './ship.sh')) });
    const after = deliveries({ [MAIN]: workflow(job('a', './ship.sh'), job('b', './ship.sh')) });
    const none = { base: () => null, head: () => null };
    expect(compareDeliveries(before, after, none).map(({ change }) => change)).toEqual(['changed']);
    expect(compareDeliveries(after, before, none).map(({ change }) => change)).toEqual(['changed']);
    expect(compareDeliveries(after, after, none).map(({ change }) => change)).toEqual(['unchanged']);
    const renamed = deliveries({ [MAIN]: workflow(job('a', './ship.sh'), job('z', './ship.sh')) });
    expect(renamed.map((one) => deliveryAbout(one, null))).toEqual(
      after.map((one) => deliveryAbout(one, null)),
    );
  });
});
