// Blobs that hold no text, or too much of it, as the gap that says so.
import type { Blob, Gap } from '../model/evidence.ts';

export function tooLarge(path: string, size: number, limit: number): Gap {
  return {
    kind: 'large-file',
    cause: 'content',
    subject: path,
    location: null,
    reason: `The file has ${size} characters; at most ${limit} are read.`,
    remedy: 'Split it, or move scripts and data into files of their own.',
  };
}

export function unreadable(path: string, blob: Exclude<Blob, { kind: 'text' }>): Gap {
  const common = { cause: 'content', subject: path, location: null } as const;
  switch (blob.kind) {
    case 'binary':
      return {
        ...common,
        kind: 'binary-file',
        reason: 'The file holds binary data, not text.',
        remedy: 'Replace it with a text file.',
      };
    case 'encoded':
      return {
        ...common,
        kind: 'encoded-file',
        reason: `The file is written in ${blob.encoding}, which BuildKit doesn’t read.`,
        remedy: 'Save it as UTF-8.',
      };
    case 'too-large':
      return {
        ...tooLarge(path, blob.bytes, blob.limit),
        reason: `The file has ${blob.bytes} bytes; at most ${blob.limit} are read.`,
      };
    case 'lfs-pointer':
      return {
        ...common,
        kind: 'lfs-pointer',
        reason: 'The file is a Git LFS pointer; its content is not in the repository.',
        remedy: 'Keep the Dockerfile in git itself: `git lfs untrack` it and commit the text.',
      };
  }
}
