import { describe, expect, test } from '@jest/globals';
import type { Log, Result, Run } from 'sarif';
import type { Verdict } from '../../../src/core/model/verdict.ts';
import { FINGERPRINT_KEY, toSarif } from '../../../src/core/report/sarif.ts';
import { at, DECISION, finding, GAP, judged, RULES, verdict } from './verdicts.ts';

function runOf(of: Verdict): Run {
  const log: Log = toSarif(of, [...RULES.values()], '1.2.3');
  expect(violations(log)).toEqual([]);
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

function resultOf(...of: Parameters<typeof judged>): Result {
  const [result] = runOf(verdict({ findings: [judged(...of)] })).results ?? [];
  if (result === undefined) throw new Error('no result');
  return result;
}

/** What SARIF 2.1.0 asks of the parts we write (OASIS standard, the sections in parentheses). */
function violations(log: Log): string[] {
  const problems: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  must(log.version === '2.1.0', 'version (3.13.2)');
  for (const run of log.runs) {
    const rules = run.tool.driver.rules ?? [];
    must(run.tool.driver.name !== '', 'driver has a name (3.19.8)');
    must(new Set(rules.map(({ id }) => id)).size === rules.length, 'rule ids are unique (3.49.3)');
    for (const rule of rules) must((rule.help?.text ?? '') !== '', 'markdown needs text (3.12.4)');
    for (const invocation of run.invocations ?? [])
      must(typeof invocation.executionSuccessful === 'boolean', 'executionSuccessful is required (3.20.14)');
    for (const result of run.results ?? []) {
      must((result.message.text ?? '') !== '', 'message has text (3.11.7)');
      must(
        result.ruleIndex === undefined || rules[result.ruleIndex]?.id === result.ruleId,
        'ruleIndex names the rule (3.27.6)',
      );
      must(
        result.kind === 'fail' || result.level === 'none',
        'a level other than none needs the kind fail (3.27.10)',
      );
      const ids = (result.relatedLocations ?? []).map(({ id }) => id);
      must(new Set(ids).size === ids.length, 'ids of related locations are unique (3.28.2)');
      for (const { physicalLocation } of [...(result.locations ?? []), ...(result.relatedLocations ?? [])]) {
        const uri = physicalLocation?.artifactLocation?.uri ?? '';
        must(
          uri !== '' && !uri.startsWith('/') && URL.canParse(uri, 'file:///'),
          `relative URI (3.4.3): ${uri}`,
        );
        must(
          run.originalUriBaseIds?.[physicalLocation?.artifactLocation?.uriBaseId ?? ''] !== undefined,
          'uriBaseId is defined (3.14.14)',
        );
        const region = physicalLocation?.region;
        must(
          (region?.startLine ?? 0) >= 1 && (region?.endLine ?? 0) >= (region?.startLine ?? 0),
          'region lines (3.30.5)',
        );
        must((region?.startColumn ?? 1) >= 1 && (region?.endColumn ?? 1) >= 1, 'region columns (3.30.6)');
      }
      for (const fix of result.fixes ?? [])
        must(
          fix.artifactChanges.length > 0 &&
            fix.artifactChanges.every(({ replacements }) => replacements.length > 0),
          'a fix changes something (3.55.3, 3.56.3)',
        );
    }
  }
  return problems;
}

describe('a finding', () => {
  const location = at('some folder/ünï#1/Dockerfile', 3, 6, 10);

  test('has its rule, place in UTF-16 columns, fingerprint and severity', () => {
    const result = resultOf(finding({ location, remedy: 'Write `node:24`.' }));
    expect(result).toMatchObject({
      ruleId: 'unpinned-base-image',
      ruleIndex: 1,
      kind: 'fail',
      level: 'error',
      message: { text: 'The base image `node` has no version. Write `node:24`.' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: {
              uri: 'some%20folder/%C3%BCn%C3%AF%231/Dockerfile',
              uriBaseId: '%SRCROOT%',
            },
            region: { startLine: 3, startColumn: 6, endLine: 3, endColumn: 10 },
          },
        },
      ],
      partialFingerprints: { [FINGERPRINT_KEY]: judged(finding({ location })).fingerprint },
      baselineState: 'new',
    });
    expect(result.suppressions).toBeUndefined();
    expect(result.fixes).toBeUndefined();
  });

  test('an edit becomes a fix that replaces whole lines', () => {
    const edit = { path: location.path, first: 3, last: 4, text: 'FROM node:24' };
    expect(resultOf(finding({ location, edit })).fixes).toEqual([
      {
        artifactChanges: [
          {
            artifactLocation: {
              uri: 'some%20folder/%C3%BCn%C3%AF%231/Dockerfile',
              uriBaseId: '%SRCROOT%',
            },
            replacements: [
              { deletedRegion: { startLine: 3, endLine: 4 }, insertedContent: { text: 'FROM node:24' } },
            ],
          },
        ],
      },
    ]);
  });

  test('related places are numbered', () => {
    const related = [1, 2].map((line) => ({ location: at('f', line, 1, 2), message: `line ${line}` }));
    expect(
      resultOf(finding({ location, related })).relatedLocations?.map(({ id, message }) => [
        id,
        message?.text,
      ]),
    ).toEqual([
      [0, 'line 1'],
      [1, 'line 2'],
    ]);
  });

  test.each([
    [{ kind: 'open' }, 'error', 'new', 0],
    [{ kind: 'advised' }, 'note', 'new', 0],
    [{ kind: 'observed' }, 'note', 'new', 0],
    [{ kind: 'pre-existing' }, 'note', 'unchanged', 0],
    [{ kind: 'approved', by: [DECISION] }, 'note', 'new', 1],
    [{ kind: 'rejected', by: DECISION }, 'error', 'new', 0],
    [
      {
        kind: 'excepted',
        by: {
          rule: 'unpinned-base-image',
          paths: [],
          reason: 'Mirror is being built.',
          owner: 'platform',
          expires: '2027-01-01',
          location,
        },
      },
      'note',
      'new',
      1,
    ],
  ] as const)('standing %j', (standing, level, baselineState, suppressions) => {
    const result = resultOf(finding({ location }), standing);
    expect([result.level, result.baselineState, result.suppressions?.length ?? 0]).toEqual([
      level,
      baselineState,
      suppressions,
    ]);
  });

  test('quoted content can’t make links or hide characters', () => {
    const result = resultOf(finding({ location, message: 'Image `[x](https://evil.example)\u202e`.' }));
    expect(result.message.text).toBe('Image `\\[x\\](https://evil.example)U+202E`.');
  });

  test('brackets that can’t be a link stay as they are', () => {
    expect(resultOf(finding({ location, message: 'Branch `pull/[0-9]+`.' })).message.text).toBe(
      'Branch `pull/[0-9]+`.',
    );
  });

  test('a half surrogate in a path still gives a URI', () => {
    expect(
      resultOf(finding({ location: at('a\ud800', 1, 1, 2) })).locations?.[0]?.physicalLocation
        ?.artifactLocation?.uri,
    ).toBe('a%EF%BF%BD');
  });
});

describe('the run', () => {
  test('describes every rule, sorted', () => {
    const { driver } = runOf(verdict()).tool;
    expect(driver).toMatchObject({ name: 'clear-to-ship', version: '1.2.3' });
    expect(driver.rules?.map(({ id, defaultConfiguration }) => [id, defaultConfiguration?.level])).toEqual([
      ['public-registry-delivery', 'error'],
      ['unpinned-base-image', 'warning'],
    ]);
    expect(driver.rules?.[1]?.help?.text).toContain('What to do: Name a version');
  });

  test('a gap makes it unsuccessful and is told', () => {
    const [invocation] = runOf(verdict({ outcome: 'undecided', gaps: [GAP] })).invocations ?? [];
    expect(invocation?.executionSuccessful).toBe(false);
    expect(invocation?.toolExecutionNotifications).toMatchObject([
      {
        level: 'error',
        descriptor: { id: 'gap/syntax' },
        locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 3 } } }],
      },
    ]);
    expect(runOf(verdict()).invocations?.[0]?.executionSuccessful).toBe(true);
  });

  test('says which commit of which repository it is about, where there is a forge', () => {
    expect(runOf(verdict()).versionControlProvenance).toBeUndefined();
    const subject = {
      kind: 'pull-request',
      server: 'https://github.com',
      owner: 'acme',
      repository: 'product',
      number: 1,
      title: 't',
      baseRef: 'main',
      baseSha: 'b',
      headSha: 'h',
      isDraft: false,
      isFork: false,
      visibility: 'public',
      author: { id: 1, login: 'dev', type: 'User' },
    } as const;
    expect(runOf(verdict({ subject })).versionControlProvenance).toEqual([
      { repositoryUri: 'https://github.com/acme/product', revisionId: 'h' },
    ]);
  });
});

test('the check of this test sees what is wrong', () => {
  const log = toSarif(verdict({ findings: [judged(finding({ location: at('f', 1, 1, 2) }))] }), [], '1');
  const broken: Log = {
    ...log,
    runs: log.runs.map((run) => ({
      ...run,
      originalUriBaseIds: {},
      results: (run.results ?? []).map((result) => ({ ...result, message: {}, ruleIndex: 3, kind: 'open' })),
    })),
  };
  expect(violations(broken)).toHaveLength(4);
});
