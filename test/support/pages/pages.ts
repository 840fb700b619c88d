// Addresses of the pages → HTML, pictures and scripts; forms → what people do.
import { readFileSync } from 'node:fs';
import { pullStory } from '../pull-story.ts';
import { GitHubProblem } from '../rest/problem.ts';
import { accountById } from '../world/accounts.ts';
import { latestRuns } from '../world/branches.ts';
import type { PullRequest, Repository, World } from '../world/state.ts';
import { avatarSvg, escapeHtml, icon, labelChip, lightOf, time } from './html.ts';
import { pullBody, type Scene } from './pull-page.ts';
import { SCRIPT, STYLE } from './style.ts';

export type PageAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

export type PageParts = {
  readonly world: World;
  /** Prepared acts of a pull request; by its number and repository. */
  readonly scenesOf: (pull: PullRequest) => readonly Scene[];
  /** Whether webhooks or requests are under way. */
  readonly busy: () => boolean;
};

const stateOf = (world: World): string => `${world.version}.${world.clock.now()}`;

const frame = (world: World, title: string, crumbs: string, body: string): PageAnswer => ({
  status: 200,
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body data-state="${stateOf(world)}"><div class="top"><span class="mark"></span>${crumbs}<span class="note">Stand-in GitHub: everything here runs on this machine</span></div>
<div class="page">${body}</div><div class="busy">Waiting for the app …</div>${body.includes('class="mermaid"') ? '<script src="/ui/mermaid.js"></script>' : ''}<script>${SCRIPT}</script></body></html>`,
});

const listPage = (world: World): PageAnswer => {
  const groups = [...world.repositories.values()]
    .filter(({ pulls }) => pulls.size > 0)
    .map((repository) => {
      const rows = [...repository.pulls.values()].map((pull) => {
        const lights = latestRuns(repository, pull.head.sha).map(
          (run) => `<span title="${escapeHtml(run.name)}">${icon(lightOf(run), 18)}</span>`,
        );
        const href = `/${repository.owner.login}/${repository.name}/pull/${pull.number}`;
        return `<li><div><a class="t" href="${escapeHtml(href)}">${escapeHtml(pull.issue.title)}</a> ${pull.issue.labels.map(labelChip).join(' ')}<small>#${pull.number} opened ${time(pull.issue.createdAt)} by ${escapeHtml(pull.issue.author.login)}</small></div><span class="lights">${lights.join('')}</span></li>`;
      });
      return `<h2>${escapeHtml(repository.owner.login)}/${escapeHtml(repository.name)}</h2><div class="box"><ul class="pulls">${rows.join('')}</ul></div>`;
    });
  return frame(
    world,
    'Pull requests',
    '<strong>Pull requests</strong>',
    `<h1>Pull requests</h1>${groups.join('')}`,
  );
};

let mermaid: Buffer | null = null;
const mermaidScript = (): Buffer => {
  mermaid ??= readFileSync(new URL('../../../node_modules/mermaid/dist/mermaid.min.js', import.meta.url));
  return mermaid;
};

const act = async (parts: PageParts, pull: PullRequest, given: URLSearchParams): Promise<void> => {
  // The page reloads by itself once the app has reacted: nothing to wait for here.
  const story = pullStory(parts.world, async () => undefined, pull);
  const [as, name, check] = [given.get('as') ?? '', given.get('name') ?? '', given.get('check') ?? ''];
  const what = given.get('do');
  if (what === 'scene') await parts.scenesOf(pull)[Number(given.get('index'))]?.play();
  else if (as === '') throw new GitHubProblem(422, 'Choose who acts first.');
  else if (what === 'label') await story.label(name, { as });
  else if (what === 'unlabel') await story.unlabel(name, { as });
  else if (what === 'merge') await story.merge({ as });
  else if (what === 'rerun') await story.rerun(check, { as });
  else if (what === 'action') await story.clickAction(check, given.get('identifier') ?? '', { as });
  else throw new GitHubProblem(404, 'Not Found');
};

const pullAt = (world: World, path: string): readonly [Repository, PullRequest] | null => {
  const [, owner, name, number] = /^\/([^/]+)\/([^/]+)\/pull\/(\d+)$/.exec(path) ?? [];
  const repository = world.repositories.get(`${owner}/${name}`.toLowerCase());
  const pull = repository?.pulls.get(Number(number));
  return repository === undefined || pull === undefined ? null : [repository, pull];
};

const refusal = (parts: PageParts, back: string, error: GitHubProblem): PageAnswer => ({
  ...frame(
    parts.world,
    'Not possible',
    '',
    `<h1>That is not possible</h1><p>${escapeHtml(error.message)}</p><p><a href="${escapeHtml(back)}">Back to the pull request</a></p>`,
  ),
  status: error.status,
});

/** The page for an address, or null when there is none. */
export const servePage = async (
  parts: PageParts,
  method: string,
  url: URL,
  body: string,
): Promise<PageAnswer | null> => {
  const { world } = parts;
  const path = decodeURIComponent(url.pathname);
  if (method === 'POST' && path.startsWith('/ui/')) {
    const target = path.slice('/ui'.length);
    const found = pullAt(world, target);
    if (found === null) return null;
    try {
      await act(parts, found[1], new URLSearchParams(body));
    } catch (error) {
      if (error instanceof GitHubProblem) return refusal(parts, target, error);
      throw error;
    }
    return { status: 303, headers: { location: target }, body: '' };
  }
  if (method !== 'GET') return null;
  if (path === '/') return listPage(world);
  if (path === '/ui/state')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: stateOf(world), busy: parts.busy() }),
    };
  if (path === '/ui/mermaid.js')
    return {
      status: 200,
      headers: { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' },
      body: mermaidScript(),
    };
  const account = accountById(world, Number(/^\/avatars\/(\d+)\.svg$/.exec(path)?.[1] ?? Number.NaN));
  if (account !== undefined)
    return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: avatarSvg(account) };
  const found = pullAt(world, path);
  if (found === null) return null;
  const [repository, pull] = found;
  const crumbs = `<a href="/">Pull requests</a> / <span>${escapeHtml(repository.owner.login)}</span> / <strong>${escapeHtml(repository.name)}</strong>`;
  return frame(
    world,
    `${pull.issue.title} #${pull.number}`,
    crumbs,
    pullBody(world, pull, parts.scenesOf(pull)),
  );
};
