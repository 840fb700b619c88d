// evidence.json ↔ Evidence: what a verdict was computed from, to be judged again. Strict: a wrong field is named.
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Evidence, Gap } from '../core/model/evidence.ts';
import { type Problem, problem } from './problem.ts';
import { imageShape } from './saved-image.ts';

const oid = z.string();
const instant = z.iso.datetime();
const position = z.strictObject({ line: z.int().min(1), column: z.int().min(1) });
const location = z.strictObject({
  path: z.string(),
  range: z.strictObject({ start: position, end: position }),
});
const visibility = z.enum(['public', 'private', 'internal', 'unknown']);
const actor = z.strictObject({
  id: z.int(),
  login: z.string(),
  type: z.enum(['User', 'Bot', 'Organization']),
});

const subject = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('pull-request'),
    server: z.string(),
    owner: z.string(),
    repository: z.string(),
    number: z.int(),
    title: z.string(),
    baseRef: z.string(),
    baseSha: oid,
    headSha: oid,
    isDraft: z.boolean(),
    isFork: z.boolean(),
    visibility,
    author: actor,
  }),
  z.strictObject({
    kind: z.literal('checkout'),
    name: z.string(),
    slug: z.string().nullable(),
    headSha: oid,
    visibility,
  }),
]);

const snapshot = z.strictObject({
  commit: oid,
  entries: z.array(
    z.strictObject({
      path: z.string(),
      kind: z.enum(['file', 'executable', 'symlink', 'submodule']),
      oid,
    }),
  ),
});

const change = z.strictObject({
  path: z.string(),
  status: z.enum(['added', 'modified', 'removed', 'renamed', 'copied']),
  previousPath: z.string().nullable(),
  shownLines: z.array(z.tuple([z.int(), z.int()])).nullable(),
});

const blob = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('binary'), bytes: z.int() }),
  z.strictObject({ kind: z.literal('encoded'), encoding: z.string(), bytes: z.int() }),
  z.strictObject({ kind: z.literal('too-large'), bytes: z.int(), limit: z.int() }),
  z.strictObject({ kind: z.literal('lfs-pointer'), bytes: z.int() }),
]);

/** A record, so that a kind the model gains can't be forgotten here. */
const GAP_KINDS: Readonly<Record<Gap['kind'], true>> = {
  'binary-file': true,
  'encoded-file': true,
  'large-file': true,
  'symbolic-link': true,
  'lfs-pointer': true,
  submodule: true,
  'missing-file': true,
  syntax: true,
  limit: true,
  truncated: true,
  policy: true,
  'missing-policy': true,
  unreachable: true,
  remote: true,
};

const gap = z.strictObject({
  kind: z.custom<Gap['kind']>(
    (kind) => typeof kind === 'string' && Object.hasOwn(GAP_KINDS, kind),
    'no kind of gap',
  ),
  cause: z.enum(['content', 'world']),
  subject: z.string(),
  location: location.nullable(),
  reason: z.string(),
  remedy: z.string(),
});

const about = z.record(z.string(), z.array(z.string()));

const decision = z.strictObject({
  id: z.string(),
  kind: z.enum(['approved', 'rejected', 'withdrawn']),
  actor,
  team: z.string(),
  at: instant,
  expires: instant.nullable(),
  headSha: oid,
  fingerprints: z.array(z.string()),
  described: z.record(z.string(), about),
  note: z.string().nullable(),
});

const evidenceShape: z.ZodType<Evidence> = z.strictObject({
  version: z.literal(1),
  subject,
  collectedAt: instant,
  base: snapshot.nullable(),
  head: snapshot,
  changes: z.array(change),
  blobs: z.record(oid, blob),
  policies: z.array(
    z.strictObject({
      origin: z.enum(['organization', 'repository']),
      label: z.string(),
      path: z.string(),
      oid,
      text: z.string(),
    }),
  ),
  contributors: z.array(
    z.strictObject({
      role: z.enum(['author', 'committer', 'co-author', 'pull-request-author', 'pusher']),
      actor: actor.nullable(),
      name: z.string(),
    }),
  ),
  decisions: z.array(decision),
  images: z.array(imageShape(gap)),
  clearances: z
    .array(z.strictObject({ project: z.string(), at: z.string(), destinations: z.array(z.string()) }))
    .exactOptional(),
  seenDockerfiles: z
    .array(
      z.strictObject({
        server: z.string(),
        repository: z.string(),
        commit: oid,
        path: z.string(),
        license: z.string().nullable(),
        copyrights: z.array(z.string()),
        fingerprints: z.array(z.int()),
      }),
    )
    .exactOptional(),
  gaps: z.array(gap),
});

export async function loadEvidence(file: string): Promise<Evidence | Problem> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    return problem(
      `The evidence file ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      'Give a file that `check --save-evidence` wrote.',
    );
  }
  return parseEvidence(content, file);
}

/** `file` is only the name shown when something is wrong. */
export function parseEvidence(content: string, file: string): Evidence | Problem {
  let data: unknown;
  try {
    data = JSON.parse(content);
  } catch (error) {
    return problem(
      `${file} is no valid JSON: ${(error as Error).message}.`,
      'Save the evidence again with `check --save-evidence`.',
    );
  }
  const parsed = evidenceShape.safeParse(data);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place =
    first === undefined || first.path.length === 0 ? '' : ` at ${first.path.map(String).join('.')}`;
  return problem(
    `${file} is no saved evidence of this version${place}: ${first?.message ?? 'wrong shape'}.`,
    'Save the evidence again with `check --save-evidence`.',
  );
}

/** Throws what the file system throws. */
export async function saveEvidence(file: string, evidence: Evidence): Promise<void> {
  await writeFile(file, `${JSON.stringify(evidence)}\n`);
}
