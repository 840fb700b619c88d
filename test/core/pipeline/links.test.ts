// Symbolic links of a tree, followed as a checkout's file system would.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Blob, EntryKind } from '../../../src/core/model/evidence.ts';
import { type Files, snapshotFiles } from '../../../src/core/pipeline/files.ts';
import { followLinks } from '../../../src/core/pipeline/links.ts';

/** Files by path; `-> target` makes a link, null one that was not read yet. */
function tree(given: Readonly<Record<string, string | null>>): Files {
  const blobs: Record<string, Blob> = {};
  const entries = Object.entries(given).map(([path, content]) => {
    const isLink = content === null || content.startsWith('-> ');
    if (content !== null) blobs[path] = { kind: 'text', text: isLink ? content.slice(3) : content };
    const kind: EntryKind = isLink ? 'symlink' : 'file';
    return { path, kind, oid: path };
  });
  return snapshotFiles({ commit: '0', entries }, blobs);
}

function end(given: Readonly<Record<string, string | null>>, path = 'Dockerfile'): string {
  const found = followLinks(tree(given), path);
  if (found === 'unread') return found;
  return 'path' in found ? found.path : found.reason.replace(/^\S+ is a symbolic link that /, '');
}

describe('a link leads to', () => {
  test.each<[string, Record<string, string>]>([
    ['Dockerfile', { Dockerfile: 'FROM a' }],
    ['images/api', { Dockerfile: '-> images/api', 'images/api': '' }],
    ['images/api', { Dockerfile: '-> ./images//api', 'images/api': '' }],
    ['c', { Dockerfile: '-> a', a: '-> b/..//c', c: '' }],
    // `..` is taken after the folder it stands in was reached.
    ['x/file', { Dockerfile: '-> short/../file', short: '-> x/deep', 'x/file': '', file: '' }],
    ['real/Dockerfile', { Dockerfile: '-> build/Dockerfile', build: '-> real', 'real/Dockerfile': '' }],
  ])('%s', (expected, given) => {
    expect(end(given)).toBe(expected);
  });

  test('its place is where it starts from', () => {
    expect(end({ 'a/b/Dockerfile': '-> ../x', 'a/x': '', x: '' }, 'a/b/Dockerfile')).toBe('a/x');
  });

  test('what is not read yet is asked for', () => {
    const files = tree({ Dockerfile: '-> next', next: null });
    expect(followLinks(files, 'Dockerfile')).toBe('unread');
    expect(files.wanted()).toEqual(['next']);
  });
});

describe('a link that', () => {
  test.each<[string, RegExp]>([
    ['-> ../other', /^leads out of the repository,/],
    ['-> /etc/passwd', /^leads out of the repository, to `\/etc\/passwd`/],
    ['-> C:\\x', /^leads out of the repository/],
    ['-> nothing', /^leads to `nothing`, which is no file/],
    ['-> images', /^leads to `images`, which is no file/],
    ['-> Dockerfile', /^leads through more than 40 links/],
    ['-> round', /^leads through more than 40 links/],
    [`-> ${'a/'.repeat(3000)}`, /^holds no path/],
    ['-> ', /^holds no path/],
  ])('%.20s is a gap', (content, reason) => {
    expect(end({ Dockerfile: content, round: '-> Dockerfile', 'images/api': '' })).toMatch(reason);
  });
});

test('any tree of links has an end inside it, or a gap that names the link', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'a/b', 'b/c', 'Dockerfile');
  const step = fc.constantFrom('a', 'b', 'c', '..', '.', '', 'Dockerfile');
  const content = fc.oneof(
    fc.array(step, { maxLength: 6 }).map((parts) => `-> ${parts.join('/')}`),
    fc.constant('FROM a'),
  );
  fc.assert(
    fc.property(fc.dictionary(name, content), (given) => {
      const files = tree({ ...given, Dockerfile: given.Dockerfile ?? '-> a' });
      const found = followLinks(files, 'Dockerfile');
      if (found === 'unread') throw new Error('everything was read');
      if ('path' in found) expect([files.has(found.path), files.link(found.path)]).toEqual([true, null]);
      else expect(found).toMatchObject({ kind: 'symbolic-link', subject: 'Dockerfile' });
    }),
  );
});
