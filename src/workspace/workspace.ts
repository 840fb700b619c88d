// A folder on this machine → Evidence, as the App would collect it for a pull request with the same content.

import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { blobOf } from '../core/blob.ts';
import type {
  Blob,
  Evidence,
  Gap,
  Instant,
  PolicySource,
  Snapshot,
  TreeEntry,
  Visibility,
} from '../core/model/evidence.ts';
import { POLICY_PATH } from '../core/policy/schema.ts';
import { fillEvidence } from './fill.ts';
import { folderMaterial } from './folder-material.ts';
import type { Environment } from './git.ts';
import { gitMaterial } from './git-material.ts';
import { blobId } from './hashing.ts';
import type { Material, Progress } from './material.ts';
import { isProblem, type Problem, problem } from './problem.ts';
import { findCheckout } from './repository.ts';

export type WorkspaceRequest = {
  readonly folder: string;
  /** A branch, tag or commit to compare with; null to count everything as new. */
  readonly base: string | null;
  /** The organisation's policy file; null for none. */
  readonly policyFile: string | null;
  /** Who may read the repository: a checkout can't tell by itself. */
  readonly visibility: Visibility;
  readonly now: Instant;
  readonly env: Environment;
};

export type Collected = {
  readonly evidence: Evidence;
  /** Sentences for the person at the keyboard: what was taken for what. */
  readonly notes: readonly string[];
};

export async function collectWorkspace(
  request: WorkspaceRequest,
  wanted: (evidence: Evidence) => readonly string[],
  onProgress: Progress,
): Promise<Collected | Problem> {
  const organization = request.policyFile === null ? null : await organizationPolicy(request.policyFile);
  if (organization !== null && isProblem(organization)) return organization;
  const material = await openMaterial(request, onProgress);
  if (isProblem(material)) return material;
  try {
    const repository = await repositoryPolicy(material, request.base);
    const sources = [organization, repository.source].filter((source) => source !== null);
    const evidence: Evidence = {
      version: 1,
      subject: {
        kind: 'checkout',
        name: material.name,
        slug: material.slug,
        headSha: material.head.commit,
        visibility: request.visibility,
      },
      collectedAt: request.now,
      base: material.base,
      head: material.head,
      changes: material.changes,
      blobs: {},
      policies: sources,
      contributors: [],
      decisions: [],
      images: [],
      gaps: repository.gaps,
    };
    const filled = await fillEvidence(evidence, wanted, material.read, (round, files) =>
      onProgress(`reading files${round === 1 ? '' : ' that those name'}`, files, 0),
    );
    return { evidence: filled, notes: [...material.notes, policyNote(sources), ...visibilityNotes(request)] };
  } finally {
    await material.close();
  }
}

async function openMaterial(request: WorkspaceRequest, onProgress: Progress): Promise<Material | Problem> {
  const folder = await folderAt(request.folder);
  if (typeof folder !== 'string') return folder;
  const checkout = await findCheckout(folder, request.env);
  if (checkout !== 'none')
    return isProblem(checkout) ? checkout : await gitMaterial(checkout, folder, request.base, onProgress);
  if (request.base === null) return await folderMaterial(folder, onProgress);
  return problem(
    `${folder} is no git checkout, so there is no ${JSON.stringify(request.base)} to compare with.`,
    'Leave --base away, or give the folder of a git checkout.',
  );
}

async function folderAt(path: string): Promise<string | Problem> {
  const folder = resolve(path);
  try {
    if ((await stat(folder)).isDirectory()) return await realpath(folder);
  } catch {
    return problem(`There is no folder ${folder}.`, 'Give the folder of a checkout, or run inside one.');
  }
  return problem(
    `${folder} is a file, not a folder.`,
    'Give the folder of a checkout; saved evidence has to end in .json.',
  );
}

/** The organisation's policy from a file that somebody names. */
export async function organizationPolicy(file: string): Promise<PolicySource | Problem> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    return problem(
      `The policy file ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      'Give an existing file to --policy.',
    );
  }
  const blob = blobOf(content);
  if (blob.kind !== 'text')
    return problem(`The policy file ${file} is ${NOT_TEXT[blob.kind]}.`, 'Save it as plain UTF-8 text.');
  return {
    origin: 'organization',
    label: basename(file),
    path: file,
    oid: blobId(content, 'sha1'),
    text: blob.text,
  };
}

const NOT_TEXT: Readonly<Record<Exclude<Blob['kind'], 'text'>, string>> = {
  binary: 'no text',
  encoded: 'no UTF-8 text',
  'too-large': 'too large',
  'lfs-pointer': 'a Git LFS pointer, and its content is elsewhere',
};

type RepositoryPolicy = { readonly source: PolicySource | null; readonly gaps: readonly Gap[] };

/** From the base, so that a change can't loosen what it is judged by; without a base there is only the folder. */
async function repositoryPolicy(material: Material, ref: string | null): Promise<RepositoryPolicy> {
  const snapshot: Snapshot = material.base ?? material.head;
  const entry = snapshot.entries.find(({ path }) => path === POLICY_PATH);
  if (entry === undefined) return { source: null, gaps: [] };
  const label = material.base === null ? POLICY_PATH : `${POLICY_PATH} of ${ref}`;
  if (entry.kind === 'symlink' || entry.kind === 'submodule')
    return { source: null, gaps: [unreadable(entry, label, `a ${entry.kind}`)] };
  const blob = await material.read(entry.oid);
  if (blob === null) return { source: null, gaps: [unreadable(entry, label, 'not in this clone')] };
  if (blob.kind !== 'text') return { source: null, gaps: [unreadable(entry, label, NOT_TEXT[blob.kind])] };
  const source = { label, path: entry.path, oid: entry.oid, text: blob.text };
  return { source: { origin: 'repository', ...source }, gaps: [] };
}

function unreadable(entry: TreeEntry, label: string, what: string): Gap {
  return {
    kind: 'policy',
    cause: 'content',
    subject: label,
    location: null,
    reason: `The policy file ${label} can't be read: it is ${what}.`,
    remedy: `Make ${entry.path} a plain UTF-8 text file.`,
  };
}

function visibilityNotes({ visibility }: WorkspaceRequest): readonly string[] {
  return visibility === 'unknown'
    ? [
        'Who may read the repository can’t be seen from here: --visibility public, internal or private says it.',
      ]
    : [];
}

function policyNote(sources: readonly PolicySource[]): string {
  if (sources.length === 0)
    return `No policy file (${POLICY_PATH} or --policy): judged by the built-in defaults.`;
  return `Judged by ${sources.map(({ label }) => label).join(' and ')}.`;
}
