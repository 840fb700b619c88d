// Verdicts made by hand for the tests of reports: every kind of finding, standing, gap and delivery once.
import type { Delivery } from '../../../src/core/model/delivery.ts';
import type { Decision, Gap } from '../../../src/core/model/evidence.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import type { Location } from '../../../src/core/model/position.ts';
import type { JudgedFinding, Standing, Verdict } from '../../../src/core/model/verdict.ts';
import type { RuleText } from '../../../src/core/report/words.ts';

/** From line and column up to, but not including, another. */
export function at(path: string, line: number, column: number, endColumn: number, endLine = line): Location {
  return { path, range: { start: { line, column }, end: { line: endLine, column: endColumn } } };
}

export function finding(changes: Partial<Finding> & Pick<Finding, 'location'>): Finding {
  return {
    rule: 'unpinned-base-image',
    outcome: 'violation',
    severity: 'error',
    message: 'The base image `node` has no version.',
    remedy: null,
    edit: null,
    about: { image: ['docker.io/library/node'] },
    related: [],
    ...changes,
  };
}

export function judged(of: Finding, standing: Standing = { kind: 'open' }): JudgedFinding {
  return {
    finding: of,
    obligation: RULES.get(of.rule)?.obligation ?? 'flow-02-base-images',
    mode: standing.kind === 'advised' ? 'advise' : 'enforce',
    fingerprint: `${of.rule}-${of.location.path}-${of.location.range.start.line}`,
    standing,
  };
}

export const DECISION: Decision = {
  id: '1',
  kind: 'rejected',
  actor: { id: 7, login: 'reviewer', type: 'User' },
  team: 'acme/ospo',
  at: '2026-11-20T09:00:00.000Z',
  expires: null,
  headSha: 'a'.repeat(40),
  fingerprints: [],
  described: {},
  note: 'Not before the licence review.',
};

export const RULES: ReadonlyMap<string, RuleText & { readonly severity: 'error' | 'warning' }> = new Map(
  (
    [
      {
        id: 'unpinned-base-image',
        severity: 'warning',
        title: 'Image names carry a version',
        why: 'Without a version the next build takes in other layers than the ones that were accepted, and nobody notices.',
        remedy: 'Name a version, best with a digest.',
        obligation: 'flow-02-base-images',
      },
      {
        id: 'public-registry-delivery',
        severity: 'error',
        title: 'Layers pushed to a public registry are approved',
        why: 'Everybody can pull what is pushed there.',
        remedy: 'Ask for approval.',
        decision: 'Is all of it ours to publish?',
        obligation: 'flow-06-public-registry',
      },
    ] as const
  ).map((rule) => [rule.id, rule]),
);

export const GAP: Gap = {
  kind: 'syntax',
  cause: 'content',
  subject: '.github/workflows/ci.yml',
  location: at('.github/workflows/ci.yml', 2, 3, 6),
  reason: 'The workflow .github/workflows/ci.yml is not valid YAML.',
  remedy: 'Correct the YAML.',
};

export const DELIVERY: Delivery = {
  kind: 'registry-push',
  tool: 'docker push',
  family: 'docker',
  happens: 'yes',
  destination: {
    registry: ['docker.io'],
    repository: ['acme/api'],
    tags: [['v', { expression: '$VERSION', why: 'it is read at run time' }]],
    class: 'public',
    channel: null,
  },
  build: null,
  triggers: [{ event: 'push-tag', filter: 'v*', happens: 'yes' }],
  condition: null,
  options: { squash: 'no', signed: 'no', provenance: 'unknown', sbom: 'unknown' },
  location: at('.github/workflows/release.yml', 12, 14, 40),
  evidencePath: [
    { label: 'workflow release', location: at('.github/workflows/release.yml', 1, 1, 2) },
    { label: 'job image, step 2', location: at('.github/workflows/release.yml', 12, 14, 40) },
    { label: 'docker push', location: at('scripts/release.sh', 4, 1, 12) },
  ],
  unsettled: [],
};

export function verdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    subject: { kind: 'checkout', name: 'product', slug: null, headSha: 'a'.repeat(40), visibility: 'public' },
    outcome: 'clear',
    compliance: 'clear',
    delivery: 'clear',
    findings: [],
    deliveries: [],
    gaps: [],
    lapses: [],
    approvals: { required: 1, given: [], teams: ['acme/ospo'] },
    digests: { evidence: 'e', rules: 'r', policy: 'p' },
    ...changes,
  };
}

/** The same for every delivery of these tests: the words are another module's business. */
export const sentence = ({ tool }: Delivery): string =>
  `pushes docker.io/acme/api:v$VERSION when a tag v* is pushed (${tool})`;
