// A rule's sample → the evidence that a pull request of `acme/product` with these files would give.
import { createHash } from 'node:crypto';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import { fingerprintsOf } from '../../src/core/dockerfile/similarity/well-known.ts';
import type { SketchedFile } from '../../src/core/model/copy.ts';
import type { Blob, Evidence, FileChange, Oid, Snapshot } from '../../src/core/model/evidence.ts';
import type { Edit } from '../../src/core/model/finding.ts';
import type { Sample } from '../../src/core/rules/rule.ts';

type Files = Readonly<Record<string, string>>;

/** The day on which samples are judged. */
const SAMPLE_DAY = '2026-11-21';

/** Holds every file, so that nothing more is wanted. */
export function evidenceOf(sample: Sample): Evidence {
  const author = { id: 1001, login: 'author', type: 'User' } as const;
  const texts = [...Object.values(sample.files), ...Object.values(sample.base ?? {})];
  return {
    version: 1,
    subject: {
      kind: 'pull-request',
      server: 'https://github.com',
      owner: 'acme',
      repository: 'product',
      number: 7,
      title: sample.title,
      baseRef: 'main',
      baseSha: commitOf(sample.base ?? {}),
      headSha: commitOf(sample.files),
      isDraft: false,
      isFork: false,
      visibility: sample.visibility ?? 'private',
      author,
    },
    collectedAt: `${SAMPLE_DAY}T12:00:00.000Z`,
    base: sample.base === undefined ? null : snapshotOf(sample.base),
    head: snapshotOf(sample.files),
    changes: changesBetween(sample.base ?? {}, sample.files),
    blobs: Object.fromEntries(texts.map((text): [Oid, Blob] => [oidOf(text), { kind: 'text', text }])),
    policies:
      sample.policy === undefined
        ? []
        : [
            {
              origin: 'organization',
              label: 'acme/.github:.github/clear-to-ship.yml',
              path: '.github/clear-to-ship.yml',
              oid: oidOf(sample.policy),
              text: sample.policy,
            },
          ],
    contributors: [{ role: 'pull-request-author', actor: author, name: 'Author' }],
    decisions: [],
    images: sample.images ?? [],
    ...(sample.elsewhere === undefined ? {} : { seenDockerfiles: sample.elsewhere.map(sketched) }),
    ...(sample.clearances === undefined ? {} : { clearances: sample.clearances }),
    gaps: [],
  };
}

function sketched({ text, ...file }: NonNullable<Sample['elsewhere']>[number]): SketchedFile {
  const dockerfile = readDockerfile(file.path, oidOf(text), { kind: 'text', text });
  return { server: 'https://github.com', ...file, fingerprints: fingerprintsOf(dockerfile) };
}

/** The sample after the edit was accepted. */
export function withEdit(sample: Sample, edit: Edit): Sample {
  const lines = (sample.files[edit.path] ?? '').split('\n');
  lines.splice(edit.first - 1, edit.last - edit.first + 1, edit.text);
  return { ...sample, files: { ...sample.files, [edit.path]: lines.join('\n') } };
}

/** As git shows a submodule in a difference. */
const SUBMODULE = /^Subproject commit [0-9a-f]{40}/m;

function snapshotOf(files: Files): Snapshot {
  return {
    commit: commitOf(files),
    entries: sorted(files).map((path) => ({
      path,
      kind: SUBMODULE.test(files[path] ?? '') ? 'submodule' : 'file',
      oid: oidOf(files[path] ?? ''),
    })),
  };
}

function changesBetween(base: Files, head: Files): readonly FileChange[] {
  return sorted({ ...base, ...head })
    .filter((path) => base[path] !== head[path])
    .map((path) => ({
      path,
      status: base[path] === undefined ? 'added' : head[path] === undefined ? 'removed' : 'modified',
      previousPath: null,
      shownLines: head[path] === undefined ? null : [[1, head[path].split('\n').length]],
    }));
}

function sorted(files: Files): readonly string[] {
  return Object.keys(files).sort();
}

/** As git names a blob (SHA-1). */
function oidOf(text: string): Oid {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

/** Stands for a commit: any name will do that changes with the files. */
function commitOf(files: Files): Oid {
  return createHash('sha1')
    .update(JSON.stringify(sorted(files).map((path) => [path, files[path]])))
    .digest('hex');
}
