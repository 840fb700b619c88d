// Why a request came to nothing, and the gap that this leaves.
import type { Gap } from '../core/model/evidence.ts';

export type Failure = {
  readonly failed: true;
  readonly kind: Extract<Gap['kind'], 'unreachable' | 'remote' | 'limit' | 'syntax'>;
  /** One sentence without its subject's name. */
  readonly reason: string;
  readonly remedy: string;
  /** Whether the very same request may succeed in a moment. */
  readonly passing: boolean;
};

const REMEDIES: Readonly<Record<Failure['kind'], string>> = {
  unreachable: 'Try again in a while.',
  remote: 'Check the name and the credentials, or ask the registry’s operator.',
  limit: 'Look at this image by hand.',
  syntax: 'Ask the publisher of the image to push it again.',
};

export function failure(kind: Failure['kind'], reason: string, remedy = REMEDIES[kind]): Failure {
  return { failed: true, kind, reason, remedy, passing: false };
}

/** What time may heal. */
export function passingFailure(reason: string): Failure {
  return { ...failure('unreachable', reason), passing: true };
}

export function isFailure(result: object | string): result is Failure {
  return typeof result === 'object' && 'failed' in result;
}

export function gapOf({ kind, reason, remedy }: Failure, subject: string): Gap {
  const cause = kind === 'unreachable' ? 'world' : 'content';
  return { kind, cause, subject, location: null, reason, remedy };
}
