// The page shows what the state holds, escaped, and its buttons do what people do.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { renderMarkdown } from '../support/pages/markdown.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { PullStory } from '../support/story.ts';
import { createCheckRun } from '../support/world/checks.ts';

let gh: StandIn;
let pr: PullStory;

beforeEach(async () => {
  gh = await startStandIn();
  const acme = gh.organization('acme', { teams: { ospo: ['olga'] }, members: ['dev'] });
  const api = acme.repository('api', {
    files: { Dockerfile: 'FROM debian:12\n' },
    labels: ['delivery: approved'],
    requiredChecks: ['gate'],
    collaborators: { guest: 'read' },
  });
  pr = api.openPullRequest({
    author: 'dev',
    branch: 'x',
    title: 'Ship <b>it</b>',
    files: { Dockerfile: 'FROM debian:13\nRUN <x>\n' },
  });
});

afterEach(async () => {
  await gh.close();
  expect(gh.schemaProblems).toEqual([]);
});

const read = async (path = '/acme/api/pull/1'): Promise<string> => (await fetch(`${gh.url}${path}`)).text();

const click = (fields: Record<string, string>): Promise<Response> =>
  fetch(`${gh.url}/ui/acme/api/pull/1`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
  });

const report = (conclusion: 'success' | 'action_required'): void => {
  createCheckRun(gh.world, pr.pull.repository, pr.head(), 'gate', {
    conclusion,
    output: {
      title: `it is ${conclusion}`,
      summary: 'see **here**',
      annotations: [
        {
          path: 'Dockerfile',
          startLine: 2,
          endLine: 2,
          startColumn: null,
          endColumn: null,
          level: 'failure',
          title: 'rule',
          message: 'line & two',
          rawDetails: null,
        },
      ],
    },
  });
};

test('shows the checks, the annotation under its line, and everything escaped', async () => {
  report('action_required');
  const html = await read();
  expect(html).toContain('Ship &lt;b&gt;it&lt;/b&gt;');
  expect(html).toContain('see <strong>here</strong>');
  expect(html).toContain('Merging is blocked');
  const table = html.slice(html.indexOf('<table class="diff">'));
  expect(table).toMatch(/RUN &lt;x&gt;<\/td><\/tr><tr class="talk">.*?line &amp; two/s);
  expect(html).not.toMatch(/(src|href)="https?:\/\/(?!127\.0\.0\.1)/);
});

test('a green required check opens the gate', async () => {
  report('success');
  expect(await read()).toContain('Ready to merge');
  expect((await click({ do: 'merge', as: 'dev' })).status).toBe(303);
  expect(await read()).toContain('<span class="state merged">');
});

test('buttons act under the chosen name, and refuse what it may not', async () => {
  expect((await click({ do: 'label', name: 'delivery: approved', as: 'olga' })).headers.get('location')).toBe(
    '/acme/api/pull/1',
  );
  expect(pr.labels()).toEqual(['delivery: approved']);
  expect(pr.pull.issue.labelEvents.map(({ actor }) => actor.login)).toEqual(['olga']);
  await click({ do: 'unlabel', name: 'delivery: approved', as: 'dev' });
  expect(pr.labels()).toEqual([]);
  const refused = await click({ do: 'label', name: 'delivery: approved', as: 'guest' });
  expect([refused.status, await refused.text()]).toEqual([
    403,
    expect.stringContaining('guest may not do that'),
  ]);
  expect((await click({ do: 'merge', as: 'dev' })).status).toBe(405);
  expect((await click({ do: 'label', name: 'delivery: approved' })).status).toBe(422);
});

test('scenes are buttons; the state moves with every change', async () => {
  gh.scene(pr, 'Push a new base image', () => pr.push({ Dockerfile: 'FROM alpine\n' }));
  expect(await read()).toContain('Push a new base image');
  const before = [await read('/ui/state'), pr.head()];
  await click({ do: 'scene', index: '0' });
  expect(await read('/ui/state')).not.toBe(before[0]);
  expect(pr.head()).not.toBe(before[1]);
});

test('the list, the pictures and the script are served', async () => {
  expect(await read('/')).toContain('href="/acme/api/pull/1"');
  expect(await read(`/avatars/${gh.user('olga').id}.svg`)).toContain('<svg');
  expect((await read('/ui/mermaid.js')).length).toBeGreaterThan(1_000_000);
});

describe('Markdown', () => {
  test.each([
    ['no raw HTML', '<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>\n'],
    ['comments are invisible', '<!-- mark: x -->\ntext <!-- two --> end', '<p>text  end</p>\n'],
    ['comments over several lines', '<!-- a\n\nb -->\n\ntext', '<p>text</p>\n'],
    ['a comment that never ends is text', '<!-- a', '<p>&lt;!-- a</p>\n'],
    ['no scripted links', '[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>\n'],
    ['Mermaid for the browser', '```mermaid\na --> b\n```', '<pre class="mermaid">a --&gt; b\n</pre>'],
    ['code', '```sh\na < b\n```', '<pre class="code"><code data-language="sh">a &lt; b\n</code></pre>'],
    [
      'tasks',
      '- [x] done',
      '<ul>\n<li class="task"><input type="checkbox" checked disabled> done</li>\n</ul>\n',
    ],
  ])('%s', (_, text, html) => {
    expect(renderMarkdown(text).replace(/^\n+/, '')).toBe(html);
  });

  test('a suggestion shows as lines that would be added', () => {
    expect(renderMarkdown('```suggestion\nFROM a\nRUN b\n```')).toContain(
      '<span class="add">FROM a</span><span class="add">RUN b</span>',
    );
  });
});
