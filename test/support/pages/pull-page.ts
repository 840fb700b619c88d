// A pull request → its page: conversation, checks, files, and what each person can do.
import { accountById, membershipIn, organizationOf, roleOf, roleReaches } from '../world/accounts.ts';
import { changesOf, commitsOf, countingRun, latestRuns, mergeability, satisfies } from '../world/branches.ts';
import type { Account, CheckRun, PullRequest, World } from '../world/state.ts';
import { annotationBox, filesSection } from './diff-view.ts';
import { avatar, escapeHtml, icon, labelChip, lightOf, person, time } from './html.ts';
import { renderMarkdown } from './markdown.ts';

/** Something prepared that a demo offers as a button, e.g. "push a new base image". */
export type Scene = { readonly name: string; readonly play: () => Promise<void> };

const form = (
  action: string,
  fields: Readonly<Record<string, string>>,
  button: string,
  personal = true,
): string =>
  `<form method="post" action="${escapeHtml(action)}"${personal ? ' data-as' : ''}>${personal ? '<input type="hidden" name="as">' : ''}${Object.entries(
    fields,
  )
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join('')}${button}</form>`;

const CONCLUSIONS: Readonly<Record<string, string>> = {
  success: 'Successful',
  failure: 'Failing',
  action_required: 'Action required',
  neutral: 'Neutral',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
  timed_out: 'Timed out',
};

const checkBox = (pull: PullRequest, run: CheckRun): string => {
  const light = lightOf(run);
  const state = run.status === 'completed' ? CONCLUSIONS[run.conclusion ?? ''] : run.status.replace('_', ' ');
  const notes = run.annotations.map((annotation) => {
    const where = `${annotation.path}:${annotation.startLine}`;
    return `<li class="${annotation.level}"><span class="mono">${escapeHtml(where)}</span> · <strong>${escapeHtml(annotation.title ?? '')}</strong><div style="white-space:pre-wrap">${escapeHtml(annotation.message)}</div></li>`;
  });
  const act = (fields: Readonly<Record<string, string>>, text: string): string =>
    form(actionUrl(pull), { check: run.name, ...fields }, `<button>${escapeHtml(text)}</button>`);
  const buttons = [
    ...run.actions.map((action) => act({ do: 'action', identifier: action.identifier }, action.label)),
    act({ do: 'rerun' }, 'Re-run'),
  ];
  return `<details class="check" id="check-${run.name.replace(/\W+/g, '-')}"${light === 'success' ? '' : ' open'}><summary>${icon(light)}<span class="name">${escapeHtml(run.name)}</span><span class="what">${escapeHtml(run.title ?? '')}</span><span class="tag">${state} · ${run.annotations.length} annotation${run.annotations.length === 1 ? '' : 's'}</span></summary>
<div class="inside"><div class="md">${renderMarkdown(run.summary ?? '')}</div>${run.text === null ? '' : `<div class="md" style="margin-top:12px">${renderMarkdown(run.text)}</div>`}
${notes.length === 0 ? '' : `<ul class="annotation-list">${notes.join('')}</ul>`}<div style="display:flex;gap:8px;margin-top:12px">${buttons.join('')}</div></div></details>`;
};

const actionUrl = ({ repository, number }: PullRequest): string =>
  `/ui/${repository.owner.login}/${repository.name}/pull/${number}`;

type Item = { readonly at: number; readonly html: string };

const talkBox = (author: Account, at: number, what: string, body: string): string =>
  `<div class="box${author.type === 'Bot' ? ' ours' : ''}"><header>${avatar(author)} <span>${person(author)} ${what} ${time(at)}</span></header>${body === '' ? '' : `<div class="body md">${renderMarkdown(body)}</div>`}</div>`;

const REVIEWS = {
  APPROVED: 'approved these changes',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'reviewed (dismissed)',
  PENDING: 'is reviewing',
} as const;

const timeline = (world: World, pull: PullRequest): string => {
  const { issue } = pull;
  const event = (account: Account, at: number, html: string): Item => ({
    at,
    html: `<div class="event">${avatar(account)} <span>${person(account)} ${html} · ${time(at)}</span></div>`,
  });
  const items: Item[] = [
    ...issue.comments.map(({ author, createdAt, body }) => ({
      at: createdAt,
      html: talkBox(author, createdAt, 'commented', body),
    })),
    ...issue.labelEvents.map((each) =>
      event(
        each.actor,
        each.createdAt,
        `${each.kind === 'labeled' ? 'added' : 'removed'} ${labelChip(each.label)}`,
      ),
    ),
    ...pull.reviews.map(({ author, submittedAt, body, state }) => ({
      at: submittedAt,
      html: talkBox(author, submittedAt, REVIEWS[state], body),
    })),
    ...commitsOf(pull).map((commit) => {
      const account = [...world.accounts.values()].find(({ email }) => email === commit.author.email);
      const line = `<span class="mono">${commit.oid.slice(0, 7)}</span> ${escapeHtml(commit.message.split('\n')[0] ?? '')}`;
      return account === undefined
        ? { at: commit.committer.time, html: `<div class="event">${line}</div>` }
        : event(account, commit.committer.time, `committed ${line}`);
    }),
  ];
  return items
    .sort((a, b) => a.at - b.at)
    .map(({ html }) => html)
    .join('');
};

const mergeBox = (pull: PullRequest, runs: readonly CheckRun[]): string => {
  if (pull.merged !== null)
    return `<div class="box merge"><div class="row"><div><span class="big">Merged</span><small>by ${escapeHtml(pull.merged.by.login)}</small></div></div></div>`;
  const { state, waitingFor } = mergeability(pull);
  const required = pull.repository.requiredChecks;
  const counting = required.map((check) => countingRun(check, runs));
  const missing = required.filter((_, index) => counting[index] === undefined).map(({ name }) => name);
  const row = (name: string, run: CheckRun | undefined): string =>
    `<div class="row">${icon(lightOf(run))}<div><strong>${escapeHtml(name)}</strong><small>${escapeHtml(run?.title ?? 'Waiting for a result')}</small></div>${run === undefined || counting.includes(run) ? '<span class="bot" style="margin-left:auto">Required</span>' : ''}</div>`;
  const rows = [...runs.map((run) => row(run.name, run)), ...missing.map((name) => row(name, undefined))];
  const open = state === 'clean';
  const texts = {
    clean: ['Ready to merge', 'No check stands in the way.'],
    blocked: ['Merging is blocked', `Required: ${waitingFor.join(', ')}.`],
    dirty: ['This branch has conflicts', 'They must be resolved before merging.'],
    draft: ['This pull request is still a draft', 'It can be merged once it is ready for review.'],
    unknown: ['Closed', 'This pull request is closed.'],
  } as const;
  const [big, passed] = texts[state];
  const unmet = open && runs.some((run) => !satisfies(run));
  const small = unmet ? 'Some checks have not passed, but this branch requires none of them.' : passed;
  const button = form(
    actionUrl(pull),
    { do: 'merge' },
    `<button class="primary"${open ? '' : ' disabled'}>Merge pull request</button>`,
  );
  return `<div class="box merge ${open ? 'go' : 'stop'}">${rows.join('')}<div class="row">${icon(open ? 'success' : 'waiting', 24)}<div><span class="big">${big}</span><small>${escapeHtml(small)}</small></div><span style="margin-left:auto">${button}</span></div></div>`;
};

// Everybody who can see the repository and is no machine; what they are is said beside the name.
const peopleOf = (
  world: World,
  pull: PullRequest,
): readonly { readonly account: Account; readonly note: string }[] => {
  const organization = organizationOf(world, pull.repository.owner.login);
  const ids = new Set([
    pull.issue.author.id,
    ...(organization?.members ?? []),
    ...pull.repository.collaborators.keys(),
  ]);
  return [...ids]
    .sort((a, b) => a - b)
    .flatMap((id) => {
      const account = accountById(world, id);
      if (account?.type !== 'User') return [];
      const teams = [...(organization?.teams.values() ?? [])].filter(
        (team) => membershipIn(team, account)?.state === 'active',
      );
      const notes = [
        ...(id === pull.issue.author.id ? ['author'] : []),
        ...teams.map(({ slug }) => slug),
        ...(organization?.owners.has(id) ? ['owner'] : []),
      ];
      return { account, note: notes.join(', ') || roleOf(world, pull.repository, account) };
    });
};

const sidebar = (world: World, pull: PullRequest, scenes: readonly Scene[]): string => {
  const people = peopleOf(world, pull);
  const may = people.filter(({ account }) => roleReaches(roleOf(world, pull.repository, account), 'triage'));
  // A reader most likely wants to see somebody of a team decide.
  const chosen =
    may.find(({ account, note }) => account.id !== pull.issue.author.id && note !== 'write') ?? may[0];
  const radios = people.map(
    ({ account, note }) =>
      `<label class="who"><input type="radio" name="who" value="${escapeHtml(account.login)}"${account === chosen?.account ? ' checked' : ''}>${avatar(account)} <span>${escapeHtml(account.login)}</span><small>${escapeHtml(note)}</small></label>`,
  );
  const labels = [...pull.repository.labels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const buttons = labels.map((label) => {
    const held = pull.issue.labels.includes(label);
    return form(
      actionUrl(pull),
      { do: held ? 'unlabel' : 'label', name: label.name },
      `<button class="act"><span class="verb">${held ? 'Remove' : 'Add'}</span>${labelChip(label)}</button>`,
    );
  });
  const held = pull.issue.labels.map(labelChip).join(' ');
  const reviewers = [
    ...pull.requestedTeams.map(
      ({ slug }) => `<div>${escapeHtml(`${pull.repository.owner.login}/${slug}`)}</div>`,
    ),
    ...pull.requestedReviewers.map((account) => `<div>${avatar(account)} ${escapeHtml(account.login)}</div>`),
    ...pull.reviews
      .filter(({ author }) => author.type === 'User')
      .map(
        ({ author, state }) =>
          `<div>${avatar(author)} ${escapeHtml(author.login)} ${state === 'APPROVED' ? icon('success') : ''}</div>`,
      ),
  ];
  const anotherLabel = `<form method="post" action="${escapeHtml(actionUrl(pull))}" data-as class="act"><input type="hidden" name="as"><input type="hidden" name="do" value="label"><input name="name" placeholder="Another label" required><button>Add</button></form>`;
  const sceneButtons = scenes.map((scene, index) =>
    form(
      actionUrl(pull),
      { do: 'scene', index: String(index) },
      `<button class="act">${escapeHtml(scene.name)}</button>`,
      false,
    ),
  );
  return `<aside class="side"><section><h3>Labels</h3>${held || '<span style="color:var(--soft)">None yet</span>'}</section>
<section><h3>Reviewers</h3>${reviewers.join('') || '<span style="color:var(--soft)">No reviews</span>'}</section>
<section><h3>Act as</h3>${radios.join('')}</section><section><h3>Labels to add or remove</h3>${buttons.join('')}${anotherLabel}</section>
${sceneButtons.length === 0 ? '' : `<section><h3>What happens next</h3>${sceneButtons.join('')}</section>`}</aside>`;
};

const stateBadge = (pull: PullRequest): string => {
  const state = pull.merged
    ? 'merged'
    : pull.issue.state === 'closed'
      ? 'closed'
      : pull.draft
        ? 'draft'
        : 'open';
  return `<span class="state ${state}">${state.charAt(0).toUpperCase()}${state.slice(1)}</span>`;
};

/** The page's inside; the frame around it is the same for all pages. */
export const pullBody = (world: World, pull: PullRequest, scenes: readonly Scene[]): string => {
  const { issue } = pull;
  const runs = latestRuns(pull.repository, pull.head.sha);
  const commits = commitsOf(pull).length;
  const from =
    pull.head.repository === pull.repository
      ? pull.head.ref
      : `${pull.head.repository.owner.login}:${pull.head.ref}`;
  const files = changesOf(pull).length;
  const outside = runs.flatMap((run) =>
    run.annotations
      .filter(({ path }) => !changesOf(pull).some((file) => file.path === path))
      .map((annotation) => annotationBox({ run, annotation })),
  );
  return `<h1>${escapeHtml(issue.title)} <span class="number">#${pull.number}</span></h1>
<div class="byline">${stateBadge(pull)}<span><strong>${escapeHtml(issue.author.login)}</strong> wants to merge ${commits} commit${commits === 1 ? '' : 's'} into <span class="ref">${escapeHtml(pull.base.ref)}</span> from <span class="ref">${escapeHtml(from)}</span></span></div>
<nav class="tabs"><a href="#conversation">Conversation<span class="count">${issue.comments.length + pull.reviews.length}</span></a><a href="#checks">Checks<span class="count">${runs.length}</span></a><a href="#files">Files changed<span class="count">${files}</span></a></nav>
<div class="columns"><main><div id="conversation">${talkBox(issue.author, issue.createdAt, 'opened this', issue.body || '_No description provided._')}${timeline(world, pull)}</div>
${mergeBox(pull, runs)}
<h2 id="checks">Checks</h2><div class="box">${runs.map((run) => checkBox(pull, run)).join('') || '<div class="body">No check has reported yet.</div>'}</div>
<h2 id="files">Files changed</h2>${filesSection(pull)}${outside.length === 0 ? '' : `<h2>Annotations on unchanged files</h2>${outside.join('')}`}</main>${sidebar(world, pull, scenes)}</div>`;
};
