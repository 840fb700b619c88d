// Method and path → the route that serves it, with the parts of the path; requests and answers checked against GitHub's description.
import { createHash } from 'node:crypto';
import { requestProblems, responseProblems } from '../shapes.ts';
import { appRoutes } from './app-routes.ts';
import type { Answer, Call, Route } from './call.ts';
import { checkRoutes } from './check-routes.ts';
import { commitRoutes } from './commit-routes.ts';
import { contentRoutes } from './content-routes.ts';
import { issueRoutes } from './issue-routes.ts';
import { GitHubProblem } from './problem.ts';
import { pullRoutes } from './pull-routes.ts';
import { teamRoutes } from './team-routes.ts';

export const routes: readonly Route[] = [
  ...appRoutes,
  ...teamRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...checkRoutes,
  ...issueRoutes,
];

// Paths, references and comparisons may hold slashes; the path of the root is empty, with or without its slash.
const GREEDY: Readonly<Record<string, string>> = {
  basehead: '(.+)',
  ref: '(.+?)',
  tree_sha: '(.+)',
};

const patterns = routes.map((route) => ({
  route,
  names: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
  // Longer fixed parts win: `/issues/comments/{comment_id}` before `/issues/{issue_number}`.
  fixed: route.path.replace(/\{\w+\}/g, '').length,
  pattern: new RegExp(
    `^${route.path
      .replace('/{path}', '(?:/(.*?))?')
      .replace(/\{(\w+)\}/g, (_, name: string) => GREEDY[name] ?? '([^/]+)')}/?$`,
  ),
}));
patterns.sort((a, b) => b.fixed - a.fixed);

export type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

/** The route for a path, with its parts decoded; null when the stand-in serves none. */
export const findRoute = (method: string, path: string): Found | null => {
  for (const { route, pattern, names } of patterns) {
    if (route.method !== method) continue;
    const match = pattern.exec(path);
    if (match === null) continue;
    const params = Object.fromEntries(
      names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
    );
    return { route, params };
  }
  return null;
};

/** GitHub's body for a problem. */
export const problemAnswer = ({ status, message, errors }: GitHubProblem): Answer => ({
  status,
  body: {
    message,
    ...(errors === null ? {} : { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  },
});

const attempt = async (found: Found, call: Call): Promise<Answer> => {
  const { method, path } = found.route;
  try {
    const wrong = requestProblems(method, path, method === 'GET' ? undefined : call.body);
    if (method !== 'GET' && wrong.length > 0)
      throw new GitHubProblem(422, `Invalid request.\n\n${wrong.join('\n')}`);
    return await found.route.handle(call);
  } catch (error) {
    if (error instanceof GitHubProblem) return problemAnswer(error);
    throw error;
  }
};

/** Serves the request; an answer GitHub's description doesn't allow becomes a 500 and is reported to `problem`. */
export const serve = async (found: Found, call: Call, problem: (text: string) => void): Promise<Answer> => {
  const answer = await attempt(found, call);
  if (answer.raw !== undefined) return answer;
  const wrong = responseProblems(found.route.method, found.route.path, answer.status, answer.body);
  for (const text of wrong) problem(text);
  if (wrong.length > 0) return { status: 500, body: { message: wrong.join('\n') } };
  return answer;
};

export const etagOf = (body: string): string => `"${createHash('sha1').update(body).digest('hex')}"`;
