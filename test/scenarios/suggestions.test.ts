// Suggestions that one click applies: placed on lines of the diff, never twice, and gone once applied.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { COMPLIANCE, type Gate, startGate } from '../app/harness.ts';

jest.setTimeout(60_000);

const MANIFEST = '{ "name": "suggestions", "license": "MIT" }\n';
const DOCKERFILE = `# syntax=docker/dockerfile:1
FROM debian:12.12
RUN apt-get update && apt-get install -y curl
`;

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
});
afterAll(async () => {
  expect(gate.github.schemaProblems).toEqual([]);
  await gate.stop();
});

/** What a click on "Commit suggestion" does to the file. */
function apply(
  text: string,
  comment: { readonly line: number | null; readonly startLine: number | null; readonly body: string },
): string {
  const replacement = /```suggestion\n([\s\S]*?)\n```/.exec(comment.body)?.[1];
  if (replacement === undefined || comment.line === null) throw new Error('the comment suggests nothing');
  const lines = text.split('\n');
  const first = comment.startLine ?? comment.line;
  lines.splice(first - 1, comment.line - first + 1, replacement);
  return lines.join('\n');
}

test('every suggestion mends what it was made for, and none is made twice', async () => {
  const repository = gate.repository('suggestions', { files: { 'package.json': MANIFEST } });
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'image',
    files: { Dockerfile: DOCKERFILE },
  });
  await gate.settled();
  const comments = pull.reviewComments();
  expect(comments.map(({ line }) => line)).toEqual([2, 3]);
  expect(pull.reviews()).toHaveLength(1);

  await pull.push({ 'notes.md': 'nothing to do with it\n' });
  await gate.settled();
  expect(pull.reviewComments()).toHaveLength(2);

  // From the last line to the first, so that the lines of the others stay where they are.
  const mended = [...comments].reverse().reduce((text, comment) => apply(text, comment), DOCKERFILE);
  expect(mended).toContain('SPDX-License-Identifier: MIT');
  expect(mended).toContain('--no-install-recommends');
  await pull.push({ Dockerfile: mended });
  await gate.settled();
  expect(pull.check(COMPLIANCE)?.title).toBe('Nothing to change');
  expect(pull.check(COMPLIANCE)?.annotations).toEqual([]);
  expect(pull.reviewComments()).toHaveLength(2);
});

test('there are ten on a pull request at most, however often it is pushed to', async () => {
  const repository = gate.repository('many', { files: { 'package.json': MANIFEST } });
  const bare = (from: number, to: number) =>
    Object.fromEntries(
      Array.from({ length: to - from }, (_, at) => [`images/${from + at}/Dockerfile`, 'FROM debian:12.12\n']),
    );
  const pull = repository.openPullRequest({ author: 'dev', branch: 'images', files: bare(0, 7) });
  await gate.settled();
  expect(pull.reviewComments()).toHaveLength(7);
  await pull.push(bare(7, 14));
  await gate.settled();
  expect(pull.reviewComments()).toHaveLength(10);
  expect(pull.check(COMPLIANCE)?.annotations.length).toBeGreaterThanOrEqual(14);
  await pull.push({ 'images/3/Dockerfile': 'FROM debian:12.12\nUSER 7\n', ...bare(14, 15) });
  await gate.settled();
  expect(pull.reviewComments()).toHaveLength(10);
});

test('a draft is judged, but nobody is bothered before it is ready', async () => {
  const repository = gate.repository('draft', { files: { 'package.json': MANIFEST } });
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'image',
    files: { Dockerfile: DOCKERFILE },
    draft: true,
  });
  await gate.settled();
  expect(pull.checks()).toHaveLength(2);
  expect(pull.reviewComments()).toHaveLength(0);
  await pull.draft(false);
  await gate.settled();
  expect(pull.reviewComments()).toHaveLength(2);
});
