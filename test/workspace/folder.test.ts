import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Evidence } from '../../src/core/model/evidence.ts';
import { ROUND_LIMIT } from '../../src/workspace/fill.ts';
import { isProblem } from '../../src/workspace/problem.ts';
import {
  collect,
  evidenceOf,
  git,
  headOf,
  problemOf,
  removeFolders,
  repository,
  temporaryFolder,
  write,
} from './folders.ts';

// Real git processes on a busy machine take their time.
jest.setTimeout(30_000);

afterEach(removeFolders);

describe('a plain folder', () => {
  test('every file counts, links are not followed, and it says so', async () => {
    const folder = temporaryFolder();
    write(folder, { Dockerfile: 'FROM a\n', 'deep/er/file': 'x', link: { link: '/etc' }, '.git-like': 'y' });
    const result = await collect(folder, { visibility: 'public' });
    if (isProblem(result)) throw new Error(result.what);
    expect(headOf(result.evidence)).toEqual({
      '.git-like': ['file', 'y'],
      Dockerfile: ['file', 'FROM a\n'],
      'deep/er/file': ['file', 'x'],
      link: ['symlink', '/etc'],
    });
    expect(result.evidence.base).toBeNull();
    expect(result.notes).toEqual([
      `${folder} is no git checkout: every file in it counts, and counts as new.`,
      'No policy file (.github/clear-to-ship.yml or --policy): judged by the built-in defaults.',
    ]);
  });

  test('has nothing to compare with', async () => {
    const { what, remedy } = await problemOf(temporaryFolder(), { base: 'main' });
    expect(what).toContain('is no git checkout, so there is no "main" to compare with.');
    expect(remedy).toContain('Leave --base away');
  });
});

describe('the policy in force', () => {
  const policy = '.github/clear-to-ship.yml';

  test('comes from the base, not from the working tree', async () => {
    const folder = repository({ [policy]: 'version: 1\n' });
    write(folder, { [policy]: 'version: 1\nmode: off\n' });
    const { policies } = await evidenceOf(folder, { base: 'main' });
    expect(policies).toEqual([
      {
        origin: 'repository',
        label: `${policy} of main`,
        path: policy,
        oid: git(folder, 'rev-parse', `HEAD:${policy}`),
        text: 'version: 1\n',
      },
    ]);
  });

  test('without a base comes from the folder', async () => {
    const folder = repository({ [policy]: 'version: 1\n' });
    write(folder, { [policy]: 'version: 1\nmode: off\n' });
    expect((await evidenceOf(folder)).policies[0]).toMatchObject({
      label: policy,
      text: 'version: 1\nmode: off\n',
    });
  });

  test('the organisation’s is a file of its own', async () => {
    const file = join(temporaryFolder(), 'organisation.yml');
    write(file.slice(0, file.lastIndexOf('/')), { 'organisation.yml': 'version: 1\n' });
    const { policies } = await evidenceOf(repository({ a: 'a' }), { policyFile: file });
    expect(policies).toMatchObject([{ origin: 'organization', label: 'organisation.yml' }]);
  });

  test('a missing organisation file is a problem, an unreadable repository file a gap', async () => {
    const folder = repository({ [policy]: { link: '../elsewhere' } });
    expect((await problemOf(folder, { policyFile: '/nonexistent/p.yml' })).what).toBe(
      "The policy file /nonexistent/p.yml can't be read (ENOENT).",
    );
    const { gaps, policies } = await evidenceOf(folder);
    expect(policies).toEqual([]);
    expect(gaps).toMatchObject([
      { kind: 'policy', reason: `The policy file ${policy} can't be read: it is a symlink.` },
    ]);
  });
});

describe('what the derivation wants is read, round by round', () => {
  /** `a0` mentions `a1`, which mentions `a2`, …: each is wanted once the one before is read. */
  const chain = (length: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length }, (_, index) => [`a${index}`, `a${index + 1}`]));

  const follow = ({ head, blobs }: Evidence): readonly string[] => {
    const byPath = new Map(head.entries.map(({ path, oid }) => [path, oid]));
    const wanted: string[] = [];
    for (let path = 'a0'; byPath.has(path); ) {
      wanted.push(path);
      const blob = blobs[byPath.get(path) ?? ''];
      if (blob?.kind !== 'text') break;
      path = blob.text;
    }
    return wanted;
  };

  test('up to the limit', async () => {
    const evidence = await evidenceOf(repository(chain(ROUND_LIMIT)), {}, follow);
    expect(Object.keys(evidence.blobs)).toHaveLength(ROUND_LIMIT);
    expect(evidence.gaps).toEqual([]);
  });

  test('beyond it there is a gap that names the file and the limit', async () => {
    const evidence = await evidenceOf(repository(chain(ROUND_LIMIT + 1)), {}, follow);
    expect(evidence.gaps).toEqual([
      {
        kind: 'limit',
        cause: 'content',
        subject: 'a12',
        location: null,
        reason: 'a12 is reached through more than 12 files calling each other; what follows was not read.',
        remedy: 'Shorten the chain of scripts, actions and workflows.',
      },
    ]);
  });

  test('only what is wanted is read', async () => {
    const evidence = await evidenceOf(repository({ a: 'a', b: 'b' }), {}, () => ['b', 'no such file']);
    expect(headOf(evidence)).toEqual({ a: ['file', '(unread)'], b: ['file', 'b'] });
  });
});
