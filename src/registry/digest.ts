// Bytes and the digest they should have → whether they are what was meant.
import { createHash } from 'node:crypto';

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** False also for algorithms that are not of the OCI image specification's registered ones. */
export function hasDigest(bytes: Buffer, digest: string): boolean {
  const [algorithm = ''] = digest.split(':');
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return false;
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` === digest;
}

export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}
