// The page that creates the App: what its form sends is app.yml for this server, as the forge takes it.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { main } from '../../src/cli.ts';

const FILE = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
};

async function run(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(['manifest', ...argv], {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    isTTY: { stdout: false, stderr: false },
    columns: 100,
    env: {},
    cwd: '/',
    now: () => new Date(0),
  });
  return { code, out, err };
}

function formOf(page: string): { readonly action: string; readonly manifest: Record<string, unknown> } {
  const plain = (name: string, pattern: RegExp): string => {
    const value = pattern.exec(page)?.[1];
    if (value === undefined) throw new Error(`the page has no ${name}`);
    return value
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
  };
  return {
    action: plain('form', /action="([^"]*)"/),
    manifest: JSON.parse(plain('manifest', /name="manifest" value="([^"]*)"/)) as Record<string, unknown>,
  };
}

describe('the page that creates the App', () => {
  test('sends the manifest, with the addresses of this server', async () => {
    const { code, out } = await run('acme', '--server', 'https://cts.acme.example/');
    expect(code).toBe(0);
    const { action, manifest } = formOf(out);
    expect(action).toBe('https://github.com/organizations/acme/settings/apps/new');
    expect(manifest).toMatchObject({
      ...FILE,
      url: 'https://cts.acme.example',
      redirect_url: 'https://cts.acme.example',
      hook_attributes: { url: 'https://cts.acme.example/api/github/webhooks', active: true },
    });
  });

  test('leaves merge queues out where there are none', async () => {
    const onServer = formOf(
      (await run('acme', '--server', 'https://x.example', '--github', 'https://github.acme.example')).out,
    );
    expect(onServer.action).toBe('https://github.acme.example/organizations/acme/settings/apps/new');
    const { merge_queues: _, ...permissions } = FILE.default_permissions;
    expect(onServer.manifest.default_permissions).toEqual(permissions);
    expect(onServer.manifest.default_events).toEqual(
      FILE.default_events.filter((name) => name !== 'merge_group'),
    );
    const inCloud = formOf(
      (await run('acme', '--server', 'https://x.example', '--github', 'https://acme.ghe.com')).out,
    );
    expect(inCloud.manifest.default_permissions).toEqual(FILE.default_permissions);
  });

  test.each([
    [['"><script>', '--server', 'https://x.example'], 'is no organisation'],
    [['acme', '--server', 'x.example'], '--server x.example is no web address'],
    [['acme', '--server', 'https://x.example', '--github', 'javascript:1'], '--github javascript:1'],
    [['acme'], "required option '--server <url>' not specified"],
  ])('%j is refused', async (argv, reason) => {
    const { code, out, err } = await run(...argv);
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(reason);
  });
});
