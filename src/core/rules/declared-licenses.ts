// The licences that a Dockerfile names for itself.
import type { Dockerfile } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';

export type DeclaredLicense = { readonly text: string; readonly location: Location };

/** The licences the file names, or the one recognised by its notice. */
export function namesOf({ notice }: Dockerfile): readonly DeclaredLicense[] {
  if (notice.recognized !== null)
    return [{ text: notice.recognized.id, location: notice.recognized.location }];
  return notice.licenses.map(({ expression, location }) => ({ text: expression, location }));
}
