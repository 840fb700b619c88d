import { chmodSync, existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  commit,
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

describe('the head is the working tree as it is', () => {
  test('tracked, changed, deleted, untracked and ignored files', async () => {
    const folder = repository({
      kept: 'kept\n',
      changed: 'old\n',
      deleted: 'gone\n',
      '.gitignore': 'ignored\n',
    });
    write(folder, { changed: 'new\n', untracked: 'fresh\n', ignored: 'noise\n' });
    rmSync(join(folder, 'deleted'));
    expect(headOf(await evidenceOf(folder))).toEqual({
      '.gitignore': ['file', 'ignored\n'],
      changed: ['file', 'new\n'],
      kept: ['file', 'kept\n'],
      untracked: ['file', 'fresh\n'],
    });
  });

  test('object ids are the ones git would give', async () => {
    const folder = repository({ a: 'a\n' });
    write(folder, { a: 'b\n', c: 'c\n', l: { link: 'a' } });
    const { head } = await evidenceOf(folder);
    git(folder, 'add', '-A');
    const listed = git(folder, 'ls-files', '-s')
      .split('\n')
      .map((line) => [line.split('\t')[1], line.split(' ')[1]]);
    expect(head.entries.map(({ path, oid }) => [path, oid])).toEqual(listed);
  });

  test('a SHA-256 repository keeps its own ids', async () => {
    const folder = temporaryFolder();
    git(folder, 'init', '-q', '--object-format=sha256');
    write(folder, { a: 'a\n' });
    commit(folder, 'first');
    write(folder, { a: 'b\n' });
    const evidence = await evidenceOf(folder, { base: 'main' });
    expect(evidence.head.entries[0]?.oid).toBe(git(folder, 'hash-object', 'a'));
    expect(evidence.changes).toEqual([
      { path: 'a', status: 'modified', previousPath: null, shownLines: [[1, 1]] },
    ]);
  });

  test('executables, links and submodules keep their kind, and links are not followed', async () => {
    const folder = repository({ run: '#!/bin/sh\n', 'to/file': 'secret\n', link: { link: 'to/file' } });
    chmodSync(join(folder, 'run'), 0o755);
    git(folder, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`);
    expect(headOf(await evidenceOf(folder))).toEqual({
      link: ['symlink', 'to/file'],
      module: ['submodule', '(unread)'],
      run: ['executable', '#!/bin/sh\n'],
      'to/file': ['file', 'secret\n'],
    });
  });

  test('a folder replaced by a link leads nowhere', async () => {
    const outside = temporaryFolder();
    write(outside, { Dockerfile: 'FROM secret\n' });
    const folder = repository({ 'sub/Dockerfile': 'FROM a\n' });
    rmSync(join(folder, 'sub'), { recursive: true });
    write(folder, { sub: { link: outside } });
    expect(headOf(await evidenceOf(folder))).toEqual({ sub: ['symlink', outside] });
  });

  test('a file of the same size and age as the index is read, not trusted', async () => {
    const folder = repository({ a: 'old\n' });
    writeFileSync(join(folder, 'a'), 'new\n');
    expect(headOf(await evidenceOf(folder))).toEqual({ a: ['file', 'new\n'] });
  });

  test('a file that was only touched, or only got CRLF, is what git stores', async () => {
    const folder = repository({ touched: 'same\n', windows: 'one\ntwo\n' });
    utimesSync(join(folder, 'touched'), new Date(0), new Date(0));
    writeFileSync(join(folder, 'windows'), 'one\r\ntwo\r\n');
    const evidence = await evidenceOf(folder, { base: 'main' });
    expect(evidence.changes).toEqual([]);
    expect(headOf(evidence).windows).toEqual(['file', 'one\ntwo\n']);
  });

  test('files left out by a sparse checkout are still there', async () => {
    const folder = repository({ 'in/a': 'a\n', 'out/Dockerfile': 'FROM b\n' });
    git(folder, 'sparse-checkout', 'set', 'in');
    expect(existsSync(join(folder, 'out/Dockerfile'))).toBe(false);
    expect(headOf(await evidenceOf(folder))['out/Dockerfile']).toEqual(['file', 'FROM b\n']);
  });

  test('kinds of content', async () => {
    const folder = repository({ plain: 'x' });
    write(folder, {
      binary: new Uint8Array([1, 0, 2]),
      utf16: new Uint8Array(Buffer.from('\ufeffFROM a\n', 'utf16le')),
      'utf16-unmarked': new Uint8Array(Buffer.from('FROM a\n', 'utf16le')),
      latin1: new Uint8Array([0x23, 0xe9, 0x0a]),
      pointer: 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      large: 'x'.repeat(5_000_001),
      limit: 'x'.repeat(5_000_000),
    });
    const evidence = await evidenceOf(folder);
    const kinds = evidence.head.entries.map(({ path, oid }) => [path, evidence.blobs[oid]?.kind]);
    expect(Object.fromEntries(kinds)).toEqual({
      binary: 'binary',
      latin1: 'text',
      large: 'too-large',
      limit: 'text',
      plain: 'text',
      pointer: 'lfs-pointer',
      utf16: 'encoded',
      'utf16-unmarked': 'encoded',
    });
    expect(headOf(evidence).latin1).toEqual(['file', '#\ufffd\n']);
  });

  test('odd names: spaces, quotes, line breaks, a leading dash, no UTF-8', async () => {
    const names = ['-rf', 'a b', 'new\nline', 'quo"te', 'tab\tbed', 'ünï'];
    const folder = repository(Object.fromEntries(names.map((name) => [name, `${name}!`])));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0x66, 0xff)]), 'bytes');
    commit(folder, 'second');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0x66, 0xff)]), 'other bytes');
    const head = headOf(await evidenceOf(folder, { base: 'HEAD' }));
    for (const name of names) expect(head[name]).toEqual(['file', `${name}!`]);
    expect(head['f\ufffd']).toEqual(['file', 'other bytes']);
  });

  test('before the first commit', async () => {
    const folder = temporaryFolder();
    git(folder, 'init', '-q');
    write(folder, { Dockerfile: 'FROM a\n' });
    const evidence = await evidenceOf(folder);
    expect(evidence.subject).toMatchObject({ kind: 'checkout', headSha: '0'.repeat(40) });
    expect(headOf(evidence)).toEqual({ Dockerfile: ['file', 'FROM a\n'] });
  });

  test('from a folder inside it, the whole repository counts', async () => {
    const folder = repository({ 'a/Dockerfile': 'FROM a\n', 'b/Dockerfile': 'FROM b\n' });
    const { head, subject } = await evidenceOf(join(folder, 'a'));
    expect(head.entries.map(({ path }) => path)).toEqual(['a/Dockerfile', 'b/Dockerfile']);
    expect(subject).toMatchObject({ headSha: git(folder, 'rev-parse', 'HEAD') });
  });

  test.each([
    ['https://github.com/acme/product.git', 'acme/product'],
    ['https://user:token@github.example.com/acme/product', 'acme/product'],
    ['git@github.com:acme/product.git', 'acme/product'],
    ['ssh://git@github.com/acme/product', 'acme/product'],
    ['/srv/git/product.git', null],
  ])('origin %s is %s', async (url, slug) => {
    const folder = repository({ a: 'a' });
    git(folder, 'remote', 'add', 'origin', url);
    expect((await evidenceOf(folder)).subject).toMatchObject({ slug });
  });
});

describe('the base is the merge base', () => {
  test('what main did since does not count as a change', async () => {
    const folder = repository({ a: '1\n2\n3\n', b: 'b\n' });
    git(folder, 'checkout', '-q', '-b', 'work');
    write(folder, { a: '1\n2\nthree\n' });
    commit(folder, 'work');
    git(folder, 'checkout', '-q', 'main');
    write(folder, { b: 'main moved on\n' });
    commit(folder, 'main');
    git(folder, 'checkout', '-q', 'work');
    const evidence = await evidenceOf(folder, { base: 'main' });
    expect(evidence.base?.commit).toBe(git(folder, 'merge-base', 'main', 'work'));
    expect(evidence.changes).toEqual([
      { path: 'a', status: 'modified', previousPath: null, shownLines: [[1, 3]] },
    ]);
    const old = evidence.base?.entries.find(({ path }) => path === 'a');
    expect(evidence.blobs[old?.oid ?? '']).toEqual({ kind: 'text', text: '1\n2\n3\n' });
  });

  test('renames, additions, removals, type changes and uncommitted work', async () => {
    const long = Array.from({ length: 40 }, (_, line) => `line ${line + 1}\n`);
    const folder = repository({ old: long.join(''), typed: 'file\n', removed: 'r\n', z: 'z\n' });
    rmSync(join(folder, 'old'));
    rmSync(join(folder, 'removed'));
    rmSync(join(folder, 'typed'));
    write(folder, {
      'moved/new': long.with(20, 'changed\n').join(''),
      typed: { link: 'z' },
      z: 'z\nzz\n',
      added: 'one\ntwo\n',
      empty: '',
      bin: new Uint8Array([0, 1, 2]),
    });
    const { changes } = await evidenceOf(folder, { base: 'main' });
    expect(changes).toEqual([
      { path: 'added', status: 'added', previousPath: null, shownLines: [[1, 2]] },
      { path: 'bin', status: 'added', previousPath: null, shownLines: null },
      { path: 'empty', status: 'added', previousPath: null, shownLines: null },
      { path: 'moved/new', status: 'renamed', previousPath: 'old', shownLines: [[18, 24]] },
      { path: 'removed', status: 'removed', previousPath: null, shownLines: null },
      { path: 'typed', status: 'modified', previousPath: null, shownLines: [[1, 1]] },
      { path: 'z', status: 'modified', previousPath: null, shownLines: [[1, 2]] },
    ]);
  });

  test('files over the limit are compared by id', async () => {
    const folder = repository({ grew: 'small\n', same: 'x'.repeat(5_000_001) });
    write(folder, { grew: 'y'.repeat(5_000_001), fresh: 'z'.repeat(5_000_001) });
    const { changes } = await evidenceOf(folder, { base: 'main' });
    expect(changes.map(({ path, status }) => [path, status])).toEqual([
      ['fresh', 'added'],
      ['grew', 'modified'],
    ]);
  });

  test('an untracked repository inside is a submodule', async () => {
    const folder = repository({ a: 'a\n' });
    write(folder, { 'inner/Dockerfile': 'FROM a\n' });
    git(join(folder, 'inner'), 'init', '-q');
    commit(join(folder, 'inner'), 'inner');
    const evidence = await evidenceOf(folder, { base: 'main' });
    expect(evidence.changes.map(({ path, status }) => [path, status])).toEqual([['inner', 'added']]);
    expect(headOf(evidence).inner).toEqual(['submodule', '(unread)']);
  });

  test('without a base everything is new', async () => {
    const evidence = await evidenceOf(repository({ a: 'a\n' }));
    expect(evidence.base).toBeNull();
    expect(evidence.changes).toEqual([{ path: 'a', status: 'added', previousPath: null, shownLines: null }]);
  });
});

describe('nothing of the checkout is executed, fetched or written', () => {
  test('filters, text conversion, hooks, diff programs and the file system monitor stay silent', async () => {
    const folder = repository({ a: 'a\n', '.gitattributes': '* filter=evil diff=evil\n' });
    const marker = join(temporaryFolder(), 'ran');
    const program = join(folder, 'program.sh');
    writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat\n`);
    chmodSync(program, 0o755);
    for (const name of [
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.evil.command',
      'diff.external',
      'core.fsmonitor',
      'core.pager',
    ])
      git(folder, 'config', name, program);
    write(folder, {
      '.git/hooks/post-index-change': `#!/bin/sh\necho hook >> ${marker}\n`,
      a: 'b\n',
      new: 'n\n',
    });
    chmodSync(join(folder, '.git/hooks/post-index-change'), 0o755);
    const before = git(folder, '-c', 'core.fsmonitor=false', 'count-objects', '-v');
    const { changes } = await evidenceOf(folder, { base: 'HEAD' });
    expect(changes.map(({ path }) => path)).toEqual(['a', 'new', 'program.sh']);
    expect(existsSync(marker)).toBe(false);
    expect(git(folder, '-c', 'core.fsmonitor=false', 'count-objects', '-v')).toBe(before);
  });

  test('variables that redirect git are ignored', async () => {
    const other = repository({ other: 'x\n' });
    const folder = repository({ mine: 'x\n' });
    const env = { PATH: process.env.PATH, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other };
    expect(Object.keys(headOf(await evidenceOf(folder, { env })))).toEqual(['mine']);
  });

  test('a blob that is missing from the clone is a gap', async () => {
    const folder = repository({ a: 'a\n', b: 'b\n' });
    const oid = git(folder, 'rev-parse', 'HEAD:a');
    rmSync(join(folder, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    const { blobs, gaps } = await evidenceOf(folder, { base: 'HEAD' });
    expect(Object.keys(blobs)).toEqual([git(folder, 'rev-parse', 'HEAD:b')]);
    expect(gaps).toMatchObject([{ kind: 'unreachable', cause: 'world', subject: 'a' }]);
  });

  test('a comparison that lacks a blob tells what changed, without lines and moves', async () => {
    const folder = repository({ a: 'a\n', b: 'one\ntwo\nthree\n' });
    const lost = git(folder, 'rev-parse', 'HEAD:a');
    write(folder, { a: 'changed\n' });
    rmSync(join(folder, '.git/objects', lost.slice(0, 2), lost.slice(2)));
    const { changes, gaps } = await evidenceOf(folder, { base: 'main' });
    expect(changes).toEqual([{ path: 'a', status: 'modified', previousPath: null, shownLines: null }]);
    expect(gaps).toMatchObject([{ kind: 'unreachable', cause: 'world', subject: 'a' }]);
    rmSync(join(folder, 'b'));
    write(folder, { c: 'one\ntwo\nthree\nfour\n' });
    const old = git(folder, 'rev-parse', 'HEAD:b');
    rmSync(join(folder, '.git/objects', old.slice(0, 2), old.slice(2)));
    const { changes: more } = await evidenceOf(folder, { base: 'main' });
    expect(more.map(({ path, status }) => [path, status])).toEqual([
      ['a', 'modified'],
      ['b', 'removed'],
      ['c', 'added'],
    ]);
  });
});

describe('what is no checkout says so', () => {
  test('no such folder, a file, no such branch, no common history', async () => {
    const folder = repository({ a: 'a\n' });
    expect(await problemOf(join(folder, 'nowhere'))).toMatchObject({
      what: `There is no folder ${folder}/nowhere.`,
    });
    expect((await problemOf(join(folder, 'a'))).what).toBe(`${folder}/a is a file, not a folder.`);
    expect(await problemOf(folder, { base: 'mian' })).toEqual({
      kind: 'problem',
      cause: 'usage',
      what: `${folder} has no commit called "mian".`,
      remedy: 'Fetch it first (`git fetch origin mian`), or name one that `git branch --all` lists.',
    });
    git(folder, 'checkout', '-q', '--orphan', 'island');
    commit(folder, 'island');
    expect((await problemOf(folder, { base: 'main' })).what).toBe(
      'HEAD and "main" have no common commit in this clone.',
    );
  });

  test('a ref that looks like an option is only a ref', async () => {
    const folder = repository({ a: 'a\n' });
    expect((await problemOf(folder, { base: '--output=/tmp/x' })).what).toContain('has no commit called');
  });

  test('a bare repository, a foreign working tree, no git at all', async () => {
    const bare = temporaryFolder();
    git(bare, 'init', '-q', '--bare');
    expect((await problemOf(bare)).what).toContain('without a working tree');
    const folder = repository({ a: 'a\n' });
    expect((await problemOf(folder, { env: { PATH: '/nonexistent' } })).what).toContain(
      'no git to read it with',
    );
    git(folder, 'config', 'core.worktree', temporaryFolder());
    expect((await problemOf(folder)).kind).toBe('problem');
  });
});
