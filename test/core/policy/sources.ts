// Policy files for tests, the organisation's and a repository's.
import type { PolicySource } from '../../../src/core/model/evidence.ts';
import type { Obligation } from '../../../src/core/model/policy.ts';
import { type ReadPolicy, readPolicy } from '../../../src/core/policy/read.ts';

/** Rules of four obligations, which is all that reading a policy has to know of rules. */
export const RULES: Readonly<Record<string, Obligation>> = {
  'unpinned-base-image': 'flow-02-base-images',
  'unapproved-base-image': 'flow-02-base-images',
  'insecure-download': 'flow-03-outside-imports',
  'public-registry-delivery': 'flow-06-public-registry',
  'squashed-foreign-layers': 'flow-13-compressing-layers',
};

function organizationFile(text: string): PolicySource {
  return {
    origin: 'organization',
    label: 'acme/.github:.github/clear-to-ship.yml',
    path: '.github/clear-to-ship.yml',
    oid: 'a'.repeat(40),
    text,
  };
}

function repositoryFile(text: string): PolicySource {
  return {
    origin: 'repository',
    label: 'acme/product:.github/clear-to-ship.yml',
    path: '.github/clear-to-ship.yml',
    oid: 'b'.repeat(40),
    text,
  };
}

/** The policy in force; `null` for a file that does not exist. */
export function policyOf(organization: string | null, repository: string | null = null): ReadPolicy {
  return readPolicy(
    [
      ...(organization === null ? [] : [organizationFile(organization)]),
      ...(repository === null ? [] : [repositoryFile(repository)]),
    ],
    ['acme'],
    Object.keys(RULES),
    RULES,
  );
}
