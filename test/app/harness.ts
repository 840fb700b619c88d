// The real server against the stand-in GitHub: signed webhooks in, checks and comments out.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type Logger, pino } from 'pino';
import { parse } from 'yaml';
import type { Settings } from '../../src/env.ts';
import type { GatePorts } from '../../src/gate.ts';
import { type Running, startServer } from '../../src/main.ts';
import { type StandIn, type StandInOptions, startStandIn } from '../support/stand-in.ts';
import type {
  OrganizationSpec,
  OrganizationStory,
  RepositorySpec,
  RepositoryStory,
} from '../support/story.ts';

type Manifest = {
  readonly default_permissions: Record<string, string>;
  readonly default_events: readonly string[];
};

/** What the App asks for when it is installed: the stand-in grants exactly this. */
const MANIFEST = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as Manifest;

/** The organisation's policy of most stories. */
export const POLICY = `version: 1
approval:
  teams: [acme/ospo]
registries:
  internal: [registry.acme.internal]
  own: [registry.acme.example]
`;

export const COMPLIANCE = 'clear-to-ship / compliance';
export const DELIVERY = 'clear-to-ship / delivery';

export type Gate = {
  readonly github: StandIn;
  readonly acme: OrganizationStory;
  /** The repository that holds the organisation's policy. */
  readonly policies: RepositoryStory;
  readonly server: Running;
  /** A repository of acme in which dev and eve may write, and olga of the OSPO may label. */
  readonly repository: (name: string, spec?: RepositorySpec) => RepositoryStory;
  /** Resolves when every webhook is answered and every job is done. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type GateOptions = {
  /** Null for an organisation without one. */
  readonly policy?: string | null;
  readonly settings?: Partial<Settings>;
  readonly standIn?: StandInOptions;
  readonly logLevel?: string;
  readonly log?: Logger;
  /** Team → its members. Default: olga and otto are the OSPO. */
  readonly teams?: OrganizationSpec['teams'];
  /** Stands between the gate and its ports; see `startServer`. */
  readonly around?: (ports: GatePorts) => GatePorts;
  /** Where GitHub Enterprise Server keeps its API: `/api/v3`. Default: none, as on GHE.com. */
  readonly apiPath?: string;
};

export async function startGate(options: GateOptions = {}): Promise<Gate> {
  const github = await startStandIn({
    permissions: MANIFEST.default_permissions as NonNullable<StandInOptions['permissions']>,
    events: MANIFEST.default_events,
    ...options.standIn,
  });
  const policy = options.policy === undefined ? POLICY : options.policy;
  const acme = github.organization('acme', {
    members: ['dev', 'eve', 'olga', 'otto'],
    teams: options.teams ?? { ospo: ['olga', 'otto'] },
  });
  const policies = acme.repository('.github', {
    collaborators: { olga: 'write' },
    ...(policy === null ? {} : { files: { '.github/clear-to-ship.yml': policy } }),
  });
  const settings: Settings = {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.app.webhookSecret,
    host: '127.0.0.1',
    port: 0,
    apiUrl: `${github.url}${options.apiPath ?? ''}`,
    databaseUrl: null,
    dataFolder: null,
    policyRepository: '.github',
    slots: 4,
    ledgerDays: 365,
    healSeconds: 0,
    logLevel: options.logLevel ?? 'silent',
    ...options.settings,
  };
  const server = await listening(async () =>
    startServer(
      { ...settings, port: await freePort() },
      options.log ?? pino({ level: settings.logLevel }),
      () => new Date(github.clock.now()),
      options.around,
    ),
  );
  github.app.listen(`${server.url}/api/github/webhooks`);
  return {
    github,
    acme,
    policies,
    server,
    repository: (name, spec = {}) =>
      acme.repository(name, {
        collaborators: { dev: 'write', eve: 'write', olga: 'triage', otto: 'triage', sam: 'triage' },
        ...spec,
      }),
    settled: () => github.settled({ idle: server.idle }),
    stop: async () => {
      await server.stop();
      await github.close();
    },
  };
}

/** Between finding a free port and listening on it, somebody else may take it. */
async function listening(start: () => Promise<Running>): Promise<Running> {
  for (let tries = 1; ; tries += 1)
    try {
      return await start();
    } catch (error) {
      if (tries === 5 || !/something listens on/.test((error as Error).message)) throw error;
    }
}

/** A port nobody listens on: Probot takes 0 for its default port. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
