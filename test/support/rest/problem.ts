// An answer that is no success: GitHub's status, message and error list.

export type ValidationDetail =
  | string
  | { readonly resource: string; readonly code: string; readonly field: string; readonly message: string };

/** Thrown by actions and routes; the server turns it into GitHub's error body. */
export class GitHubProblem extends Error {
  readonly status: number;
  readonly errors: readonly ValidationDetail[] | null;

  constructor(status: number, message: string, errors: readonly ValidationDetail[] | null = null) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = (): GitHubProblem => new GitHubProblem(404, 'Not Found');

export const forbidden = (message = 'Resource not accessible by integration'): GitHubProblem =>
  new GitHubProblem(403, message);

/** 422 as GitHub words it when a value breaks a rule of the resource. */
export const invalid = (resource: string, field: string, message: string, code = 'custom'): GitHubProblem =>
  new GitHubProblem(422, 'Validation Failed', [{ resource, field, code, message }]);

/** 422 with plain sentences, as reviews answer. */
export const unprocessable = (...sentences: readonly string[]): GitHubProblem =>
  new GitHubProblem(422, 'Unprocessable Entity', sentences);
