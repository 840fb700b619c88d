// A path below a repository → its answer: with authorization, repetitions and redirects, and only from hosts that are allowed.
import type { Authorization, Repository } from './authorization.ts';
import { type Failure, failure, isFailure } from './failure.ts';
import { apiHost, type HostPermission, permissionFor } from './hosts.ts';
import { ATTEMPTS, isPassing, LONGEST_PAUSE, pauseBefore } from './pacing.ts';
import type { Answer, Outgoing } from './transport.ts';

export type Asking = {
  readonly hosts: readonly HostPermission[];
  readonly authorization: Authorization;
  readonly send: (outgoing: Outgoing) => Promise<Answer | Failure>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
};

type Limit = { readonly bytes: number; readonly time: number };

/** Asks until there is an answer that will not change by asking again: 200, 304, 404, or a failure. */
export async function ask(
  repository: Repository,
  path: string,
  limit: Limit,
  tools: Asking,
  headers: Readonly<Record<string, string>>,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Answer | Failure> {
  const { registry } = repository;
  const permission = permissionFor(registry, tools.hosts);
  if (permission === null)
    return failure(
      'remote',
      `${registry} is no registry that may be asked.`,
      'Allow the host explicitly, if it is to be trusted with the question.',
    );
  const url = new URL(`${permission.scheme}://${apiHost(registry)}/v2/${repository.repository}/${path}`);
  const request: Outgoing = {
    url,
    method,
    headers: { 'user-agent': 'clear-to-ship', ...headers },
    body: null,
    ...limit,
    private: permission.private,
  };
  let challenged = false;
  for (let attempt = 1; ; attempt += 1) {
    const { authorization } = tools;
    const secret =
      authorization.current(repository) ?? (challenged ? null : await authorization.foreseen(repository));
    const answer = await follow(request, secret, tools);
    if (!isFailure(answer) && answer.status === 401) {
      if (challenged) return refused(registry, answer.status);
      challenged = true;
      const granted = await tools.authorization.answer(repository, answer.headers['www-authenticate'] ?? '');
      if (isFailure(granted)) return granted;
      attempt -= 1;
      continue;
    }
    const passing = isFailure(answer) ? answer.passing : isPassing(answer.status);
    if (!passing) return isFailure(answer) ? answer : settled(answer, registry);
    const headersOf = isFailure(answer) ? null : answer.headers;
    const pause = pauseBefore(attempt + 1, headersOf, tools.now());
    if (attempt >= ATTEMPTS || pause > LONGEST_PAUSE || tools.signal.aborted)
      return isFailure(answer) ? answer : overloaded(registry, answer.status, attempt, pause);
    await tools.sleep(pause);
  }
}

function settled(answer: Answer, registry: string): Answer | Failure {
  if ([200, 304, 404].includes(answer.status)) return answer;
  return answer.status === 403
    ? refused(registry, 403)
    : failure('remote', `${registry} answered HTTP ${answer.status}.`);
}

function refused(registry: string, status: number): Failure {
  return failure(
    'remote',
    `${registry} refuses to show it (HTTP ${status}): it does not exist, or needs other credentials.`,
  );
}

function overloaded(registry: string, status: number, attempts: number, pause: number): Failure {
  const wait = pause > LONGEST_PAUSE ? `, and asks to wait ${Math.ceil(pause / 1000)} seconds` : '';
  return failure('unreachable', `${registry} answered HTTP ${status} (attempt ${attempts})${wait}.`);
}

const REDIRECT_LIMIT = 5;

/** Redirects by hand: credentials stay with the host they are for, and every new host is checked as the first one. */
async function follow(
  request: Outgoing,
  authorization: string | null,
  tools: Asking,
): Promise<Answer | Failure> {
  let { url } = request;
  let secret = authorization;
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop += 1) {
    const inside = hop === 0 ? request.private : mayBePrivate(url, request, tools.hosts);
    const answer = await tools.send({
      ...request,
      url,
      private: inside,
      headers: { ...request.headers, ...(secret === null ? {} : { authorization: secret }) },
    });
    if (isFailure(answer) || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    const location = answer.headers.location ?? '';
    if (location === '' || !URL.canParse(location, url.href))
      return failure('syntax', `${url.host} redirects to nowhere.`);
    const target = new URL(location, url);
    const wrong = redirectProblem(url, target, tools.hosts);
    if (wrong !== null) return wrong;
    if (target.origin !== url.origin) secret = null;
    url = target;
  }
  return failure('remote', `${request.url.host} redirects more than ${REDIRECT_LIMIT} times.`);
}

/** Only a registry of the inside may lead to another host of the inside, and only to one that is allowed itself. */
function mayBePrivate(url: URL, from: Outgoing, hosts: readonly HostPermission[]): boolean {
  return from.private && (permissionFor(url.host, hosts)?.private ?? false);
}

function redirectProblem(from: URL, target: URL, hosts: readonly HostPermission[]): Failure | null {
  const plain = target.protocol === 'http:' && permissionFor(target.host, hosts)?.scheme === 'http';
  if (target.protocol !== 'https:' && !plain)
    return failure('remote', `${from.host} redirects to ${target.host} without encryption.`);
  return target.username === '' && target.password === ''
    ? null
    : failure('remote', `${from.host} redirects with a password in the address.`);
}
