// The comments of a file → what it says of its own licence, copyright and origin.
// Sources: the REUSE Specification 3.3 and the SPDX Specification's short-form identifiers.
import type { FileNotice } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';
import type { Comment } from './comments.ts';
import { LICENSE_NOTICES, LICENSE_TITLES } from './license-notices.ts';
import { locate, type SourceText } from './source-text.ts';

/** Characters of a comment line that are looked at: a statement is a sentence, not a page. */
const LINE_LIMIT = 1024;

/** Words of which every standard notice has one; most files have none, and are spared the patterns. */
const ANY_NOTICE = /licen[cs]e|permission|redistribution|unencumbered|publicdomain|cc0|gnu|bsd|mpl|epl/i;

const LICENSE_TAG = /SPDX-License-Identifier:[ \t]*(.*)/i;
const COPYRIGHT_TAG = /SPDX-(?:File|Snippet)CopyrightText:[ \t]*(.*)/i;
const COPYRIGHT_LINE =
  /^(?:portions )?(?:copyright\b(?=.*(?:\d{4}|\(c\)|©|\bby\b))|©|\(c\) ?(?:copyright|\d{4})).*/i;
const ORIGIN =
  /(?:^|\b)(?:origin(?:al(?:ly from)?)?|upstream|source|(?:based|built) (?:up)?on|copied from|taken from|adapted from|derived from|forked from|inspired by|borrowed from|stolen from|modified from|generated from)\b[^\n]{0,80}?\b((?:https?|git|ssh):\/\/[^\s"'<>`]+|git@[^\s"'<>`]+)/i;

/**
 * `bodyStart` is the offset of the first stage: tags count wherever they stand, but a notice in words is only taken
 * for the file's above it, since further down it may be about a thing that a step installs.
 */
export function readNotice(source: SourceText, all: readonly Comment[], bodyStart: number): FileNotice {
  const comments = withoutIgnored(
    all.map((comment) => ({ ...comment, text: comment.text.slice(0, LINE_LIMIT) })),
  );
  const header = comments.filter((comment) => comment.start < bodyStart);
  const licenses: { expression: string; location: Location }[] = [];
  const copyrights: { text: string; location: Location }[] = [];
  const origins: { url: string; location: Location }[] = [];
  const at = (comment: Comment, content: string, from = 0): Location => {
    const start = comment.start + comment.text.indexOf(content, from);
    return locate(source, start, start + content.length);
  };
  for (const comment of comments) {
    const license = LICENSE_TAG.exec(comment.text);
    const expression = trimEnd(license?.[1] ?? '');
    if (license && expression !== '')
      licenses.push({ expression, location: at(comment, expression, license.index + 24) });
    const tagged = COPYRIGHT_TAG.exec(comment.text);
    const plain = COPYRIGHT_LINE.exec(body(comment.text));
    const copyright = trimEnd(tagged?.[1] ?? plain?.[0] ?? '');
    if (copyright !== '') copyrights.push({ text: copyright, location: at(comment, copyright) });
    const origin = ORIGIN.exec(comment.text);
    const url = origin?.[1]?.replace(/[).,;:]+$/, '');
    if (url) origins.push({ url, location: at(comment, url) });
  }
  return {
    licenses,
    copyrights,
    origins,
    recognized: licenses.length > 0 ? null : recognize(source, header),
  };
}

/** The text of a comment without its marks. */
function body(comment: string): string {
  return comment.replace(/^[#\s*!/-]+/, '');
}

/** A tag may be followed by the end of a comment in another language. */
function trimEnd(content: string): string {
  return content.replace(/(?:\*\/|-->)?\s*$/, '').trim();
}

/** REUSE 3.3: what stands between `REUSE-IgnoreStart` and `REUSE-IgnoreEnd` is no statement about the file. */
function withoutIgnored(comments: readonly Comment[]): readonly Comment[] {
  let ignoring = false;
  return comments.filter(({ text }) => {
    if (text.includes('REUSE-IgnoreStart')) ignoring = true;
    const keep = !ignoring;
    if (text.includes('REUSE-IgnoreEnd')) ignoring = false;
    return keep;
  });
}

/**
 * Recognises a notice that runs over several comment lines; its location is where it begins. Two licences make a
 * statement that only a person can read, so they make none here.
 */
function recognize(source: SourceText, comments: readonly Comment[]): FileNotice['recognized'] {
  if (!comments.some((comment) => ANY_NOTICE.test(comment.text))) return null;
  const starts: { at: number; comment: Comment }[] = [];
  const found = new Map<string, Comment>();
  let joined = '';
  for (const comment of comments) {
    const content = body(comment.text)
      .toLowerCase()
      .replace(/[\s"'“”]+/g, ' ')
      .trim();
    const title = LICENSE_TITLES.get(content.replace(/^licen[cs]e:? ?|(?: licen[cs]e)?\.?$/g, ''));
    if (title !== undefined && /licen[cs]e/.test(content)) found.set(title, comment);
    starts.push({ at: joined.length, comment });
    joined += `${content} `;
  }
  for (const { id, word, pattern } of LICENSE_NOTICES) {
    if (!joined.includes(word)) continue;
    const match = pattern.exec(joined);
    const open = id.replace(/-only$/, '-or-later');
    if (!match || found.has(id) || found.has(open)) continue;
    const comment = starts.findLast((start) => start.at <= match.index)?.comment;
    if (comment) found.set(id, comment);
  }
  const [only, second] = found;
  if (!only || second) return null;
  const [id, comment] = only;
  return { id, location: locate(source, comment.start, comment.start + comment.text.length) };
}
