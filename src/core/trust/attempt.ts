// What came of holding one signature against one signer of the policy.

/** `near` says how much of it held, so that the most telling reason is shown: 2 when only the signer is another one. */
export type Attempt =
  | { readonly verified: true; readonly who: string }
  | { readonly verified: false; readonly near: 0 | 1 | 2; readonly reason: string };

export function failed(near: 0 | 1 | 2, reason: string): Attempt {
  return { verified: false, near, reason };
}
