import { beforeEach, expect, test } from '@jest/globals';
import type { SketchedFile } from '../../src/core/model/copy.ts';
import type { Visibility } from '../../src/core/model/evidence.ts';
import type { PullRequestRef } from '../../src/ports.ts';
import { openQueue } from '../../src/store/queue.ts';
import { forgetSeen, pruneSeen, seenDockerfilesOn } from '../../src/store/seen-dockerfiles.ts';
import { openStore } from '../../src/store/store.ts';
import { onEachEngine } from './support.ts';

const SKETCH = [
  7,
  90,
  4_000_000_001,
  4_294_967_295,
  ...Array.from({ length: 12 }, (_, at) => 1000 + at),
].sort((a, b) => a - b);

const repository = (repositoryId: number, installation = 5): PullRequestRef => ({
  installation,
  repositoryId,
  owner: 'acme',
  repository: `r${repositoryId}`,
  number: 1,
});

const file = (
  place: PullRequestRef,
  path = 'Dockerfile',
  fingerprints: readonly number[] = SKETCH,
): SketchedFile & { readonly state: string } => ({
  server: 'https://github.com',
  repository: `${place.owner}/${place.repository}`,
  commit: 'c'.repeat(40),
  path,
  license: 'MIT',
  copyrights: ['Copyright \u0000 odd'],
  fingerprints,
  state: 'as it is',
});

onEachEngine('Dockerfiles seen elsewhere', ({ database }) => {
  const seen = () => seenDockerfilesOn(database());
  const found = async (place: PullRequestRef, visibility: Visibility = 'private', sketch = SKETCH) =>
    (await seen().alike(place, visibility, sketch)).map((each) => `${each.repository} ${each.path}`);

  beforeEach(async () => {
    for (const installation of [5, 6])
      await forgetSeen(database().handle, { installation, repositoryId: null });
  });

  test('a kept file is found from another repository of the installation, as it was kept', async () => {
    const { state: _, ...kept } = file(repository(1));
    await seen().keep(repository(1), 'private', [file(repository(1))]);
    expect(await seen().alike(repository(2), 'private', SKETCH)).toEqual([kept]);
    expect(await found(repository(1))).toEqual([]);
    expect(await found(repository(2, 6))).toEqual([]);
    expect(await found(repository(2), 'private', [1, 2, 3])).toEqual([]);
  });

  test('the most alike come first, and no more than ten', async () => {
    for (let id = 1; id <= 12; id += 1)
      await seen().keep(repository(id), 'private', [
        file(repository(id), 'Dockerfile', SKETCH.slice(0, id + 2)),
      ]);
    const names = await found(repository(99));
    expect(names).toHaveLength(10);
    expect(names.slice(0, 2)).toEqual(['acme/r12 Dockerfile', 'acme/r11 Dockerfile']);
  });

  test('readers hear of no repository that is more private than the one they read', async () => {
    const kinds = ['public', 'internal', 'private', 'unknown'] as const;
    for (const [at, visibility] of kinds.entries())
      await seen().keep(repository(at + 1), visibility, [file(repository(at + 1), visibility)]);
    const hears = async (visibility: Visibility) =>
      (await found(repository(99), visibility)).map((name) => name.split(' ')[1]).sort();
    expect(await hears('public')).toEqual(['public']);
    expect(await hears('unknown')).toEqual(['public']);
    expect(await hears('internal')).toEqual(['internal', 'public']);
    expect(await hears('private')).toEqual(['internal', 'private', 'public']);
  });

  test('a repository that turns private is silent at its next judgement, and at once when its webhook says so', async () => {
    const queue = await openQueue(database(), {});
    const store = openStore(database(), queue);
    await seen().keep(repository(1), 'public', [file(repository(1))]);
    await seen().keep(repository(2), 'public', [file(repository(2))]);
    expect(
      await seen().changed(repository(1), 'private', [{ path: 'Dockerfile', state: 'as it is' }]),
    ).toEqual([]);
    expect(await found(repository(9), 'public')).toEqual(['acme/r2 Dockerfile']);
    await store.estate.forgetFiles(2);
    expect(await found(repository(9), 'public')).toEqual([]);
    expect(await found(repository(9), 'private')).toEqual(['acme/r1 Dockerfile']);
    await store.estate.leave(5, 1);
    expect(await found(repository(9), 'private')).toEqual([]);
    await queue.close();
  });

  test('only what stands otherwise, or is new, is asked for again; the newest is kept', async () => {
    await seen().keep(repository(1), 'private', [file(repository(1), 'a'), file(repository(1), 'b')]);
    const changed = await seen().changed(repository(1), 'private', [
      { path: 'a', state: 'as it is' },
      { path: 'b', state: 'edited' },
      { path: 'c', state: 'as it is' },
    ]);
    expect(changed).toEqual(['b', 'c']);
    await seen().keep(repository(1), 'private', [
      { ...file(repository(1), 'b'), commit: 'd'.repeat(40), state: 'edited' },
    ]);
    const commits = (await seen().alike(repository(2), 'private', SKETCH)).map(({ path, commit }) => [
      path,
      commit[0],
    ]);
    expect(commits).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
  });

  test('a path that no index can hold is left out', async () => {
    await seen().keep(repository(1), 'private', [
      file(repository(1), 'x/'.repeat(2000)),
      file(repository(1), 'a'),
    ]);
    expect(await found(repository(2))).toEqual(['acme/r1 a']);
  });

  test('what was not seen for long goes, and the oldest beyond an installation’s share', async () => {
    for (const id of [1, 2, 3]) await seen().keep(repository(id), 'private', [file(repository(id))]);
    const day = 86_400_000;
    const prune = (perInstallation: number, ahead: number) =>
      pruneSeen(database().handle, { days: 400, perInstallation }, new Date(Date.now() + ahead * day));
    expect(await prune(3, 399)).toBe(0);
    expect(await prune(2, 0)).toBe(1);
    expect(await found(repository(9))).toHaveLength(2);
    expect(await prune(2, 401)).toBe(2);
    expect(await found(repository(9))).toEqual([]);
  });

  test('what was found kept is not asked about again for a while, but what changed is', async () => {
    const place = repository(3);
    const state = { path: 'Dockerfile', state: 'as it is' };
    const process = seen();
    await process.keep(place, 'private', [file(place)]);
    expect(await process.changed(place, 'private', [state])).toEqual([]);
    await forgetSeen(database().handle, { installation: 5, repositoryId: 3 });
    expect(await process.changed(place, 'private', [state])).toEqual([]);
    expect(await process.changed(place, 'private', [{ ...state, state: 'other' }])).toEqual(['Dockerfile']);
    expect(await process.changed(place, 'private', [state, { ...state, path: 'b/Dockerfile' }])).toEqual([
      'Dockerfile',
      'b/Dockerfile',
    ]);
    expect(await process.changed(place, 'public', [state])).toEqual(['Dockerfile']);
    expect(await seen().changed(place, 'private', [state])).toEqual(['Dockerfile']);
  });
});
