import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DestinationClass } from '../../../src/core/model/delivery.ts';
import type { About } from '../../../src/core/model/evidence.ts';
import type { CheckReport } from '../../../src/core/model/report.ts';
import type { JudgedDelivery, JudgedFinding, Verdict } from '../../../src/core/model/verdict.ts';
import { DEFAULT_LABELS } from '../../../src/core/policy/defaults.ts';
import { CHECK_NAMES, checkRuns } from '../../../src/core/report/check-run.ts';
import { differences } from '../../../src/core/report/differences.ts';
import { byteLength } from '../../../src/core/report/markdown.ts';
import { ASKED, decision, evidence, gap, place, started } from '../verdict/cases.ts';
import { hostile } from './hostile.ts';
import { GITHUB_FILTERS, rendered } from './rendered.ts';
import { at, DELIVERY, finding, judged, RULES, verdict } from './verdicts.ts';

const { subject } = evidence();

function runs(changes: Partial<Verdict>): { compliance: CheckReport; delivery: CheckReport } {
  const [compliance, delivery] = checkRuns(verdict({ subject, ...changes }), DEFAULT_LABELS, RULES);
  if (compliance === undefined || delivery === undefined) throw new Error('two checks are expected');
  return { compliance, delivery };
}

const violation = judged(finding({ location: at('Dockerfile', 3, 6, 10) }));
const question = judged(
  finding({
    rule: 'public-registry-delivery',
    outcome: 'needs-approval',
    location: at('.github/workflows/release.yml', 12, 1, 9),
    message: '`docker push` pushes `docker.io/acme/api`.',
    about: ASKED,
  }),
);
const unknown = judged(finding({ outcome: 'unknown', location: at('Dockerfile', 5, 1, 3) }));

function as(standing: JudgedFinding['standing'], of: JudgedFinding = question): JudgedFinding {
  return { ...of, standing };
}

function deliveredTo(to: DestinationClass): JudgedDelivery {
  const delivery = { ...DELIVERY, destination: { ...DELIVERY.destination, class: to } };
  return { change: { delivery, change: 'started', about: ASKED, previously: null }, fingerprint: 'f' };
}

describe('names and conclusions', () => {
  test('are fixed: rulesets name them', () => {
    expect(checkRuns(verdict(), DEFAULT_LABELS, RULES).map(({ name }) => name)).toEqual([
      'clear-to-ship / compliance',
      'clear-to-ship / delivery',
    ]);
    expect(CHECK_NAMES.delivery).toBe('clear-to-ship / delivery');
  });

  test.each([
    ['clear', 'success'],
    ['needs-approval', 'action_required'],
    ['undecided', 'action_required'],
    ['blocked', 'failure'],
  ] as const)('%s is %s', (outcome, conclusion) => {
    const { compliance, delivery } = runs({ compliance: outcome, delivery: outcome });
    expect([compliance.conclusion, delivery.conclusion]).toEqual([conclusion, conclusion]);
    expect([compliance.outcome, delivery.outcome]).toEqual([outcome, outcome]);
  });
});

describe('titles', () => {
  test.each<[string, Partial<Verdict>, string, string]>([
    ['nothing', {}, 'Nothing to change', 'Nothing new leaves the company'],
    [
      'a violation',
      { findings: [violation], compliance: 'blocked' },
      '1 thing to change',
      'Nothing new leaves the company',
    ],
    [
      'advice',
      {
        findings: [
          as({ kind: 'advised' }, violation),
          judged(finding({ severity: 'note', location: place('a', 1) })),
        ],
      },
      '2 pieces of advice',
      'Nothing new leaves the company',
    ],
    [
      'an open question',
      { findings: [unknown], compliance: 'undecided' },
      'Undecided: 1 open question',
      'Nothing new leaves the company',
    ],
    [
      'a rejected question',
      { findings: [as({ kind: 'rejected', by: decision() }, unknown)], compliance: 'blocked' },
      '1 thing rejected',
      'Nothing new leaves the company',
    ],
    [
      'a delivery that is only recorded',
      { findings: [as({ kind: 'observed' }, question)] },
      'Nothing to change',
      'Nothing that the policy asks about',
    ],
    [
      'a delivery that nobody judges, because the policy turns that off',
      { deliveries: [deliveredTo('own')] },
      'Nothing to change',
      'Nothing that the policy asks about',
    ],
    [
      'a delivery within the company',
      { deliveries: [deliveredTo('internal')] },
      'Nothing to change',
      'Nothing new leaves the company',
    ],
    [
      'a delivery',
      { findings: [question], delivery: 'needs-approval' },
      'Nothing to change',
      'Waiting for approval of 1 delivery',
    ],
    [
      'an image to accept',
      {
        findings: [
          question,
          judged(finding({ outcome: 'needs-approval', location: place('Dockerfile', 1) })),
        ],
        delivery: 'needs-approval',
      },
      'Nothing to change',
      'Waiting for approval of 1 delivery, 1 other thing',
    ],
    [
      'an approved delivery',
      { findings: [as({ kind: 'approved', by: [decision()] })] },
      'Nothing to change',
      'Approved by person-1',
    ],
    [
      'a rejected delivery',
      { findings: [as({ kind: 'rejected', by: decision() })], delivery: 'blocked' },
      'Nothing to change',
      'Rejected by person-1',
    ],
    [
      'an advised delivery',
      { findings: [as({ kind: 'advised' })] },
      'Nothing to change',
      '1 delivery to know of',
    ],
    [
      'a gap',
      { gaps: [gap()], compliance: 'undecided', delivery: 'undecided' },
      'Undecided: 1 thing could not be read',
      'Undecided: 1 thing could not be read',
    ],
    [
      'a broken policy',
      { gaps: [gap({ kind: 'policy' })], compliance: 'blocked', delivery: 'blocked' },
      'The policy has to be corrected',
      'The policy has to be corrected',
    ],
  ])('%s', (_, changes, compliance, delivery) => {
    expect(runs(changes).compliance.title).toBe(compliance);
    expect(runs(changes).delivery.title).toBe(delivery);
  });
});

describe('summaries', () => {
  test('list what is excused with whoever answers for it, and what could not be read before either', () => {
    const exception = {
      rule: 'unpinned-base-image',
      paths: [],
      reason: 'Rebuilt @nightly',
      owner: 'team-a',
      expires: '2027-01-01',
      location: at('policy.yml', 1, 1, 2),
    };
    const { compliance } = runs({
      findings: [
        judged(finding({ location: at('Dockerfile', 3, 1, 5) }), { kind: 'excepted', by: exception }),
      ],
      gapsBefore: [gap()],
    });
    expect(compliance.summary).toContain(
      '1 finding is excused by policy, 1 thing could not be read before either.',
    );
    expect(compliance.summary).toContain('excused until 2027-01-01 by `team-a`: Rebuilt @&#8203;nightly)');
    expect(compliance.summary).toMatch(/- .*The file Dockerfile is binary\..* \(as before\)/);
    expect(compliance.annotations).toEqual([]);
  });

  test('fold a long list within the limit and close it', () => {
    const { compliance } = runs({
      findings: Array.from({ length: 2000 }, (_, line) =>
        judged(finding({ location: at('Dockerfile', line + 1, 1, 5) }), { kind: 'pre-existing' }),
      ),
    });
    expect(Buffer.byteLength(compliance.summary)).toBeLessThanOrEqual(65_000);
    expect(compliance.summary).toMatch(/<\/details>\n\n_\d+ more entries did not fit\._$/);
  });

  test('say who is asked, how they answer, and how many of them it takes', () => {
    const approvals = { required: 2, given: [decision()], teams: ['acme/ospo', 'acme/legal'] };
    const { summary } = runs({ findings: [question], delivery: 'needs-approval', approvals }).delivery;
    expect(summary).toContain(
      'A member of `acme/ospo` or `acme/legal` approves by setting the label `delivery: approved`, and rejects with `delivery: rejected`. 2 different people of theirs have to approve. Approved so far by `person-1` of `acme/ospo`.',
    );
  });

  test('say who has approved and who has not, by name of the team', () => {
    const approvals = {
      required: 1,
      given: [decision({ teams: ['acme/ospo'] })],
      teams: ['acme/ospo'],
      awaited: [
        { teams: ['acme/security'], missing: 1, obligations: ['flow-02-base-images', 'image-vetting'] },
        { teams: ['acme/legal', 'acme/board'], missing: 2, obligations: ['flow-06-public-registry'] },
      ],
    } as const;
    const { summary, title } = runs({ findings: [question], delivery: 'needs-approval', approvals }).delivery;
    expect(summary).toContain(
      'Approved so far by `person-1` of `acme/ospo`. Still needed by different people: an approval of a member of `acme/security` (flow 2, image vetting) and 2 members of `acme/legal` or `acme/board` (flow 6).',
    );
    expect(title).toBe('Waiting for approval of 1 delivery by acme/security and acme/legal or acme/board');
  });

  test('say so when nobody can approve, also while compliance is blocked', () => {
    const approvals = { required: 1, given: [], teams: [] };
    const changes = {
      findings: [question, violation],
      outcome: 'blocked',
      compliance: 'blocked',
      delivery: 'needs-approval',
      approvals,
    } as const;
    expect(runs(changes).delivery.summary).toContain('No policy names a team');
  });

  test('show each finding in its check, linked at the judged commit', () => {
    const { compliance, delivery } = runs({ findings: [violation, question] });
    const link = `https://github.com/acme/product/blob/${'a'.repeat(40)}/Dockerfile#L3`;
    expect(rendered(compliance.summary)).toMatchObject({ links: [link], rows: 2, cells: 4 });
    expect(rendered(delivery.summary).links).toEqual([
      link.replace('Dockerfile#L3', '.github/workflows/release.yml#L12'),
    ]);
    expect(compliance.text).toContain('**What to do:** Name a version, best with a digest.');
  });

  test('count what they do not show', () => {
    const aside = (['pre-existing', 'observed'] as const).map((kind) => as({ kind }, violation));
    const deliveries = (['unchanged', 'unchanged', 'stopped'] as const).map((change) => ({
      change: { ...started(), change },
      fingerprint: 'f',
    }));
    const { compliance, delivery } = runs({ findings: aside, deliveries });
    expect(compliance.summary).toContain(
      'Not shown: 1 finding was there before, 1 finding is only observed.\n\n<details>\n<summary>Show them</summary>\n\n- [`Dockerfile:3`]',
    );
    expect(compliance.summary.match(/^- /gm)).toHaveLength(1);
    expect(compliance.summary).toContain('(`unpinned-base-image`, as before)\n\n</details>');
    expect(delivery.summary).toBe('Not asked about: 2 deliveries were there before, 1 delivery stops.');
    expect(compliance.annotations).toEqual([]);
  });

  test('tell gaps with what closes them, and how to retry when that may help', () => {
    const { summary } = runs({ gaps: [gap({ cause: 'world' })], compliance: 'undecided' }).compliance;
    expect(summary).toContain('### What could not be seen');
    expect(summary).toContain('The file Dockerfile is binary. Replace it by a text.');
    expect(summary).toContain('_Re-run_');
    expect(runs({ gaps: [gap()] }).compliance.summary).not.toContain('_Re-run_');
  });

  test('lead to a broken policy on the base side, where it was read', () => {
    const { summary } = runs({
      gaps: [gap({ kind: 'policy', location: place('.github/clear-to-ship.yml', 4) })],
    }).compliance;
    expect(rendered(summary).links).toEqual([
      `https://github.com/acme/product/blob/${'b'.repeat(40)}/.github/clear-to-ship.yml#L4`,
    ]);
  });

  test.each([
    ['expired', 'has expired'],
    ['contributor', 'has since contributed'],
    ['team', '`acme/ospo` may not approve any more'],
  ] as const)('tell why an approval lapsed: %s', (because, words) => {
    const lapse = { decision: decision(), fingerprint: 'f', approved: ASKED, now: ASKED, because };
    expect(runs({ lapses: [lapse] }).delivery.summary).toContain(words);
  });

  test('tell what changed since the approval, old → new', () => {
    const now: About = { ...ASKED, 'base images': ['docker.io/library/debian:13'], triggers: [] };
    const lapse = {
      decision: decision(),
      fingerprint: 'f',
      approved: ASKED,
      now,
      because: 'changed' as const,
    };
    expect(runs({ lapses: [lapse] }).delivery.summary).toBe(
      [
        '### An approval no longer holds',
        '',
        '- The approval by `person-1` of 2026-11-20 no longer holds:',
        '  - base images: `docker.io/library/debian:12` → `docker.io/library/debian:13`',
        '  - triggers: `push-tag v*` → nothing',
      ].join('\n'),
    );
    expect(differences(ASKED, ASKED)).toEqual([]);
  });
});

describe('annotations', () => {
  test('have columns only within one line', () => {
    const [one] = runs({ findings: [violation] }).compliance.annotations;
    expect(one).toMatchObject({ startLine: 3, endLine: 3, startColumn: 6, endColumn: 9, level: 'failure' });
    const several = judged(finding({ location: at('Dockerfile', 3, 6, 10, 5) }));
    expect(runs({ findings: [several] }).compliance.annotations[0]).toMatchObject({
      startLine: 3,
      endLine: 5,
      startColumn: null,
      endColumn: null,
    });
    const wholeLine = judged(finding({ location: at('Dockerfile', 3, 1, 1, 4) }));
    expect(runs({ findings: [wholeLine] }).compliance.annotations[0]).toMatchObject({
      startLine: 3,
      endLine: 3,
    });
    const empty = judged(finding({ location: at('Dockerfile', 3, 4, 4) }));
    expect(runs({ findings: [empty] }).compliance.annotations[0]).toMatchObject({
      startColumn: 4,
      endColumn: 4,
    });
  });

  test('are as grave as what they say', () => {
    const level = (of: JudgedFinding): string | undefined =>
      runs({ findings: [of] }).compliance.annotations[0]?.level;
    expect(level(as({ kind: 'advised' }, violation))).toBe('notice');
    expect(level(judged(finding({ severity: 'warning', location: place('a', 1) })))).toBe('warning');
    expect(level(judged(finding({ severity: 'note', location: place('a', 1) })))).toBe('notice');
    expect(level(unknown)).toBe('warning');
    expect(level(as({ kind: 'rejected', by: decision() }, unknown))).toBe('failure');
  });

  test('are in one check only', () => {
    const gaps = [gap(), gap({ location: null })];
    const { compliance, delivery } = runs({ gaps, findings: [violation, question], compliance: 'undecided' });
    expect(compliance.annotations.map(({ path, level }) => [path, level])).toEqual([
      ['Dockerfile', 'failure'],
      ['Dockerfile', 'failure'],
    ]);
    expect(delivery.annotations.map(({ path }) => path)).toEqual(['.github/workflows/release.yml']);
    expect(runs({ gaps }).compliance.annotations[0]?.level).toBe('warning');
  });

  test('the gravest 200 are shown and the rest is counted', () => {
    const many = Array.from({ length: 260 }, (_, index) =>
      judged(finding({ severity: index < 100 ? 'note' : 'error', location: place(`f${index}`, 1) })),
    );
    const { annotations, summary } = runs({ findings: many, compliance: 'blocked' }).compliance;
    expect(annotations).toHaveLength(200);
    expect(annotations.filter(({ level }) => level === 'failure')).toHaveLength(160);
    expect(annotations[0]?.path).toBe('f0');
    expect(summary).toContain('60 more annotations would be too many');
  });

  test('are text without hidden characters, within GitHub’s limits', () => {
    const message = `The image \`\u202e${'x'.repeat(70_000)}\` is odd.`;
    const [long] = runs({
      findings: [judged(finding({ message, rule: 'r'.repeat(400), location: place('a', 1) }))],
    }).compliance.annotations;
    expect(long?.title).toHaveLength(255);
    expect(byteLength(long?.message ?? '')).toBeLessThan(65_536);
    expect(long?.message).toMatch(/^The image `U\+202Exxx.*…$/s);
  });
});

describe('whatever a pull request holds', () => {
  const name = fc.oneof(
    hostile,
    hostile.map((text) => text.repeat(3)),
  );
  const anyJudged = fc
    .record({
      path: name,
      loose: name,
      quoted: name,
      rule: fc.constantFrom('unpinned-base-image', 'public-registry-delivery'),
      outcome: fc.constantFrom('violation' as const, 'needs-approval' as const, 'unknown' as const),
      edit: fc.option(name),
      line: fc.integer({ min: 1, max: 99 }),
    })
    .map(({ path, loose, quoted, rule, outcome, edit, line }) =>
      judged(
        finding({
          rule,
          outcome,
          location: place(path, line),
          message: `The thing \`${quoted}\` in ${loose} is odd.`,
          remedy: `Write \`${loose}\` for ${quoted}.`,
          edit: edit === null ? null : { path, first: 1, last: 1, text: edit },
          related: [{ location: place(quoted, 2), message: loose }],
        }),
      ),
    );
  const anyVerdict = fc.record({
    findings: fc.array(anyJudged, { maxLength: 5 }),
    gaps: fc.array(
      fc.record({ what: name, why: name, placed: fc.boolean() }).map(({ what, why, placed }) =>
        gap({
          subject: what,
          reason: why,
          remedy: `See \`${what}\`.`,
          location: placed ? place(what, 1) : null,
        }),
      ),
      { maxLength: 2 },
    ),
    lapses: fc.array(
      fc.record({ old: name, fresh: name }).map(({ old, fresh }) => ({
        decision: decision(),
        fingerprint: 'f',
        approved: { [old]: [old] },
        now: { [old]: [fresh] },
        because: 'changed' as const,
      })),
      { maxLength: 1 },
    ),
  });

  test('links lead to its own files, and nothing else acts', () => {
    fc.assert(
      fc.property(anyVerdict, (changes) => {
        const { compliance, delivery } = runs(changes);
        for (const markdown of [compliance.summary, compliance.text, delivery.summary, delivery.text]) {
          const page = rendered(markdown);
          for (const link of page.links)
            expect(link).toMatch(/^https:\/\/github\.com\/acme\/product\/blob\/a{40}\//);
          expect(page).toMatchObject({ images: [], html: [] });
          for (const text of page.text) for (const filter of GITHUB_FILTERS) expect(text).not.toMatch(filter);
        }
        const shown = changes.findings.length;
        const tables = rendered(compliance.summary).rows + rendered(delivery.summary).rows;
        const headers = [compliance, delivery].filter(({ text }) => text !== '').length;
        expect(tables).toBe(shown + headers);
        expect(rendered(compliance.text).headings + rendered(delivery.text).headings).toBe(shown);
      }),
      { numRuns: 150 },
    );
  });

  test('three thousand findings with long names fit, and are counted', () => {
    const findings = Array.from({ length: 3000 }, (_, index) =>
      judged(
        finding({
          location: place(`${'folder/'.repeat(20)}${index}`, index + 1),
          message: `\`${'é'.repeat(500)}\` is odd.`,
        }),
      ),
    );
    const { compliance } = runs({ findings, compliance: 'blocked', gaps: [gap()] });
    expect(byteLength(compliance.summary)).toBeLessThan(65_535);
    expect(byteLength(compliance.text)).toBeLessThan(65_535);
    const rows = rendered(compliance.summary).rows - 1;
    expect(compliance.summary).toContain(`_${3000 - rows} more findings did not fit._`);
    const detailed = rendered(compliance.text).headings;
    expect(compliance.text).toContain(`The details of ${3000 - detailed} more findings did not fit`);
    expect(compliance.summary).toContain('What could not be seen');
  });

  test('a title is never longer than GitHub takes', () => {
    const by = Array.from({ length: 60 }, (_, id) =>
      decision({ actor: { id, login: `reviewer-${id}`, type: 'User' } }),
    );
    expect(runs({ findings: [as({ kind: 'approved', by })] }).delivery.title).toHaveLength(255);
  });

  test('twice the same is the same byte for byte', () => {
    fc.assert(
      fc.property(anyVerdict, (changes) => {
        expect(JSON.stringify(runs(structuredClone(changes)))).toBe(JSON.stringify(runs(changes)));
      }),
      { numRuns: 50 },
    );
  });
});
