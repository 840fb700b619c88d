// The whole way through the core on small repositories: evidence in, verdict and report out.
import { describe, expect, test } from '@jest/globals';
import type { Evidence, Snapshot } from '../../src/core/model/evidence.ts';
import { render } from '../../src/core/report/render.ts';
import { RULE_TEXTS, review, wanted } from '../../src/core/review.ts';
import { digest } from '../../src/core/verdict/fingerprint.ts';
import { decision, evidence, person } from './verdict/cases.ts';

type Files = Readonly<Record<string, string>>;

function snapshot(files: Files, commit: string): Snapshot {
  const entries = Object.entries(files).map(([path, text]) => ({
    path,
    kind: 'file' as const,
    oid: digest(text).slice(0, 40),
  }));
  return { commit, entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** A pull request that turns `base` into `head`, with all of their content read. */
function pullRequest(base: Files, head: Files, changes: Partial<Evidence> = {}): Evidence {
  const blobs = Object.fromEntries(
    [...Object.values(base), ...Object.values(head)].map((text) => [
      digest(text).slice(0, 40),
      { kind: 'text' as const, text },
    ]),
  );
  const touched = [...new Set([...Object.keys(base), ...Object.keys(head)])].filter(
    (path) => base[path] !== head[path],
  );
  return evidence({
    base: snapshot(base, 'b'.repeat(40)),
    head: snapshot(head, 'a'.repeat(40)),
    changes: touched.map((path) => ({
      path,
      status: base[path] === undefined ? 'added' : head[path] === undefined ? 'removed' : 'modified',
      previousPath: null,
      shownLines: [[1, 100]],
    })),
    blobs,
    policies: [
      {
        origin: 'organization',
        label: 'acme/.github:.github/clear-to-ship.yml',
        path: '.github/clear-to-ship.yml',
        oid: 'c'.repeat(40),
        text: 'version: 1\napproval:\n  teams: [acme/ospo]\n',
      },
    ],
    ...changes,
  });
}

const SOUND = '# SPDX-License-Identifier: MIT\nFROM debian:12.7\n';
const UNLICENSED = 'FROM debian:12.7\n';
const PUBLIC = { ...evidence().subject, visibility: 'public' as const };

const RELEASE = `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          docker build -t docker.io/acme/api:1 .
          docker push docker.io/acme/api:1
`;

describe('a review', () => {
  test('of a change without container material is clear', () => {
    const { verdict, wanted: missing } = review(pullRequest({ 'a.txt': 'x' }, { 'a.txt': 'y' }));
    expect(verdict).toMatchObject({ outcome: 'clear', findings: [], deliveries: [], gaps: [] });
    expect(missing).toEqual([]);
  });

  test('of a public Dockerfile without a licence blocks, on its line', () => {
    const { verdict } = review(pullRequest({}, { Dockerfile: UNLICENSED }, { subject: PUBLIC }));
    expect(verdict.compliance).toBe('blocked');
    expect(
      verdict.findings
        .filter(({ finding }) => finding.outcome === 'violation' && finding.severity === 'error')
        .map(({ finding: { rule, location } }) => `${rule} ${location.path}:${location.range.start.line}`),
    ).toEqual(['unlicensed-dockerfile Dockerfile:1']);
  });

  test('does not blame what was there before', () => {
    const { verdict } = review(
      pullRequest({ Dockerfile: UNLICENSED }, { Dockerfile: `${UNLICENSED}# Moved.\n` }, { subject: PUBLIC }),
    );
    expect(verdict).toMatchObject({ compliance: 'clear', delivery: 'clear' });
    expect(verdict.findings.map(({ finding }) => finding.rule)).toContain('unlicensed-dockerfile');
    expect(new Set(verdict.findings.map(({ standing }) => standing.kind))).toEqual(new Set(['pre-existing']));
  });

  test('of a new push waits for the OSPO; its approval outlives a rebase and ends with a new base image', () => {
    const first = pullRequest({}, { Dockerfile: SOUND, '.github/workflows/release.yml': RELEASE });
    const asked = review(first).verdict;
    expect(asked.delivery).toBe('needs-approval');
    const open = asked.findings.filter(
      ({ standing, finding }) => standing.kind === 'open' && finding.outcome !== 'violation',
    );
    const given = decision({
      described: Object.fromEntries(open.map(({ fingerprint, finding }) => [fingerprint, finding.about])),
    });
    expect(review({ ...first, decisions: [given] }).verdict.delivery).toBe('clear');

    const moved = pullRequest(
      {},
      { Dockerfile: `# Moved.\n${SOUND}`, '.github/workflows/release.yml': `# Comment\n${RELEASE}` },
      { decisions: [given] },
    );
    expect(review(moved).verdict.delivery).toBe('clear');

    const other = pullRequest(
      {},
      { Dockerfile: SOUND.replace('debian:12.7', 'debian:13.1'), '.github/workflows/release.yml': RELEASE },
      { decisions: [given] },
    );
    const { verdict } = review(other);
    expect(verdict.delivery).toBe('needs-approval');
    expect(JSON.stringify(verdict.lapses.map(({ approved, now }) => [approved, now]))).toMatch(
      /debian:12\.7.*debian:13\.1/,
    );
  });

  test('of content that was not read is undecided, and says what is wanted', () => {
    const unread = { ...pullRequest({}, { Dockerfile: SOUND }), blobs: {} };
    expect(wanted(unread)).toEqual(['Dockerfile']);
    const { verdict, wanted: missing } = review(unread);
    expect(missing).toEqual(['Dockerfile']);
    expect([verdict.compliance, verdict.delivery]).toEqual(['undecided', 'undecided']);
    expect(verdict.gaps.map(({ reason }) => reason)).toEqual([
      'The content of `Dockerfile` is needed and was not read.',
    ]);
  });

  test('under a broken policy blocks and names the line', () => {
    const [source] = pullRequest({}, {}).policies;
    if (source === undefined) throw new Error('there is a policy');
    const broken = { ...source, text: 'version: 1\nmodes: off\n' };
    const { verdict } = review(pullRequest({}, { 'a.txt': 'x' }, { policies: [broken] }));
    expect([verdict.compliance, verdict.delivery]).toEqual(['blocked', 'blocked']);
    expect(verdict.gaps[0]?.reason).toContain('line 2, does not know the key "modes"');
  });

  test('cannot be loosened by the repository: a rule that would end enforcing on a past date is refused', () => {
    const policies = [
      ...pullRequest({}, {}).policies,
      {
        origin: 'repository' as const,
        label: 'acme/product:.github/clear-to-ship.yml',
        path: '.github/clear-to-ship.yml',
        oid: 'd'.repeat(40),
        text: 'version: 1\nrules:\n  unlicensed-dockerfile: {mode: enforce, next: off, from: 2020-01-01}\n',
      },
    ];
    const { verdict, policy } = review(
      pullRequest({}, { Dockerfile: UNLICENSED }, { policies, subject: PUBLIC }),
    );
    expect(policy.rules).toEqual({});
    expect(verdict.compliance).toBe('blocked');
    expect(verdict.gaps[0]?.reason).toContain('line 3, sets the rule unlicensed-dockerfile');
  });

  test('is the same byte for byte when it is done again, and so is its report', () => {
    const subject = pullRequest(
      { Dockerfile: SOUND },
      { Dockerfile: SOUND.replace('12.7', '13'), '.github/workflows/release.yml': RELEASE },
      { contributors: [{ role: 'author', actor: person(5), name: 'x' }] },
    );
    const once = (): string => {
      const { verdict, facts, policy } = review(structuredClone(subject));
      return JSON.stringify([verdict, render(verdict, facts, policy, subject.changes, RULE_TEXTS)]);
    };
    expect(once()).toBe(once());
  });
});
