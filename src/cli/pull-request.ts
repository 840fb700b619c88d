// The web address of a pull request → where its API is, and which token may be sent there.
import { type Problem, problem } from '../workspace/problem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type PullRequestAddress = {
  /** Web address of the forge, e.g. `https://github.com`. */
  readonly server: string;
  /** Where its REST API answers, without a slash at the end. */
  readonly api: string;
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
};

const PATH = /^\/([\w.-]+)\/([\w.-]+)\/pull\/([1-9]\d{0,9})(?:\/.*)?$/;

export function isAddress(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
}

/** Plain HTTP would show the token to everybody on the way; only this machine itself may be spoken to so. */
export function parseAddress(target: string): PullRequestAddress | Problem {
  const url = URL.canParse(target) ? new URL(target) : null;
  const [, owner, repository, number] = PATH.exec(url?.pathname ?? '') ?? [];
  if (url === null || owner === undefined || repository === undefined || number === undefined)
    return problem(
      `${target} is not the address of a pull request.`,
      'Give one like https://github.com/OWNER/REPOSITORY/pull/123.',
    );
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return problem(`${target} is not an https address.`, 'Tokens are only sent encrypted: use https.');
  const server = `${url.protocol}//${url.host}`;
  return { server, api: apiOf(url), owner, repository, number: Number(number) };
}

/** github.com and data-residency hosts have an `api.` host; GitHub Enterprise Server answers under `/api/v3`. */
export function apiOf({ protocol, host }: URL): string {
  if (!isHosted(host)) return `${protocol}//${host}/api/v3`;
  return `https://api.${host.replace(/^www\./, '')}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * A token for github.com must not be sent to whatever host an address names, so other hosts need a token of their own
 * (GitHub's own command line has the same rule) or an environment that says which server its token is for.
 */
export function tokenFor({ server }: Pick<PullRequestAddress, 'server'>, env: Environment): string | Problem {
  const { host, hostname } = new URL(server);
  const general = env.GH_TOKEN || env.GITHUB_TOKEN;
  const enterprise = env.GH_ENTERPRISE_TOKEN || env.GITHUB_ENTERPRISE_TOKEN;
  const hosted = isHosted(host);
  const isNamed = env.GITHUB_SERVER_URL === server || env.GH_HOST === host || isLoopback(hostname);
  const token = hosted ? general : enterprise || (isNamed ? general : undefined);
  if (token) return token;
  return hosted
    ? problem(
        `Reading a pull request on ${host} needs a token.`,
        'Set GITHUB_TOKEN (or GH_TOKEN) to one that may read the repository, e.g. `GH_TOKEN=$(gh auth token)`.',
      )
    : problem(
        `Reading a pull request on ${host} needs a token for that host.`,
        `Set GH_ENTERPRISE_TOKEN to one that may read the repository, or GITHUB_TOKEN together with GITHUB_SERVER_URL=${server}.`,
      );
}

/** Run by GitHub itself: github.com and the `ghe.com` hosts of data residency. */
function isHosted(host: string): boolean {
  return host === 'github.com' || host === 'www.github.com' || host.endsWith('.ghe.com');
}
