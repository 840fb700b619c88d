// Ids, trees, merge bases and patches are what git itself makes of the same files: asked of the real git in a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diffFiles } from '../support/git/diff.ts';
import { commitsBetween, mergeBase, mergeFiles } from '../support/git/history.ts';
import { diffLines, hunksOf, patchOf } from '../support/git/lines.ts';
import {
  applyFiles,
  commitOf,
  createObjects,
  type FileSpec,
  type GitObjects,
  writeBlob,
  writeCommit,
} from '../support/git/objects.ts';

let folder: string;
const git = (args: readonly string[], input: string | Buffer = ''): string =>
  execFileSync('git', args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stand-in-git-'));
  git(['init', '-q']);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const author = { name: 'Dev', email: 'dev@example.com', time: 1_767_600_000_000 };

const commit = (
  objects: GitObjects,
  parents: readonly string[],
  specs: Readonly<Record<string, FileSpec>>,
): string => {
  const before = parents[0] === undefined ? new Map() : commitOf(objects, parents[0]).files;
  return writeCommit(objects, {
    files: applyFiles(objects, before, specs),
    parents,
    author: { ...author, time: author.time + objects.commits.size * 1000 },
    message: `commit ${objects.commits.size}`,
  });
};

// Writes our objects into the real repository and lets git name them.
const copyToGit = (objects: GitObjects, oid: string): string => {
  const { files, parents, author: who, message } = commitOf(objects, oid);
  const index = join(folder, `index-${oid}`);
  const env = { ...process.env, GIT_INDEX_FILE: index };
  const lines = [...files].map(([path, { mode, oid: blob }]) => {
    const content = objects.blobs.get(blob);
    if (content !== undefined) expect(git(['hash-object', '-w', '--stdin'], content).trim()).toBe(blob);
    return `${mode} ${blob}\t${path}\n`;
  });
  execFileSync('git', ['update-index', '--index-info'], { cwd: folder, env, input: lines.join('') });
  const tree = execFileSync('git', ['write-tree', '--missing-ok'], { cwd: folder, env, encoding: 'utf8' });
  const date = `${who.time / 1000} +0000`;
  return execFileSync(
    'git',
    ['commit-tree', tree.trim(), ...parents.flatMap((parent) => ['-p', parent]), '-m', message],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: who.name,
        GIT_AUTHOR_EMAIL: who.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: who.name,
        GIT_COMMITTER_EMAIL: who.email,
        GIT_COMMITTER_DATE: date,
      },
    },
  ).trim();
};

describe('ids', () => {
  test('blobs of text, bytes and nothing', () => {
    const objects = createObjects();
    for (const content of ['', 'FROM debian:12\n', 'käse\r\n', Buffer.from([0, 255, 10])])
      expect(writeBlob(objects, content)).toBe(
        git(['hash-object', '--stdin'], Buffer.from(content as string)).trim(),
      );
  });

  test('trees and commits with folders, modes, links, submodules and names that sort oddly', () => {
    const objects = createObjects();
    const root = commit(objects, [], {
      'a-b': 'file before folder\n',
      'a/x': 'in folder\n',
      'a.txt': 'between\n',
      'run.sh': { text: '#!/bin/sh\n', mode: '100755' },
      'deep/er/Dockerfile': { symlink: '../../a.txt' },
      'ä/ö': 'umlauts\n',
    });
    const next = commit(objects, [root], { 'a-b': null, vendor: { submodule: '1'.repeat(40) } });
    expect(copyToGit(objects, root)).toBe(root);
    expect(copyToGit(objects, next)).toBe(next);
  });
});

describe('history', () => {
  test('merge base and commits of diverged and merged branches', () => {
    const objects = createObjects();
    const root = commit(objects, [], { a: '1\n' });
    const main = commit(objects, [root], { b: '1\n' });
    const side = commit(objects, [root], { c: '1\n' });
    const merged = commit(objects, [side, main], { b: '1\n' });
    const later = commit(objects, [main], { d: '1\n' });
    for (const oid of [root, main, side, merged, later]) expect(copyToGit(objects, oid)).toBe(oid);
    for (const [one, other] of [
      [main, side],
      [later, merged],
      [later, side],
      [root, later],
    ] as const) {
      expect(mergeBase(objects, one, other)).toBe(git(['merge-base', one, other]).trim());
      const between = git(['rev-list', `${one}..${other}`])
        .split('\n')
        .filter(Boolean)
        .sort();
      expect(
        commitsBetween(objects, one, other)
          .map(({ oid }) => oid)
          .sort(),
      ).toEqual(between);
    }
    expect(mergeBase(objects, root, commit(objects, [], { z: '1\n' }))).toBeNull();
  });

  test('merges what one side changed and refuses what both did', () => {
    const file = (oid: string) => ({ mode: '100644' as const, oid });
    const base = new Map([
      ['a', file('1')],
      ['b', file('1')],
      ['c', file('1')],
    ]);
    const ours = new Map([
      ['a', file('2')],
      ['b', file('1')],
      ['c', file('1')],
    ]);
    const theirs = new Map([
      ['a', file('1')],
      ['b', file('3')],
    ]);
    expect([...(mergeFiles(base, ours, theirs) ?? [])]).toEqual([
      ['a', file('2')],
      ['b', file('3')],
    ]);
    expect(mergeFiles(base, ours, new Map([['a', file('4')]]))).toBeNull();
  });
});

describe('differences', () => {
  test('statuses, renames, counts and missing patches', () => {
    const objects = createObjects();
    const before = applyFiles(objects, new Map(), {
      kept: 'same\n',
      gone: 'x\ny\n',
      moved: 'to move\n',
      binary: Buffer.from([0, 1]),
      link: 'target',
      script: 'echo\n',
    });
    const after = applyFiles(objects, before, {
      gone: null,
      moved: null,
      'new/moved': 'to move\n',
      added: 'one\ntwo',
      binary: Buffer.from([0, 2]),
      link: { symlink: 'elsewhere' },
      script: { text: 'echo\n', mode: '100755' },
      empty: '',
    });
    const changes = diffFiles(objects, before, after);
    expect(
      changes.map(({ path, status, previousPath, additions, deletions, patch }) => [
        path,
        status,
        previousPath,
        additions,
        deletions,
        patch,
      ]),
    ).toEqual([
      ['added', 'added', null, 2, 0, '@@ -0,0 +1,2 @@\n+one\n+two\n\\ No newline at end of file'],
      ['binary', 'modified', null, 0, 0, null],
      ['empty', 'added', null, 0, 0, null],
      ['gone', 'removed', null, 0, 2, '@@ -1,2 +0,0 @@\n-x\n-y'],
      [
        'link',
        'changed',
        null,
        1,
        1,
        '@@ -1 +1 @@\n-target\n\\ No newline at end of file\n+elsewhere\n\\ No newline at end of file',
      ],
      ['new/moved', 'renamed', 'moved', 0, 0, null],
      ['script', 'modified', null, 0, 0, null],
    ]);
  });

  const texts = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 40 })
    .chain((lines) => fc.boolean().map((end) => lines.join('\n') + (end && lines.length > 0 ? '\n' : '')));

  test('a patch turns one text into the other, by git’s own judgement, with git’s number of changes', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        fc.pre(before !== after);
        const lines = diffLines(before, after);
        const side = (kind: string): string =>
          lines
            .filter((line) => line.kind !== kind)
            .map(({ text }) => text)
            .join('');
        expect([side('+'), side('-')]).toEqual([before, after]);
        writeFileSync(join(folder, 'before'), before);
        writeFileSync(join(folder, 'after'), after);
        let stat = '';
        try {
          git(['diff', '--no-index', '--minimal', '--numstat', 'before', 'after']);
        } catch (error) {
          stat = (error as { stdout: string }).stdout;
        }
        const count = (kind: string): number => lines.filter((line) => line.kind === kind).length;
        expect(stat).toMatch(new RegExp(`^${count('+')}\\t${count('-')}\\t`));
        const patch = `--- a/before\n+++ b/before\n${patchOf(hunksOf(lines))}\n`;
        if (before !== '' && after !== '')
          git(['apply', '--check', '--unidiff-zero', '--whitespace=nowarn', '-'], patch);
      }),
      { numRuns: 60, seed: 20260105 },
    );
  });
});
