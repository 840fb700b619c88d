import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryAbout } from '../../../src/core/pipeline/about.ts';
import { deliveryGraph } from '../../../src/core/pipeline/graph.ts';
import { deliverySentence } from '../../../src/core/pipeline/sentence.ts';
import { found, WORKFLOW } from './judged.ts';

const SAMPLE = `name: Ship
on:
  push: {branches: [main], tags: ['v*']}
  pull_request:
env:
  HOST: ghcr.io
jobs:
  image:
    if: github.event_name != 'pull_request' || vars.ALWAYS
    runs-on: ubuntu-latest
    strategy:
      matrix:
        app: [api, web]
        include:
          - {app: api, extra: yes}
    steps:
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: |
            \${{ env.HOST }}/acme/\${{ matrix.app }}
      - uses: docker/build-push-action@v6
        with:
          push: \${{ startsWith(github.ref, 'refs/tags/') }}
          tags: \${{ steps.meta.outputs.tags }}
      - run: |
          if [ "$GITHUB_REF_TYPE" = tag ]; then
            for t in 1 latest; do docker push "$HOST/acme/\${{ matrix.app }}:$t"; done
          fi
          docker save acme/api | gzip > out/api.tgz
          make -C deploy release TAG=1
      - uses: actions/upload-artifact@v4
        with: {path: out}
`;
const MAKEFILE = `TAG ?= dev\nNAME := acme/$(shell basename x)\n.PHONY: release\nrelease: build\n\tdocker push $(NAME):$(TAG)\nbuild:\n\tdocker build -t $(NAME) .\n`;

function judge(workflow: string, makefile: string): void {
  const { deliveries, gaps } = found({ [WORKFLOW]: workflow, 'deploy/Makefile': makefile });
  for (const delivery of deliveries) {
    expect(deliverySentence(delivery)).not.toBe('');
    expect(Object.keys(deliveryAbout(delivery, null))).toContain('kind');
    expect(delivery.location.range.start.line).toBeGreaterThan(0);
  }
  expect(deliveryGraph(deliveries)).toMatch(/^flowchart LR/);
  for (const gap of gaps) expect(gap.remedy).not.toBe('');
}

const piece = fc.constantFrom(
  '${{',
  '}}',
  '"',
  "'",
  '`',
  '$(',
  '\n',
  '  ',
  '- ',
  '|',
  '{',
  '}',
  '[',
  ']',
  ':',
  '&a ',
  '*a',
  '<<: ',
  'if:',
  'fi',
  '\\',
  '#',
  '$',
  '%',
  '\t',
  '\u0000',
  'é',
);

/** Places to change, each by putting a piece in and taking some characters away. */
const changes = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), put: piece, take: fc.nat({ max: 12 }) }),
  { minLength: 1, maxLength: 6 },
);

function mutated(
  content: string,
  edits: readonly { readonly at: number; readonly put: string; readonly take: number }[],
): string {
  return edits.reduce((text, { at, put, take }) => {
    const offset = Math.floor(at * text.length);
    return text.slice(0, offset) + put + text.slice(offset + take);
  }, content);
}

describe('mutated files', () => {
  test('never make it throw, and what comes out can be told', () => {
    fc.assert(
      fc.property(changes, changes, (inWorkflow, inMakefile) => {
        judge(mutated(SAMPLE, inWorkflow), mutated(MAKEFILE, inMakefile));
      }),
      { numRuns: 300 },
    );
  });
});

describe('large files end in bounded work', () => {
  const steps = (count: number, step: (index: number) => string): string =>
    `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${Array.from({ length: count }, (_, index) => `      - ${step(index)}\n`).join('')}`;

  test('every step of thousands is read', () => {
    const { deliveries } = found({
      [WORKFLOW]: steps(2000, (index) => `run: docker push acme/api:${index}`),
    });
    expect(deliveries).toHaveLength(2000);
  });

  test('a matrix of many dimensions is not multiplied out', () => {
    const dimension = (name: string): string =>
      `        ${name}: [${Array.from({ length: 30 }, (_, index) => index).join(', ')}]\n`;
    const content = `on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n${['a', 'b', 'c', 'd', 'e'].map(dimension).join('')}    steps:\n      - run: docker push acme/api:\${{ matrix.a }}\${{ matrix.b }}\${{ matrix.c }}\${{ matrix.d }}\${{ matrix.e }}\n`;
    const { deliveries } = found({ [WORKFLOW]: content });
    expect(deliveries.map(({ happens }) => happens)).toEqual(['yes']);
  });

  test('workflows that call each other end', () => {
    const call = (next: number): string =>
      `on: [push, workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/w${next}.yml\n  b:\n    uses: ./.github/workflows/w${next}.yml\n`;
    const files = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`.github/workflows/w${index}.yml`, call((index + 1) % 6)]),
    );
    expect(found(files).deliveries.every(({ kind }) => kind === 'opaque')).toBe(true);
  });

  test('calls that multiply are cut at the cap, which is named', () => {
    const calls = (next: number): string =>
      Array.from(
        { length: 12 },
        (_, index) => `  j${index}:\n    uses: ./.github/workflows/w${next}.yml\n`,
      ).join('');
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `.github/workflows/w${index}.yml`,
        `on: ${index === 0 ? 'push' : 'workflow_call'}\njobs:\n${calls(index + 1)}`,
      ]),
    );
    const { gaps } = found({
      ...files,
      '.github/workflows/w9.yml': steps(1, () => 'run: docker push acme/api').replace(
        'on: push',
        'on: workflow_call',
      ),
    });
    expect(gaps).toEqual([
      expect.objectContaining({ kind: 'limit', reason: expect.stringContaining('100000') }),
    ]);
  });
});
