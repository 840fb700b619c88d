// process.env → settings, checked once at start: whatever is wrong is said all at once, with what to do.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Settings = {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** Base of the REST API; null for github.com. */
  readonly apiUrl: string | null;
  readonly databaseUrl: string | null;
  /** Folder of the embedded database; null keeps it in memory. Only used without `databaseUrl`. */
  readonly dataFolder: string | null;
  readonly policyRepository: string;
  /** Absent: nobody is asked. */
  readonly registries?: {
    /** Whether registries are asked about images at all. */
    readonly isAsked: boolean;
    /** Hosts that may have private addresses, where policy lets ask them too. */
    readonly inside: readonly { readonly host: string; readonly scheme: 'https' | 'http' }[];
    /** Text of a Docker configuration file with credentials; null for none. */
    readonly credentials: string | null;
  };
  readonly slots: number;
  /** Days that the ledger and the evidence behind it are kept. */
  readonly ledgerDays: number;
  /** Seconds between rounds of healing; 0 for none. */
  readonly healSeconds: number;
  readonly logLevel: string;
};

/** Environment variables that are missing or wrong: one line each, ready to print. */
export class SettingsError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Shorter secrets can be guessed; GitHub recommends high entropy. */
const SECRET_CHARACTERS = 16;

/** @throws SettingsError naming every problem. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const optional = (name: string): string | null => {
    const value = env[name]?.trim();
    return value ? value : null;
  };
  const number = (name: string, fallback: number, least: number, most: number): number => {
    const value = optional(name);
    if (value === null) return fallback;
    const parsed = Number(value);
    if (Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
    problems.push(
      `${name} is ${JSON.stringify(value)}; it has to be a whole number from ${least} to ${most}.`,
    );
    return fallback;
  };
  const appId = number('APP_ID', 0, 1, Number.MAX_SAFE_INTEGER);
  if (optional('APP_ID') === null)
    problems.push('APP_ID is missing: the number GitHub shows on the App’s settings page.');
  const privateKey = readPrivateKey(optional('PRIVATE_KEY'), optional('PRIVATE_KEY_PATH'), problems);
  const webhookSecret = readSecret(optional('WEBHOOK_SECRET'), problems);
  const apiUrl = readUrl('GITHUB_API_URL', optional('GITHUB_API_URL'), problems);
  const databaseUrl = readDatabaseUrl(optional('DATABASE_URL'), problems);
  const logLevel = optional('LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel))
    problems.push(`LOG_LEVEL is ${JSON.stringify(logLevel)}; it has to be one of ${LOG_LEVELS.join(', ')}.`);
  const settings: Settings = {
    appId,
    privateKey,
    webhookSecret,
    host: optional('HOST') ?? '0.0.0.0',
    port: number('PORT', 3000, 1, 65_535),
    apiUrl,
    databaseUrl,
    dataFolder: optional('DATA_FOLDER') ?? '.clear-to-ship',
    policyRepository: readRepositoryName('POLICY_REPOSITORY', optional('POLICY_REPOSITORY'), problems),
    registries: readRegistries(
      optional('REGISTRY_LOOKUPS'),
      optional('REGISTRY_HOSTS'),
      optional('REGISTRY_CREDENTIALS'),
      problems,
    ),
    slots: number('SLOTS', 8, 1, 256),
    ledgerDays: number('LEDGER_DAYS', 3650, 180, 36_500),
    healSeconds: number('HEAL_SECONDS', 30, 0, 300),
    logLevel,
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** The address is not quoted: it holds a password. */
function readDatabaseUrl(value: string | null, problems: string[]): string | null {
  if (value === null) return null;
  if (!(/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)))
    problems.push(
      'DATABASE_URL has to be an address that begins with postgres://; leave it out to keep the data in DATA_FOLDER.',
    );
  else if (!isPercentEncoded(value))
    problems.push(
      'DATABASE_URL holds a % that is no encoded character: in a user’s name or password it has to be written as %25.',
    );
  return value;
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function readPrivateKey(inline: string | null, path: string | null, problems: string[]): string {
  let key = inline?.replaceAll('\\n', '\n') ?? '';
  if (inline === null && path === null) {
    problems.push(
      'PRIVATE_KEY or PRIVATE_KEY_PATH is missing: the App’s private key (PEM), or the file that holds it.',
    );
    return '';
  }
  if (inline === null && path !== null) {
    try {
      key = readFileSync(path, 'utf8');
    } catch (error) {
      problems.push(`PRIVATE_KEY_PATH names ${path}, which can't be read: ${(error as Error).message}.`);
      return '';
    }
  }
  if (!key.includes('-----BEGIN'))
    problems.push('The private key is no PEM text: it has to begin with -----BEGIN.');
  else if (!isPrivateKey(key))
    problems.push(
      'The private key can’t be read: it has to be the whole PEM file that GitHub gave out, with \\n or line breaks where it has them.',
    );
  return key;
}

/** Otherwise the mistake would show at the first webhook, as a failure to sign in. */
function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** Probot falls back to the secret "development", with which anybody can forge webhooks. */
function readSecret(secret: string | null, problems: string[]): string {
  if (secret === null) problems.push('WEBHOOK_SECRET is missing: without it anybody could forge webhooks.');
  else if (secret === 'development')
    problems.push('WEBHOOK_SECRET is "development", which everybody knows: set a random one.');
  else if (secret.length < SECRET_CHARACTERS)
    problems.push(`WEBHOOK_SECRET has fewer than ${SECRET_CHARACTERS} characters: set a longer random one.`);
  return secret ?? '';
}

const REGISTRY_HOST =
  /^(?:(https?):\/\/)?((?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?)$/;

function readRegistries(
  lookUps: string | null,
  hosts: string | null,
  credentialsPath: string | null,
  problems: string[],
): NonNullable<Settings['registries']> {
  if (lookUps !== null && lookUps !== 'on' && lookUps !== 'off')
    problems.push(`REGISTRY_LOOKUPS is ${JSON.stringify(lookUps)}; it has to be on or off.`);
  const inside = (hosts ?? '').split(',').flatMap((each) => {
    const host = each.trim().toLowerCase();
    if (host === '') return [];
    const match = REGISTRY_HOST.exec(host);
    if (match === null)
      problems.push(
        `REGISTRY_HOSTS names ${JSON.stringify(host)}; it has to list hosts such as registry.acme.internal or http://10.0.0.7:5000.`,
      );
    return match === null
      ? []
      : [{ host: match[2] ?? '', scheme: match[1] === 'http' ? ('http' as const) : ('https' as const) }];
  });
  return {
    isAsked: lookUps !== 'off',
    inside,
    credentials: readJsonText('REGISTRY_CREDENTIALS', credentialsPath, problems),
  };
}

/** The message of the parser would quote the file, which holds passwords. */
function readJsonText(name: string, path: string | null, problems: string[]): string | null {
  if (path === null) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${name} names ${path}, which can't be read: ${(error as Error).message}.`);
    return null;
  }
  if (isDockerConfig(text)) return text;
  problems.push(
    `${name} names ${path}, which is no such JSON: it has to be a Docker config.json with \`auths\`.`,
  );
  return null;
}

function isDockerConfig(text: string): boolean {
  try {
    const { auths } = JSON.parse(text) as { readonly auths?: unknown };
    return typeof auths === 'object' && auths !== null && !Array.isArray(auths);
  } catch {
    return false;
  }
}

/** The same in every organisation that the App is installed on, so without an owner. */
function readRepositoryName(name: string, value: string | null, problems: string[]): string {
  if (value !== null && !/^[\w.-]+$/.test(value))
    problems.push(
      `${name} is ${JSON.stringify(value)}; it has to be the name of a repository alone, such as .github: each organisation has its own.`,
    );
  return value ?? '.github';
}

/** A server under test has its API at the root. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function readUrl(name: string, value: string | null, problems: string[]): string | null {
  if (value === null) return null;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) {
    const { hostname, pathname, origin } = new URL(value);
    // An address of the web pages would answer every request with a page.
    if (
      hostname !== 'github.com' &&
      (hostname.startsWith('api.') || pathname !== '/' || isLoopback(hostname))
    )
      return value.replace(/\/+$/, '');
    problems.push(
      hostname === 'github.com' || hostname.endsWith('.ghe.com')
        ? `${name} is ${JSON.stringify(value)}; the REST API is at ${hostname === 'github.com' ? 'https://api.github.com (leave it out)' : `https://api.${hostname}`}.`
        : `${name} is ${JSON.stringify(value)}; the REST API of GitHub Enterprise Server is at ${origin}/api/v3.`,
    );
    return null;
  }
  problems.push(
    `${name} is ${JSON.stringify(value)}; it has to be the address of the REST API, such as https://github.example.com/api/v3.`,
  );
  return null;
}
