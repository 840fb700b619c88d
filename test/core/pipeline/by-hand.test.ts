import { describe, expect, test } from '@jest/globals';
import { givenFiles, snapshotFiles } from '../../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../../src/core/pipeline/find-deliveries.ts';
import { deliverySentence } from '../../../src/core/pipeline/sentence.ts';
import { scriptStep, WORKFLOW, workflowOf } from './judged.ts';

const told = (
  files: Readonly<Record<string, string>>,
  changed: readonly string[] = Object.keys(files).sort(),
): readonly string[] =>
  findDeliveries(givenFiles(files), () => 'public', changed).deliveries.map(deliverySentence);

describe('what a person can run', () => {
  test('a script that no pipeline calls', () => {
    expect(
      told({ 'scripts/release.sh': '#!/bin/sh\ndocker build -t acme/api .\ndocker push acme/api\n' }),
    ).toEqual(['pushes docker.io/acme/api:latest when a person runs it: scripts/release.sh → release.sh:3']);
  });

  test('a Makefile, with what its own targets settle', () => {
    const [only, ...others] = told({
      Makefile: 'IMAGE ?= ghcr.io/acme/api\npush:\n\tdocker push $(IMAGE):1\n',
    });
    expect(only).toMatch(
      /^(may push|pushes) ghcr\.io\/acme\/api:1 when a person runs it: .*make push → Makefile:3$/,
    );
    expect(others).toEqual([]);
  });

  test('arguments are whatever the person gives', () => {
    expect(told({ 'push.sh': 'docker push "ghcr.io/acme/$1:$2"\n' })).toEqual([
      'pushes ghcr.io/acme/<1>:<2> when a person runs it: push.sh → push.sh:1',
    ]);
  });

  test('what a pipeline runs is told once, as the pipeline runs it', () => {
    const files = {
      [WORKFLOW]: workflowOf(scriptStep('sh release.sh')),
      'release.sh': 'docker push acme/api\n',
    };
    expect(told(files)).toEqual([expect.stringMatching(/when a branch is pushed/)]);
  });

  test('what one script leaves to another is told of the other', () => {
    const files = { 'all.sh': 'sh one.sh\n', 'one.sh': 'docker push acme/one\n' };
    expect(told(files)).toEqual([
      'pushes docker.io/acme/one:latest when a person runs it: one.sh → one.sh:1',
    ]);
    expect(told(files, ['all.sh'])).toEqual([
      'pushes docker.io/acme/one:latest when a person runs it: all.sh → one.sh → one.sh:1',
    ]);
  });

  test.each([
    ['a change of something else', { 'release.sh': 'docker push acme/api\n' }, ['README.md']],
    [
      'a copy of another project',
      { 'vendor/x/release.sh': 'docker push acme/api\n' },
      ['vendor/x/release.sh'],
    ],
    ['what only builds', { 'build.sh': 'docker build -t acme/api .\n' }, ['build.sh']],
    ['what can’t be seen into', { 'release.sh': 'python3 tools/publish.py\n' }, ['release.sh']],
    ['a file written and left', { 'save.sh': 'docker save -o a.tar acme/push\n' }, ['save.sh']],
  ])('%s says nothing', (_, files, changed) => {
    expect(told(files, changed)).toEqual([]);
  });

  test('what can’t be followed counts where the script speaks of pushing', () => {
    const gapsOf = (last: string) =>
      findDeliveries(givenFiles({ 'a.sh': `f() { f; }\nf\nmake\n${last}\nif` }), () => 'public', ['a.sh'])
        .gaps.length;
    expect(gapsOf('true')).toBe(0);
    expect(gapsOf('docker push acme/api')).toBeGreaterThan(0);
  });

  test('a script that is not read yet is asked for', () => {
    const entry = { path: 'release.sh', kind: 'file', oid: 'a'.repeat(40) } as const;
    const files = snapshotFiles({ commit: 'b'.repeat(40), entries: [entry] }, {});
    expect(findDeliveries(files, () => 'public', ['release.sh']).wanted).toEqual(['release.sh']);
  });
});
