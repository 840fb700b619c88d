// build.gradle and build.gradle.kts → where Jib's `to` block sends the image.
import type { Value } from '../model/value.ts';
import { hole, join } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';

const NAMES = ['build.gradle', 'build.gradle.kts'];
/** Sub-projects in folders of the tree; `settings.gradle` is a program and is not run. */
const PROJECT_LIMIT = 200;

const BEYOND: Value = hole(
  'a project',
  `there are more than ${PROJECT_LIMIT} projects; the others were not read`,
);

/** The names of each project that says them; `project` is the path in front of `:jib`, empty for all. */
export function gradleJibImages(
  folder: string,
  project: string,
  files: Files,
): readonly (readonly Value[])[] {
  const base =
    project === ''
      ? folder
      : repositoryPath([folder, ...project.split(':')].filter((part) => part !== '').join('/'));
  if (base === null) return [];
  const own = imagesIn(base, files);
  if (own !== null) return [own];
  if (project !== '') return [];
  const lead = base === '' ? '' : `${base}/`;
  const below = files
    .list()
    .filter((path) => path.startsWith(lead) && NAMES.includes(path.slice(path.lastIndexOf('/') + 1)))
    .map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    .filter((path) => path !== base);
  const folders = [...new Set(below)];
  const images = folders.slice(0, PROJECT_LIMIT).flatMap((path) => {
    const names = imagesIn(path, files);
    return names === null ? [] : [names];
  });
  return folders.length > PROJECT_LIMIT ? [...images, [BEYOND]] : images;
}

function imagesIn(folder: string, files: Files): readonly Value[] | null {
  for (const name of NAMES) {
    const read = files.read(folder === '' ? name : `${folder}/${name}`);
    if (read === null || read === 'unread' || isGap(read)) continue;
    const content = withoutComments(read.text);
    const block = blockAt(content, /(?:^|[\s;])jib\s*\{/g);
    const to = block === null ? null : blockAt(block, /(?:^|[\s;])to\s*\{/g);
    const image =
      to === null
        ? textAfter(content, /\bjib\s*\.\s*to\s*\.\s*image\s*=\s*/)
        : textAfter(to, /\bimage\s*(?:=|\.set\()?\s*/);
    if (image === null) continue;
    const tags = to === null ? [] : tagsIn(to);
    const plain = image.replace(/:[^/:]*$/, '');
    return [template(image), ...tags.map((tag) => join([template(plain), ':', template(tag)]))];
  }
  return null;
}

/** One pass: an unfinished comment or text reaches to the end. */
function withoutComments(content: string): string {
  let left = '';
  for (let at = 0; at < content.length; ) {
    const two = content.slice(at, at + 2);
    const letter = content[at] ?? '';
    if (two === '//' || two === '/*') {
      const end = content.indexOf(two === '//' ? '\n' : '*/', at + 2);
      left += ' ';
      at = end === -1 ? content.length : end + (two === '//' ? 0 : 2);
    } else if (letter === '"' || letter === "'") {
      let end = at + 1;
      while (end < content.length && content[end] !== letter && content[end] !== '\n')
        end += content[end] === '\\' ? 2 : 1;
      left += content.slice(at, end + 1);
      at = end + 1;
    } else {
      left += letter;
      at += 1;
    }
  }
  return left;
}

/** What stands between the brackets of the first block with this head. */
function blockAt(content: string, head: RegExp): string | null {
  const match = head.exec(content);
  if (match === null) return null;
  const from = match.index + match[0].length;
  let depth = 1;
  for (let at = from; at < content.length; at += 1) {
    if (content[at] === '{') depth += 1;
    else if (content[at] === '}') {
      depth -= 1;
      if (depth === 0) return content.slice(from, at);
    }
  }
  return content.slice(from);
}

/** The text behind a head: a literal, or a variable as a template. */
function textAfter(content: string, head: RegExp): string | null {
  const match = head.exec(content);
  if (match === null) return null;
  const rest = content.slice(match.index + match[0].length);
  const quoted = /^(["'])((?:[^"'\\\n]|\\.)*)\1/.exec(rest);
  if (quoted !== null) return quoted[2] ?? '';
  const name = /^[A-Za-z_][\w.]*/.exec(rest)?.[0];
  return name === undefined ? null : `\${${name}}`;
}

function tagsIn(block: string): readonly string[] {
  const list =
    /\btags\s*(?:(?:=|\.set\()\s*)?(?:\[|(?:setOf|listOf|mutableSetOf)\()([^\])]*)/.exec(block)?.[1] ?? '';
  return list.split(',').flatMap((item) => textAfter(item.trim(), /^/) ?? []);
}

/** `$name` and `${expression}` are only known to Gradle. */
function template(content: string): Value {
  const parts: (Value | string)[] = [];
  let last = 0;
  for (const match of content.matchAll(/\$\{[^{}]*\}|\$[A-Za-z_][\w.]*/g)) {
    parts.push(content.slice(last, match.index), hole(match[0], 'Gradle sets it when it runs'));
    last = match.index + match[0].length;
  }
  return join([...parts, content.slice(last)]);
}
