// Cases made by hand for the tests of verdicts: a rule of each kind, people, decisions and facts without any reading.
import type { Delivery, DeliveryChange } from '../../../src/core/model/delivery.ts';
import type { About, Actor, Contributor, Decision, Evidence, Gap } from '../../../src/core/model/evidence.ts';
import type { Facts, RepositoryFacts } from '../../../src/core/model/facts.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Obligation, Policy } from '../../../src/core/model/policy.ts';
import type { Location } from '../../../src/core/model/position.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import type { Case } from '../../../src/core/verdict/case.ts';
import { fingerprintOf } from '../../../src/core/verdict/fingerprint.ts';

export const NOW = '2026-11-21T20:00:00.000Z';
const HEAD = 'a'.repeat(40);

const OBLIGATIONS: Readonly<Record<string, Obligation>> = {
  'unpinned-base-image': 'flow-02-base-images',
  'unresolved-base-image': 'flow-02-base-images',
  'public-registry-delivery': 'flow-06-public-registry',
  'own-registry-delivery': 'flow-07-own-registry',
};

export const ASKED: About = {
  delivery: ['registry-push'],
  destination: ['docker.io/acme/api'],
  'base images': ['docker.io/library/debian:12'],
  triggers: ['push-tag v*'],
};

export function place(path: string, line: number): Location {
  return { path, range: { start: { line, column: 1 }, end: { line, column: 10 } } };
}

export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    rule: 'unpinned-base-image',
    outcome: 'violation',
    severity: 'error',
    location: place('Dockerfile', 1),
    message: 'The base image `node` has no version.',
    remedy: null,
    edit: null,
    about: { dockerfile: ['Dockerfile'], 'base image': ['docker.io/library/node'] },
    related: [],
    ...changes,
  };
}

/** A question to the OSPO about a push. */
export function question(changes: Partial<Finding> = {}): Finding {
  return finding({
    rule: 'public-registry-delivery',
    outcome: 'needs-approval',
    location: place('.github/workflows/release.yml', 12),
    message: '`docker push` pushes `docker.io/acme/api`.',
    about: ASKED,
    ...changes,
  });
}

export const ASKED_FINGERPRINT = fingerprintOf('public-registry-delivery', ASKED);

export function person(id: number, login = `person-${id}`): Actor {
  return { id, login, type: 'User' };
}

export function contributor(actor: Actor | null, role: Contributor['role'] = 'author'): Contributor {
  return { role, actor, name: actor?.login ?? 'Somebody Unknown' };
}

export function decision(changes: Partial<Decision> = {}): Decision {
  const about = changes.described === undefined ? { [ASKED_FINGERPRINT]: ASKED } : changes.described;
  return {
    id: 'd1',
    kind: 'approved',
    actor: person(1),
    team: 'acme/ospo',
    at: '2026-11-20T10:00:00Z',
    expires: null,
    headSha: HEAD,
    fingerprints: Object.keys(about),
    described: about,
    note: null,
    ...changes,
  };
}

export function policy(changes: Partial<Policy> = {}, approval: Partial<Policy['approval']> = {}): Policy {
  const defaults = defaultPolicy(['acme']);
  return { ...defaults, approval: { ...defaults.approval, teams: ['acme/ospo'], ...approval }, ...changes };
}

export function gap(changes: Partial<Gap> = {}): Gap {
  return {
    kind: 'binary-file',
    cause: 'content',
    subject: 'Dockerfile',
    location: place('Dockerfile', 1),
    reason: 'The file Dockerfile is binary.',
    remedy: 'Replace it by a text.',
    ...changes,
  };
}

export function repository(changes: Partial<RepositoryFacts> = {}): RepositoryFacts {
  return {
    dockerfiles: [],
    deliveries: [],
    copies: [],
    license: null,
    boms: [],
    deliveryFile: null,
    contentTrust: [],
    furtherCheckouts: [],
    gaps: [],
    wanted: [],
    ...changes,
  };
}

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    version: 1,
    subject: {
      kind: 'pull-request',
      server: 'https://github.com',
      owner: 'acme',
      repository: 'product',
      number: 7,
      title: 'A change',
      baseRef: 'main',
      baseSha: 'b'.repeat(40),
      headSha: HEAD,
      isDraft: false,
      isFork: false,
      visibility: 'private',
      author: person(100),
    },
    collectedAt: NOW,
    base: { commit: 'b'.repeat(40), entries: [] },
    head: { commit: HEAD, entries: [] },
    changes: [],
    blobs: {},
    policies: [],
    contributors: [contributor(person(100), 'pull-request-author')],
    decisions: [],
    images: [],
    gaps: [],
    ...changes,
  };
}

export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    subject: evidence().subject,
    at: NOW,
    head: repository(),
    base: repository(),
    changes: [],
    deliveries: [],
    images: [],
    ...changes,
  };
}

export function caseOf(changes: Partial<Case> = {}): Case {
  return {
    evidence: evidence(),
    policy: policy(),
    policyGaps: [],
    facts: facts(),
    findings: [],
    preexisting: [],
    obligations: OBLIGATIONS,
    ruleSet: 'rules',
    ...changes,
  };
}

export function delivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    kind: 'registry-push',
    tool: 'docker push',
    family: 'docker',
    happens: 'yes',
    destination: {
      registry: ['docker.io'],
      repository: ['acme/api'],
      tags: [],
      class: 'public',
      channel: null,
    },
    build: null,
    triggers: [{ event: 'push-tag', filter: 'v*', happens: 'yes' }],
    condition: null,
    options: { squash: 'no', signed: 'no', provenance: 'no', sbom: 'no' },
    location: place('.github/workflows/release.yml', 12),
    evidencePath: [{ label: 'workflow release', location: place('.github/workflows/release.yml', 1) }],
    unsettled: [],
    ...changes,
  };
}

export function started(about: About = ASKED, changes: Partial<Delivery> = {}): DeliveryChange {
  return { delivery: delivery(changes), change: 'started', about, previously: null };
}
