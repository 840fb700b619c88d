// Rules on downloads, judged on imports made by hand: each combination that the facts can show.
import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import type { Facts } from '../../../src/core/model/facts.ts';
import type { Import } from '../../../src/core/model/import.ts';
import type { Truth } from '../../../src/core/model/value.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { withoutSwitch } from '../../../src/core/rules/edits.ts';
import { ruleById } from '../../../src/core/rules/index.ts';
import { text } from '../../../src/core/value.ts';
import { factsOf } from './invented-facts.ts';

const LINE = 'RUN fetch http://github.com/other/tool/a.tgz';

/** A Dockerfile whose second line holds `line` and brings in what `changes` say; a download over TLS otherwise. */
function factsWith(changes: Partial<Import>, line = LINE): Facts {
  const facts = factsOf({ Dockerfile: `FROM debian:13.1\n${line}\n` });
  const location = {
    path: 'Dockerfile',
    range: { start: { line: 2, column: 5 }, end: { line: 2, column: line.length + 1 } },
  };
  const entry: Import = {
    kind: 'download',
    source: text('https://github.com/other/tool/a.tgz'),
    stage: 0,
    location,
    instructionLine: 2,
    secureChannel: 'yes',
    verification: { method: 'none', location: null },
    pinning: 'version',
    pipedToShell: false,
    packages: [],
    weakened: [],
    ...changes,
  };
  const dockerfiles = facts.head.dockerfiles.map((dockerfile) => ({ ...dockerfile, imports: [entry] }));
  return { ...facts, head: { ...facts.head, dockerfiles } };
}

function run(id: string, changes: Partial<Import>, line?: string) {
  const rule = ruleById(id);
  if (rule === null) throw new Error(`there is no rule ${id}`);
  return rule.check(factsWith(changes, line), defaultPolicy(['acme']));
}

const method = (name: Import['verification']['method']) => ({
  verification: { method: name, location: null },
});

describe('unverified-download', () => {
  test.each<[Import['verification']['method'], Truth, string | undefined]>([
    ['signature', 'no', undefined],
    ['pinned-checksum', 'no', undefined],
    ['fetched-checksum', 'yes', undefined],
    ['fetched-checksum', 'no', 'violation'],
    ['fetched-checksum', 'unknown', 'violation'],
    ['none', 'yes', 'violation'],
    ['unknown', 'yes', 'unknown'],
  ])('%s over a channel that is secure (%s): %s', (name, secureChannel, outcome) => {
    expect(run('unverified-download', { ...method(name), secureChannel })[0]?.outcome).toBe(outcome);
  });

  test.each<[Import['kind'], number]>([
    ['download', 1],
    ['remote-add', 1],
    ['package-url', 1],
    ['git-clone', 0],
    ['package-manager', 0],
    ['package-repository', 0],
  ])('looks at a %s: %d', (kind, count) => {
    expect(run('unverified-download', { kind })).toHaveLength(count);
  });

  test.each([
    'https://example.com/tool.tgz.asc',
    'https://example.com/v1/SHA256SUMS',
    'https://example.com/v1/checksums.txt?raw=1',
    'https://example.com/linux/debian/gpg',
    'https://example.com/RPM-GPG-KEY-tool',
    'https://example.com/dotnet/8.0.30-sha.txt',
    'https://example.com/tool/gpg-pubkey',
    'https://example.com/rpm/tool.repo',
  ])('leaves what others are checked with alone: %s', (source) => {
    expect(run('unverified-download', { source: text(source) })).toEqual([]);
  });

  test.each(['https://example.com/monkey', 'https://example.com/list', 'https://example.com/sums.sh'])(
    'is not misled by %s',
    (source) => {
      expect(run('unverified-download', { source: text(source) })).toHaveLength(1);
    },
  );

  test('does not take for a key what a shell runs', () => {
    const source = text('https://example.com/install.key');
    expect(run('unverified-download', { source })).toEqual([]);
    expect(run('unverified-download', { source, pipedToShell: true })).toHaveLength(1);
  });

  test('says that a script was run unseen', () => {
    const [finding] = run('unverified-download', { pipedToShell: true });
    expect(finding?.message).toBe(
      'The download `https://github.com/other/tool/a.tgz` is run without any check of what arrived.',
    );
  });
});

describe('insecure-download', () => {
  const plain: Partial<Import> = {
    secureChannel: 'no',
    source: text('http://github.com/other/tool/a.tgz'),
  };
  const weakened = [
    {
      option: '--insecure',
      location: { path: 'Dockerfile', range: { start: { line: 2, column: 5 }, end: { line: 2, column: 9 } } },
    },
  ];

  test.each<[string, Partial<Import>, number]>([
    ['TLS', {}, 0],
    ['no TLS', plain, 1],
    ['a channel nobody knows', { ...plain, secureChannel: 'unknown' }, 0],
    ['no TLS, proven by a digest', { ...plain, ...method('pinned-checksum') }, 0],
    ['no TLS, proven by a signature', { ...plain, ...method('signature') }, 0],
    ['no TLS, and a digest from the same place', { ...plain, ...method('fetched-checksum') }, 1],
    ['TLS with its checks off', { weakened }, 1],
    ['a clone without protection', { ...plain, kind: 'git-clone' }, 1],
    ['a package manager, whose packages are signed', { ...plain, kind: 'package-manager' }, 0],
    ['a package manager with its checks off', { kind: 'package-manager', weakened }, 1],
    ['a signed package repository', { ...plain, kind: 'package-repository', ...method('signature') }, 0],
    ['a package repository that nobody signs', { ...plain, kind: 'package-repository' }, 1],
    [
      'the key of a package repository',
      { ...plain, kind: 'package-repository', source: text('http://example.com/archive.gpg') },
      1,
    ],
  ])('%s', (_, changes, count) => {
    expect(run('insecure-download', changes)).toHaveLength(count);
  });

  test('asks about a clone from an address that nobody can tell', () => {
    const found = run('insecure-download', { kind: 'git-clone', secureChannel: 'unknown' });
    expect(found.map(({ outcome }) => outcome)).toEqual(['unknown']);
  });

  test('offers TLS where the host is known to serve it', () => {
    expect(run('insecure-download', plain)[0]?.edit).toEqual({
      path: 'Dockerfile',
      first: 2,
      last: 2,
      text: 'RUN fetch https://github.com/other/tool/a.tgz',
    });
  });

  test.each<[string, Partial<Import>, string | undefined]>([
    [
      'the host is not known',
      { source: text('http://example.com/a.tgz') },
      'RUN fetch http://example.com/a.tgz',
    ],
    ['the address is not written there', {}, 'RUN fetch $URL'],
    ['the address is written twice', {}, `${LINE} || fetch http://github.com/other/tool/b.tgz`],
    ['a switch is the trouble', { weakened }, undefined],
  ])('offers no edit when %s', (_, changes, line) => {
    expect(run('insecure-download', { ...plain, ...changes }, line).map(({ edit }) => edit)).toEqual([null]);
  });
});

describe('unpinned-source', () => {
  test.each<[string, Partial<Import>, number]>([
    ['a version', { pinning: 'version' }, 0],
    ['a commit', { kind: 'git-clone', pinning: 'digest' }, 0],
    ['a branch', { kind: 'git-clone', pinning: 'moving' }, 1],
    ['nobody knows', { pinning: 'unknown' }, 0],
    ['the newest, proven by a digest', { pinning: 'moving', ...method('pinned-checksum') }, 0],
    ['packages by name', { kind: 'package-manager', pinning: 'moving' }, 0],
    ['a key', { pinning: 'moving', source: text('https://example.com/pubkey.gpg') }, 0],
  ])('%s', (_, changes, count) => {
    expect(run('unpinned-source', changes)).toHaveLength(count);
  });

  test.each([
    ['install example.org/tool@latest', ['example.org/tool@latest']],
    ['get example.org/tool@main', ['example.org/tool@main']],
    ['run example.org/tool@latest', ['example.org/tool@latest']],
    ['install example.org/tool@v1.2.0 && go install example.org/other@latest', ['example.org/other@latest']],
    ['install example.org/tool@0123456789ab', []],
    ['install ./cmd/...', []],
    ['build ./...', []],
  ])('go %s', (words, modules) => {
    const facts = factsOf({ Dockerfile: `FROM golang:1.25.1\nRUN go ${words}\n` });
    const found = ruleById('unpinned-source')?.check(facts, defaultPolicy(['acme']));
    expect(found?.map(({ message }) => /`([^`]*)`/.exec(message)?.[1])).toEqual(modules);
  });

  test('asks about a clone of a version that nobody can tell', () => {
    const found = run('unpinned-source', { kind: 'git-clone', pinning: 'unknown' });
    expect(found.map(({ outcome }) => outcome)).toEqual(['unknown']);
  });
});

describe('a key server', () => {
  const SERVER = 'https://keys.example.org/pks/lookup?op=get&search=';

  test.each([
    ['asked for one key by its fingerprint', `${SERVER}0x${'14aa'.repeat(10)}`, 0],
    ['asked by a name, which anybody can take', `${SERVER}packager@example.org`, 1],
    ['asked for a short id, which anybody can make', `${SERVER}0x14aa40ec`, 1],
  ])('%s', (_, source, findings) => {
    expect(run('unverified-download', { source: text(source) })).toHaveLength(findings);
  });
});

describe('a switch that weakens a download is taken out', () => {
  const edited = (line: string, location: readonly [number, number], option: string): string | undefined => {
    const dockerfile = readDockerfile('Dockerfile', '0'.repeat(40), {
      kind: 'text',
      text: `FROM x\n${line}\n`,
    });
    const [start, end] = location;
    const range = { start: { line: 2, column: start }, end: { line: 2, column: end } };
    return withoutSwitch(dockerfile, { path: 'Dockerfile', range }, option)?.text;
  };

  test.each<[string, readonly [number, number], string, string | undefined]>([
    ['RUN curl -k https://x', [10, 12], '-k', 'RUN curl https://x'],
    ['RUN curl -ksSL https://x', [10, 15], '-k', 'RUN curl -sSL https://x'],
    ['RUN wget https://x --no-check-certificate', [20, 42], '--no-check-certificate', 'RUN wget https://x'],
    ['RUN curl -kok https://x', [10, 14], '-k', undefined],
    ['RUN curl $OPTS https://x', [10, 15], '-k', undefined],
    ['    -k \\', [5, 7], '-k', undefined],
  ])('%s', (line, location, option, expected) => {
    expect(edited(line, location, option)?.trimEnd()).toBe(expected);
  });
});
