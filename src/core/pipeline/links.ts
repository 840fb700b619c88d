// A path of the repository with its symbolic links followed, as the file system of a checkout would follow them.
import type { Gap } from '../model/evidence.ts';
import type { Files } from './files.ts';

/** Linux gives up after this many links (path_resolution(7), ELOOP). */
const MOST_LINKS = 40;
/** UTF-16 units of a link's text; Linux takes 4096 bytes (limits.h, PATH_MAX). */
const LONGEST_LINK = 4096;

/** Where the path leads inside the repository; `unread` while a link on the way is not read yet. */
export type Followed = { readonly path: string } | 'unread' | Gap;

/** Never throws, and ends: links that go in circles, leave the repository or lead nowhere are gaps. */
export function followLinks(files: Files, path: string): Followed {
  const ahead = path.split('/').reverse();
  const behind: string[] = [];
  for (let links = 0; ; ) {
    const part = ahead.pop();
    if (part === undefined) break;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (behind.pop() === undefined) return lost(path, 'leads out of the repository');
      continue;
    }
    behind.push(part);
    const target = files.link(behind.join('/'));
    if (target === null) continue;
    if (target === 'unread') return 'unread';
    links += 1;
    if (links > MOST_LINKS) return lost(path, `leads through more than ${MOST_LINKS} links`);
    const shown = target.text.length > 80 ? `${target.text.slice(0, 80)}…` : target.text;
    if (target.text.length > LONGEST_LINK || target.text.includes('\0') || target.text === '')
      return lost(path, 'holds no path');
    if (target.text.startsWith('/') || /^[A-Za-z]:|\\/.test(target.text))
      return lost(path, `leads out of the repository, to \`${shown}\``);
    behind.pop();
    ahead.push(...target.text.split('/').reverse());
  }
  const reached = behind.join('/');
  return files.has(reached)
    ? { path: reached }
    : lost(path, `leads to \`${reached}\`, which is no file of the repository`);
}

function lost(path: string, why: string): Gap {
  const start = { line: 1, column: 1 };
  return {
    kind: 'symbolic-link',
    cause: 'content',
    subject: path,
    location: { path, range: { start, end: start } },
    reason: `${path} is a symbolic link that ${why}, so what is built from it can’t be read.`,
    remedy: 'Let it point to a file of this repository, or replace it by the file itself.',
  };
}
