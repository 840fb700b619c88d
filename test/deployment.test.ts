// What operators are given: the manifest, our own Dockerfile, the compose file. Each keeps what we ask of others.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Probot } from 'probot';
import { parse } from 'yaml';
import { createApp } from '../src/app.ts';
import { readDockerfile } from '../src/core/dockerfile/read.ts';
import type { Evidence } from '../src/core/model/evidence.ts';
import { CHECK_NAMES } from '../src/core/report/check-run.ts';
import { review } from '../src/core/review.ts';
import { evidence } from './core/verdict/cases.ts';

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

describe('the manifest', () => {
  const manifest = parse(text('app.yml')) as {
    readonly default_permissions: Record<string, string>;
    readonly default_events: readonly string[];
  };

  test('gives a reason for every permission', () => {
    const lines = text('app.yml').split('\n');
    for (const [name, level] of Object.entries(manifest.default_permissions)) {
      const at = lines.indexOf(`  ${name}: ${level}`);
      expect([name, lines[at - 1]?.trim().startsWith('# ')]).toEqual([name, true]);
    }
  });

  test('comes with a rule that takes the checks from nobody else', () => {
    const [rule] = /(?<=```json\n)\{\n {2}"type": "required_status_checks"[\s\S]*?(?=```)/.exec(
      text('docs/install.md'),
    ) ?? ['{}'];
    const { parameters } = JSON.parse(rule) as {
      readonly parameters: { readonly required_status_checks: readonly Record<string, unknown>[] };
    };
    expect(parameters.required_status_checks.map(({ context }) => context)).toEqual(
      Object.values(CHECK_NAMES),
    );
    for (const check of parameters.required_status_checks)
      expect(check.integration_id).toEqual(expect.any(Number));
  });

  test('asks for exactly the events that are heard', () => {
    const heard = new Set<string>();
    const probot = {
      on: (names: string | readonly string[]) => {
        for (const name of [names].flat()) heard.add(name.split('.')[0] ?? '');
      },
    } as unknown as Probot;
    const nothing = {} as never;
    createApp({ appId: 1, inbox: nothing, answers: nothing, estate: nothing, policyRepository: '.github' })(
      probot,
    );
    // These come to every App.
    const asked = [...manifest.default_events, 'installation', 'installation_repositories'];
    expect([...heard].sort()).toEqual(asked.sort());
  });
});

describe('our own Dockerfile', () => {
  const POLICY = `version: 1
approval: {teams: [acme/ospo]}
base-images: {require-digest: true}
licenses: {allow: [Apache-2.0]}
`;
  const files: Readonly<Record<string, string>> = {
    Dockerfile: text('Dockerfile'),
    LICENSE: text('LICENSE'),
    'package.json': text('package.json'),
    'package-lock.json': text('package-lock.json'),
    'app.yml': text('app.yml'),
    'src/main.ts': text('src/main.ts'),
  };
  const oid = (path: string): string => Buffer.from(path.padEnd(20).slice(0, 20)).toString('hex');
  const judged = (dockerfile: string): ReturnType<typeof review> => {
    const head = { ...files, Dockerfile: dockerfile };
    const added: Evidence = evidence({
      head: {
        commit: 'a'.repeat(40),
        entries: Object.keys(head).map((path) => ({ path, oid: oid(path), kind: 'file' })),
      },
      changes: Object.keys(head).map((path) => ({
        path,
        status: 'added',
        previousPath: null,
        shownLines: null,
      })),
      blobs: Object.fromEntries(
        Object.entries(head).map(([path, content]) => [oid(path), { kind: 'text', text: content }]),
      ),
      policies: [
        {
          origin: 'organization',
          label: 'acme/.github:.github/clear-to-ship.yml',
          path: '.github/clear-to-ship.yml',
          oid: 'f'.repeat(40),
          text: POLICY,
        },
      ],
    });
    return review(added);
  };

  test('passes our own gate, with everything enforced', () => {
    const { verdict, wanted } = judged(files.Dockerfile ?? '');
    expect(wanted).toEqual([]);
    expect(verdict.gaps).toEqual([]);
    expect(
      verdict.findings
        .filter(({ finding }) => finding.outcome === 'violation')
        .map(({ finding }) => `${finding.rule}: ${finding.message}`),
    ).toEqual([]);
    expect(verdict.compliance).toBe('clear');
  });

  test('would not without its digests', () => {
    const { verdict } = judged((files.Dockerfile ?? '').replaceAll(/@sha256:[0-9a-f]{64}/g, ''));
    expect(verdict.compliance).toBe('blocked');
  });

  test('ends as somebody who is not root, with nothing of npm’s scripts run', () => {
    const { stages } = readDockerfile('Dockerfile', oid('Dockerfile'), {
      kind: 'text',
      text: files.Dockerfile ?? '',
    });
    const last = stages.at(-1)?.instructions ?? [];
    expect(
      last
        .filter(({ keyword }) => keyword === 'USER')
        .at(-1)
        ?.words.map((word) => word.text),
    ).toEqual(['node']);
    const runs = stages.flatMap(({ instructions }) =>
      instructions.filter(({ keyword }) => keyword === 'RUN').map(({ script }) => script?.text ?? ''),
    );
    for (const run of runs.filter((each) => each.includes('npm'))) expect(run).toContain('--ignore-scripts');
  });
});

describe('the compose file', () => {
  type Service = {
    readonly image?: string;
    readonly build?: string;
    readonly read_only?: boolean;
    readonly cap_drop?: readonly string[];
    readonly security_opt?: readonly string[];
    readonly healthcheck?: { readonly test?: readonly unknown[] };
    readonly ports?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  };
  const { services } = parse(text('compose.yaml')) as { readonly services: Record<string, Service> };

  test.each(Object.entries(services))(
    '%s can write nowhere it need not, and says whether it is well',
    (_, service) => {
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      // A colon within a plain scalar makes a mapping of it, which no engine takes.
      expect(service.healthcheck?.test).toEqual(
        expect.arrayContaining(['CMD', expect.stringMatching(/^(?:node|pg_isready)$/)]),
      );
      for (const word of service.healthcheck?.test ?? []) expect(typeof word).toBe('string');
      expect(service.image ?? `${service.build}@sha256:${'0'.repeat(64)}`).toMatch(/@sha256:[0-9a-f]{64}$/);
    },
  );

  test('opens no door but to this machine, and holds no password', () => {
    for (const { ports = [], environment = {} } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const [name, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|KEY|URL/.test(name)) expect(value).toMatch(/\$\{POSTGRES_PASSWORD:\?/);
    }
  });
});
