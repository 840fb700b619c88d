// Where a repository switches Docker Content Trust (The Update Framework, Notary v1) on or off.

import type { Location } from './position.ts';
import type { Truth } from './value.ts';

export type ContentTrustUse = {
  /** `setting`: the variable; `switch`: the option of one command; `command`: Docker's or Notary's own. */
  readonly kind: 'setting' | 'switch' | 'command';
  /** As people call it, e.g. `DOCKER_CONTENT_TRUST`, `docker trust sign`. */
  readonly name: string;
  /** Whether content trust is on by it. */
  readonly on: Truth;
  readonly location: Location;
};
