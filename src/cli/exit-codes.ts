// What the exit code says; scripts rely on it.
import type { Outcome } from '../core/model/verdict.ts';

/** 64 and 70 are sysexits.h's EX_USAGE and EX_SOFTWARE. */
export const EXIT = {
  clear: 0,
  blocked: 1,
  'needs-approval': 2,
  undecided: 3,
  usage: 64,
  internal: 70,
} as const satisfies Record<Outcome | 'usage' | 'internal', number>;

export const EXIT_HELP = `
Exit codes:
  0   clear: nothing in the way of shipping
  1   blocked: errors have to be fixed
  2   needs approval: somebody has to decide about a delivery
  3   undecided: something needed for a verdict could not be read or known
  64  wrong usage: an unknown option, a folder or branch that does not exist
  70  internal error: a bug in this program`;
