// Why a workspace can't be judged at all: what is wrong, where, and what to do about it.

export type Problem = {
  readonly kind: 'problem';
  /** One sentence: what is wrong and where. */
  readonly what: string;
  /** One sentence: what to do next. */
  readonly remedy: string;
  /** `usage`: asked for wrongly; `world`: trying again may help. */
  readonly cause: 'usage' | 'world';
};

export function problem(what: string, remedy: string, cause: Problem['cause'] = 'usage'): Problem {
  return { kind: 'problem', what, remedy, cause };
}

export function isProblem(result: object): result is Problem {
  return 'kind' in result && result.kind === 'problem';
}
