// The import rules of the house: which part of `src` may import which, and what the pure part may not do.
import { posix } from 'node:path';
import { factsOf } from './syntax.ts';

const ADAPTERS: ReadonlySet<string> = new Set(['github', 'workspace', 'registry', 'store', 'dashboard']);

/** What each part may import beside itself. `*` is everything but the two programs. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  env: ['core'],
  ports: ['core'],
  gate: [
    'core',
    'ports',
    'clearances',
    'image-look-ups',
    'policy-preview',
    'repaint',
    'seen-dockerfiles',
    'turnstile',
  ],
  'image-look-ups': ['core', 'ports'],
  memberships: ['core', 'ports'],
  'seen-dockerfiles': ['core', 'ports'],
  clearances: ['core', 'ports'],
  'policy-preview': ['core', 'ports'],
  errands: ['core', 'ports', 'clearances', 'gate', 'image-look-ups', 'repaint', 'seen-dockerfiles'],
  healing: ['core', 'ports'],
  http: [],
  metrics: [],
  // It is handed its turns by the store's queue.
  worker: ['core', 'ports', 'gate', 'errands', 'repaint', 'store'],
  repaint: ['ports'],
  // Webhooks are GitHub's, and so is what the app reads out of them.
  app: ['core', 'ports', 'github', 'estate', 'webhook'],
  estate: ['core', 'ports', 'github', 'memberships', 'webhook'],
  webhook: ['core', 'ports', 'github'],
  // One event loop is everybody's: long steps take turns wherever they are made.
  adapter: ['core', 'ports', 'turnstile'],
  turnstile: [],
  cli: ['*'],
  // Only main puts adapters together; these are its parts.
  'turn-ports': ['*'],
  'healing-ports': ['*'],
  main: ['*'],
};

/** Packages without side effects, which core may use; also their inner modules. */
const PURE_PACKAGES = [
  '@actions/expressions',
  '@sigstore/bundle',
  '@sigstore/protobuf-specs',
  '@sigstore/verify',
  'dockerfile-ast',
  'spdx-expression-parse',
  'spdx-license-ids',
  'spdx-satisfies',
  'unbash',
  'yaml',
  'zod',
] as const;

/** Only for its types: the format of SARIF logs. */
const TYPE_PACKAGES = ['sarif'];

/** Hashing is pure, and so is verifying what somebody else signed; the rest of `node:crypto` is not. */
const HASHING_MODULES = ['src/core/verdict/fingerprint.ts'];
const VERIFYING_FOLDER = 'src/core/trust/';
const VERIFYING_NAMES = [
  'constants',
  'createHash',
  'createPublicKey',
  'KeyObject',
  'verify',
  'X509Certificate',
];

const PROBOT_USERS = ['github', 'app', 'estate', 'main'];

/** The first part of a path below `src`: `core`, `github`, …, or the name of a file at the top. */
export function partOf(path: string): string {
  return (
    path
      .replace(/^src\//, '')
      .split('/')[0]
      ?.replace(/\.ts$/, '') ?? ''
  );
}

/** What is wrong with the module `path` (from the repository's root, e.g. `src/gate.ts`); empty when all is well. */
export function breaches(path: string, source: string): readonly string[] {
  const { imports, impurities } = factsOf(source);
  const part = partOf(path);
  const found = imports.flatMap(({ specifier, names }) =>
    specifier.startsWith('.')
      ? wrongModule(path, posix.join(posix.dirname(path), specifier))
      : wrongPackage(path, specifier, names),
  );
  return part === 'core' ? [...found, ...impurities.map((each) => `core uses ${each}`)] : found;
}

function wrongModule(path: string, target: string): readonly string[] {
  const [from, to] = [partOf(path), partOf(target)];
  if (!target.startsWith('src/')) return [`${from} imports ${target}, which is not in src`];
  if (target === 'src/main.ts' || target === 'src/cli.ts') return [`${from} imports the program ${to}`];
  if (from === to) return [];
  const allowed = MAY_IMPORT[ADAPTERS.has(from) ? 'adapter' : from];
  if (allowed === undefined) return [`${path} belongs to no part that has import rules`];
  if (allowed.includes('*')) return to === 'cli' ? [`${from} imports the command line’s ${target}`] : [];
  return allowed.includes(to) ? [] : [`${from} imports ${target}`];
}

function wrongPackage(path: string, specifier: string, names: readonly string[]): readonly string[] {
  const part = partOf(path);
  if (isOf(specifier, 'probot')) return PROBOT_USERS.includes(part) ? [] : [`${part} imports probot`];
  if (part !== 'core') return [];
  if (specifier === 'node:crypto') {
    const isHashing = HASHING_MODULES.includes(path) && names.every((name) => name === 'createHash');
    const isVerifying =
      path.startsWith(VERIFYING_FOLDER) && names.every((name) => VERIFYING_NAMES.includes(name));
    return isHashing || isVerifying ? [] : [`core imports ${names.join(', ')} of node:crypto`];
  }
  const isAllowed = [...PURE_PACKAGES, ...TYPE_PACKAGES].some((name) => isOf(specifier, name));
  return isAllowed ? [] : [`core imports the package ${specifier}`];
}

function isOf(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
