// The policy that holds where no file says otherwise.
import type { Approval, Mode, ModeSchedule, Obligation, Policy, Registries } from '../model/policy.ts';
import { OBLIGATIONS } from './modes.ts';

export const DEFAULT_LABELS: Approval['labels'] = {
  waiting: 'delivery: waiting',
  approved: 'delivery: approved',
  rejected: 'delivery: rejected',
};

/**
 * Hosts of the machine that runs the job, and names under `.local`, which no outside resolver answers (RFC 6762; kind,
 * ko and clusters use it): what is pushed there is gone when the job ends, or has not left the network.
 */
const LOCAL = [
  'localhost',
  'localhost:*',
  '*.localhost',
  '*.localhost:*',
  '127.0.0.1',
  '127.0.0.1:*',
  '127.0.1.1',
  '127.0.1.1:*',
  '0.0.0.0',
  '0.0.0.0:*',
  '[::1]',
  '[::1]:*',
  '*.local',
  '*.local:*',
  'host.docker.internal',
  'host.docker.internal:*',
];

/**
 * Registries where anybody can have an account. Registries inside a customer's cloud account (`*.azurecr.io`,
 * `*.dkr.ecr.*.amazonaws.com`, `gcr.io`, `*.pkg.dev`) are not here: whether outsiders can read them can't be told from
 * the name, so they are unknown until policy says.
 */
const PUBLIC = [
  'docker.io',
  // Names of Docker Hub's own hosts, which the Docker CLI and skopeo take for it.
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'ghcr.io',
  'quay.io',
  'public.ecr.aws',
  'docker.pkg.github.com',
  'registry.gitlab.com',
  'registry.k8s.io',
  'mcr.microsoft.com',
  'registry.access.redhat.com',
  'registry.redhat.io',
  'registry.opensource.zalan.do',
  'codeberg.org',
  'cr.yandex',
  'registry.heroku.com',
  'ttl.sh',
];

/**
 * Public registries that are asked where an image comes from, unless policy names others. Their addresses have to be
 * public ones.
 */
export const WELL_KNOWN_REGISTRIES: readonly string[] = [
  'cgr.dev',
  'codeberg.org',
  'container-registry.oracle.com',
  'dhi.io',
  'docker.elastic.co',
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'lscr.io',
  'mcr.microsoft.com',
  'mirror.gcr.io',
  'nvcr.io',
  'public.ecr.aws',
  'quay.io',
  'registry.access.redhat.com',
  'registry.fedoraproject.org',
  'registry.gitlab.com',
  'registry.k8s.io',
  'registry.opensuse.org',
  'registry.redhat.io',
  'registry.suse.com',
];

export const DEFAULT_REGISTRIES: Registries = {
  local: LOCAL,
  internal: [],
  own: [],
  public: PUBLIC,
  asked: WELL_KNOWN_REGISTRIES,
  variables: {},
};

export function modesFrom(mode: Mode): Record<Obligation, ModeSchedule> {
  return Object.fromEntries(OBLIGATIONS.map((name) => [name, { mode, next: null }])) as Record<
    Obligation,
    ModeSchedule
  >;
}

/** The embedded policy: everything enforced, Docker Official Images allowed, `owners` as inside accounts, nobody to approve. */
export function defaultPolicy(owners: readonly string[]): Policy {
  return {
    owners,
    modes: modesFrom('enforce'),
    rules: {},
    approval: {
      teams: [],
      count: 1,
      also: [],
      whileMember: false,
      expiresAfterDays: null,
      labels: DEFAULT_LABELS,
      strict: [],
    },
    registries: DEFAULT_REGISTRIES,
    baseImages: {
      allow: [
        [
          {
            image: 'docker.io/library/**',
            owner: 'embedded default',
            reason: 'Docker Official Images are the recommended bases (docker-flows, section 2).',
            expires: null,
            ospo: true,
            security: true,
          },
        ],
      ],
      requireDigest: false,
    },
    contentTrust: { signers: [], require: [] },
    vetting: { registers: [], onlyCopies: false, requireDigests: false, requireLineage: false, warnDays: 30 },
    licenses: { allow: [], deny: [], stated: [] },
    exceptions: [],
    repositoryExceptions: [],
    sources: [],
  };
}
