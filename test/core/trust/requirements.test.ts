// Requirements for signatures: which images they fit, and what meets them.
import { describe, expect, test } from '@jest/globals';
import { parseReference } from '../../../src/core/images/reference.ts';
import type { SignatureState } from '../../../src/core/model/trust.ts';
import { asksForSignature, unmetRequirements } from '../../../src/core/trust/requirements.ts';

const DIGEST = `sha256:${'4b'.repeat(32)}`;

function reference(name: string) {
  const parsed = parseReference(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

function trust(image: string, ...by: string[]) {
  return { signers: [], require: [{ image, by }] };
}

test.each([
  ['ghcr.io/acme/**', 'ghcr.io/acme/app:1', true],
  ['ghcr.io/acme/*', 'ghcr.io/acme/team/app:1', false],
  ['docker.io/library/debian', 'debian:12', true],
  ['docker.io/library/debian:12*', 'debian:12.7', true],
  ['docker.io/library/debian:12*', 'debian:13', false],
  // By digest alone nobody knows the tag.
  ['docker.io/library/debian:12*', `debian@${DIGEST}`, true],
  ['docker.io/library/debian:12*', 'debian', true],
  ['localhost:5000/app', 'localhost:5000/app:1', true],
  ['localhost:5000/app', 'localhost:5001/app:1', false],
])('%s for %s: %s', (pattern, name, fits) => {
  expect(asksForSignature(reference(name), trust(pattern, 'x'))).toBe(fits);
});

describe('a requirement', () => {
  const state = (kind: SignatureState['state'], ...by: string[]): SignatureState => ({
    state: kind,
    by,
    evidence: [],
  });
  const app = reference('ghcr.io/acme/app:1');
  const wanted = trust('ghcr.io/acme/**', 'release', 'key');

  test.each<[SignatureState | null, boolean]>([
    [state('verified', 'release'), true],
    [state('verified', 'key', 'other'), true],
    [state('verified', 'other'), false],
    [state('present'), false],
    [state('present', 'release'), false],
    [state('absent'), false],
    [state('unknown'), false],
    [null, false],
  ])('%j', (signed, met) => {
    expect(unmetRequirements(app, signed, wanted)).toEqual(met ? [] : wanted.require);
  });

  test('has to be met each for itself', () => {
    const two = { signers: [], require: [...wanted.require, { image: 'ghcr.io/**', by: ['vetting'] }] };
    expect(unmetRequirements(app, state('verified', 'key'), two)).toEqual([
      { image: 'ghcr.io/**', by: ['vetting'] },
    ]);
    expect(unmetRequirements(app, state('verified', 'key', 'vetting'), two)).toEqual([]);
    expect(unmetRequirements(reference('quay.io/x/y'), null, two)).toEqual([]);
  });
});
