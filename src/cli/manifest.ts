// `clear-to-ship manifest`: app.yml and where our server is → a page whose button asks GitHub to create the App.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { problem } from '../workspace/problem.ts';
import type { Effects } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import { tellProblem } from './output.ts';

export type ManifestOptions = {
  /** Address under which GitHub reaches the server. */
  readonly server: string;
  /** Address of the forge's web pages. */
  readonly github: string;
};

type Manifest = {
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
} & Readonly<Record<string, unknown>>;

/** What GitHub Enterprise Server refuses, because it has no merge queues. */
const NOT_ON_SERVER = { permission: 'merge_queues', event: 'merge_group' };

export function manifest(organization: string, options: ManifestOptions, effects: Effects): number {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(organization))
    return tellProblem(
      problem(`${organization} is no organisation.`, 'Give its name as it stands in addresses.'),
      effects,
    );
  for (const name of ['server', 'github'] as const)
    if (!URL.canParse(options[name]) || !/^https?:$/.test(new URL(options[name]).protocol))
      return tellProblem(
        problem(
          `--${name} ${options[name]} is no web address.`,
          'Give one like https://clear-to-ship.example.com.',
        ),
        effects,
      );
  const file = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as Manifest;
  effects.stdout(page(organization, manifestFor(file, options), options));
  return EXIT.clear;
}

function manifestFor(file: Manifest, { server, github }: ManifestOptions): unknown {
  const { hostname } = new URL(github);
  const hasQueues = hostname === 'github.com' || hostname.endsWith('.ghe.com');
  const base = server.replace(/\/+$/, '');
  return {
    ...file,
    url: base,
    // GitHub comes back here with the code; nothing has to answer yet, the code stands in the address.
    redirect_url: base,
    hook_attributes: { url: `${base}/api/github/webhooks`, active: true },
    default_permissions: Object.fromEntries(
      Object.entries(file.default_permissions).filter(
        ([name]) => hasQueues || name !== NOT_ON_SERVER.permission,
      ),
    ),
    default_events: file.default_events.filter((name) => hasQueues || name !== NOT_ON_SERVER.event),
  };
}

function page(organization: string, content: unknown, { github }: ManifestOptions): string {
  const base = github.replace(/\/+$/, '');
  return `<!doctype html>
<meta charset="utf-8">
<title>Create Clear to Ship</title>
<form method="post" action="${attribute(`${base}/organizations/${organization}/settings/apps/new`)}">
<input type="hidden" name="manifest" value="${attribute(JSON.stringify(content))}">
<button>Create the GitHub App of ${organization}</button>
</form>
`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
