// Why a workspace can't be judged at all: what is wrong, where, and what to do about it.

export type Problem = {
  readonly kind: 'problem';
  /** One sentence: what is wrong and where. */
  readonly what: string;
  /** One sentence: what to do next. */
  readonly remedy: string;
};

export function problem(what: string, remedy: string): Problem {
  return { kind: 'problem', what, remedy };
}

export function isProblem(result: object): result is Problem {
  return 'kind' in result && result.kind === 'problem';
}
