import { expect, test } from '@jest/globals';
import { snapshotFiles } from '../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../src/core/pipeline/find-deliveries.ts';
import { OTHER_CI_READERS } from '../../src/core/pipeline/other-ci/readers.ts';
import { CI_SYSTEMS } from './deliveries-page.ts';

test('every CI system has its row', () => {
  // GitHub Actions has a reader of its own; one reader speaks for all systems that are not interpreted.
  expect(CI_SYSTEMS.length).toBe(OTHER_CI_READERS.length);
});

test.each(CI_SYSTEMS.map(({ name, file }) => [name, file] as const))('%s: %s is asked for', (_name, file) => {
  const files = snapshotFiles(
    { commit: '0'.repeat(40), entries: [{ path: file, kind: 'file', oid: '1'.repeat(40) }] },
    {},
  );
  expect(findDeliveries(files, () => 'public').wanted).toEqual([file]);
});
