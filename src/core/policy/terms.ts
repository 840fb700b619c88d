// The kinds of values that entries of the policy file are made of.
import { z } from 'zod';

export const date = z.iso.date().describe('A calendar date, YYYY-MM-DD, in UTC.');

export const owner = z
  .string()
  .min(1)
  .describe('Who answers for this entry: a team, a person or an address.');
export const reason = z.string().min(1).describe('Why, in one sentence; shown where the entry is used.');
/** Matching takes time in proportion to the length of a pattern. */
export const pattern = z.string().min(1).max(300);
export const patterns = z.array(pattern);
export const registries = z.array(
  pattern.regex(
    /^(?!\w+:\/\/)[^\s/]+(\/[^\s/]+)*$/,
    'must be host or host/namespace, without scheme, spaces or final slash',
  ),
);
export const image = pattern.regex(
  /^(localhost|[^\s/]*[.:*][^\s/]*)(\/[^\s/]+)+$/,
  'must start with the registry, as in docker.io/library/debian',
);
export const team = z
  .string()
  .regex(/^[\w.-]+\/[\w.-]+$/, 'must be organization/team-slug')
  .describe('A team as organization/team-slug.');
export const label = z.string().min(1).max(50);
