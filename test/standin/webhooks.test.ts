// Everything people do becomes a signed webhook in GitHub's shape, and can be lost, doubled, late or out of order.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import type { OrganizationStory, PullStory, RepositoryStory } from '../support/story.ts';
import { createCheckRun } from '../support/world/checks.ts';
import { addComment, deleteComment, editComment } from '../support/world/conversation.ts';
import { addLabels } from '../support/world/labels.ts';
import { createIssue } from '../support/world/pulls.ts';

type Received = {
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly payload: Record<string, unknown>;
};

let gh: StandIn;
let acme: OrganizationStory;
let api: RepositoryStory;
let pr: PullStory;
let receiver: Server;
let received: Received[];
let answer: number;

const names = (): readonly string[] => received.map(({ name }) => name);

beforeEach(async () => {
  received = [];
  answer = 200;
  receiver = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => {
      raw += chunk.toString();
    });
    request.on('end', () => {
      const payload = JSON.parse(raw) as Record<string, unknown>;
      const action = payload.action === undefined ? '' : `.${String(payload.action)}`;
      received.push({
        name: `${request.headers['x-github-event']}${action}`,
        headers: request.headers,
        raw,
        payload,
      });
      response.writeHead(answer).end('heard');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  gh = await startStandIn();
  acme = gh.organization('acme', { teams: { ospo: ['olga'] }, members: ['dev'], owners: ['root'] });
  api = acme.repository('api', { files: { Dockerfile: 'FROM debian:12\n' }, requiredChecks: ['gate'] });
  gh.app.listen(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/github/webhooks`);
  pr = api.openPullRequest({ author: 'dev', branch: 'x', files: { Dockerfile: 'FROM debian:13\n' } });
  await gh.settled({ quiet: 10 });
});

afterEach(async () => {
  await gh.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  expect(gh.schemaProblems).toEqual([]);
});

test('a delivery is signed over its raw body and carries GitHub’s headers', () => {
  const opened = received.find(({ name }) => name === 'pull_request.opened');
  const expected = createHmac('sha256', gh.app.webhookSecret)
    .update(opened?.raw ?? '')
    .digest('hex');
  expect(opened?.headers).toMatchObject({
    'x-hub-signature-256': `sha256=${expected}`,
    'content-type': 'application/json',
    'x-github-hook-installation-target-id': String(gh.app.id),
    'x-github-hook-installation-target-type': 'integration',
  });
  expect(opened?.headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
  expect(opened?.payload).toMatchObject({
    number: 1,
    installation: { id: acme.installation?.id },
    sender: { login: 'dev' },
    pull_request: { head: { sha: pr.head() }, changed_files: 1 },
  });
});

describe('what people do', () => {
  test('pushes: before, after, forced; a fork’s push is told by its pull request alone', async () => {
    received.length = 0;
    const first = pr.head();
    await pr.push({ 'a.txt': 'a\n' });
    const second = pr.head();
    await api.push('main', { 'b.txt': 'b\n' }, { as: 'root' });
    await pr.rebase();
    const pushes = received.filter(({ name }) => name === 'push').map(({ payload }) => payload);
    expect(pushes.map(({ ref, before, after, forced }) => [ref, before, after, forced])).toEqual([
      ['refs/heads/x', first, second, false],
      ['refs/heads/main', expect.any(String), api.head(), false],
      ['refs/heads/x', second, pr.head(), true],
    ]);
    const moves = received.filter(({ name }) => name === 'pull_request.synchronize');
    expect(moves.map(({ payload }) => [payload.before, payload.after])).toEqual([
      [first, second],
      [second, pr.head()],
    ]);
    expect(pr.mergeBase()).toBe(api.head());
    received.length = 0;
    const fork = api.fork('stranger');
    const foreign = api.openPullRequest({
      author: 'stranger',
      from: fork,
      branch: 'y',
      files: { 'c.txt': 'c\n' },
    });
    await foreign.push({ 'd.txt': 'd\n' });
    expect(names()).toEqual(['pull_request.opened', 'pull_request.synchronize']);
  });

  test('labels, reviews, drafts, retargets, closing and reopening', async () => {
    await api.push('release', { 'r.txt': 'r\n' }, { as: 'root' });
    received.length = 0;
    await pr.label('delivery: approved', { as: 'olga' });
    await pr.unlabel('delivery: approved', { as: 'olga' });
    await api.renameLabel('delivery: approved', 'ok', { as: 'root' });
    await api.deleteLabel('ok', { as: 'root' });
    const review = await pr.review('APPROVE', { as: 'olga' });
    await pr.dismiss(review, { as: 'root' });
    await pr.draft(true);
    await pr.draft(false);
    await pr.retarget('release');
    await pr.close();
    await pr.reopen();
    expect(names()).toEqual([
      'label.created',
      'pull_request.labeled',
      'pull_request.unlabeled',
      'label.edited',
      'label.deleted',
      'pull_request_review.submitted',
      'pull_request_review.dismissed',
      'pull_request.converted_to_draft',
      'pull_request.ready_for_review',
      'pull_request.edited',
      'pull_request.closed',
      'pull_request.reopened',
    ]);
    const labeled = received.find(({ name }) => name === 'pull_request.labeled')?.payload;
    expect(labeled).toMatchObject({
      label: { name: 'delivery: approved' },
      sender: { login: 'olga', id: gh.user('olga').id, type: 'User' },
      pull_request: { head: { sha: pr.head() } },
    });
    const edited = received.find(({ name }) => name === 'pull_request.edited')?.payload;
    expect(edited).toMatchObject({ changes: { base: { ref: { from: 'main' } } } });
  });

  test('teams, queues, merges', async () => {
    received.length = 0;
    await acme.addMember('ospo', 'otto', { as: 'root' });
    await acme.removeMember('ospo', 'olga', { as: 'root' });
    const group = await pr.enqueue({ as: 'dev' });
    await pr.leaveQueue(group, 'dequeued', { as: 'dev' });
    await expect(pr.merge({ as: 'dev' })).rejects.toThrow('Required status check "gate" is expected.');
    await pr.merge({ as: 'root', bypass: true });
    expect(names()).toEqual([
      'membership.added',
      'membership.removed',
      'pull_request.enqueued',
      'push',
      'check_suite.requested',
      'merge_group.checks_requested',
      'push',
      'merge_group.destroyed',
      'push',
      'check_suite.requested',
      'pull_request.closed',
    ]);
    expect(received.at(-1)?.payload).toMatchObject({
      pull_request: { merged: true, merged_by: { login: 'root' } },
    });
  });

  test('a workflow’s token acts as a bot, and the App’s own writes come back to it', async () => {
    received.length = 0;
    await pr.label('delivery: approved', { as: 'github-actions[bot]' });
    addLabels(gh.world, pr.pull.issue, ['delivery: waiting'], gh.world.app.bot, true);
    await gh.settled({ quiet: 10 });
    const senders = received
      .filter(({ name }) => name === 'pull_request.labeled')
      .map(({ payload }) => payload.sender);
    expect(senders).toMatchObject([
      { login: 'github-actions[bot]', type: 'Bot' },
      { login: 'clear-to-ship[bot]', type: 'Bot' },
    ]);
  });

  test('people outside can’t do what their role doesn’t allow', async () => {
    await expect(pr.label('delivery: approved', { as: 'stranger' })).rejects.toThrow('may not');
    expect(pr.labels()).toEqual([]);
  });
});

describe('delivery', () => {
  test('can be dropped, doubled, held and released in another order', async () => {
    received.length = 0;
    const fates = ['drop', 'duplicate', 'hold', 'hold'] as const;
    let count = 0;
    gh.webhooks.decide(({ event }) => (event === 'pull_request' ? (fates[count++] ?? 'deliver') : 'deliver'));
    await pr.retitle('one');
    await pr.retitle('two');
    await pr.retitle('three');
    await pr.retitle('four');
    const title = ({ payload }: Received): unknown => (payload.pull_request as { title: string }).title;
    expect(received.map(title)).toEqual(['two', 'two']);
    const guids = received.map(({ headers }) => headers['x-github-delivery']);
    expect(new Set(guids).size).toBe(1);
    gh.webhooks.decide(null);
    gh.webhooks.release((a, b) => b.id - a.id);
    await gh.settled({ quiet: 10 });
    expect(received.map(title)).toEqual(['two', 'two', 'four', 'three']);
  });

  test('a delayed one is overtaken', async () => {
    received.length = 0;
    gh.webhooks.decide(({ event }) => (event === 'push' ? { delay: 80 } : 'deliver'));
    await pr.push({ 'a.txt': 'a\n' });
    expect(names()).toEqual(['check_suite.requested', 'pull_request.synchronize']);
    await gh.settled({ quiet: 10 });
    expect(names()).toEqual(['check_suite.requested', 'pull_request.synchronize', 'push']);
  });

  test('a failed delivery is recorded and redelivered under its old id', async () => {
    received.length = 0;
    answer = 500;
    await pr.retitle('lost');
    const failed = gh.webhooks.list().at(-1);
    expect(failed).toMatchObject({ statusCode: 500, status: 'Internal Server Error', event: 'pull_request' });
    answer = 200;
    if (failed !== undefined) gh.webhooks.redeliver(failed);
    await gh.settled({ quiet: 10 });
    expect(gh.webhooks.list().at(-1)).toMatchObject({ statusCode: 200, status: 'OK', redelivery: true });
    expect(new Set(received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1);
    expect(received[1]?.raw).toBe(received[0]?.raw);
  });

  test('a forged one can be sent with any secret', async () => {
    received.length = 0;
    await gh.webhooks.deliver('pull_request', { action: 'labeled' }, { secret: 'development' });
    const expected = createHmac('sha256', 'development').update('{"action":"labeled"}').digest('hex');
    expect(received[0]?.headers['x-hub-signature-256']).toBe(`sha256=${expected}`);
  });
});

describe('other events', () => {
  const hear = (): void =>
    gh.app.listen(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/github/webhooks`);

  test('an installation, always', async () => {
    received.length = 0;
    const other = gh.organization('other', { owners: ['root'] });
    await gh.settled({ quiet: 10 });
    expect(received.map(({ name, payload }) => [name, payload.installation])).toEqual([
      ['installation.created', expect.objectContaining({ id: other.installation?.id })],
    ]);
  });

  test('checks asked for again, one by one, all, or by a button of their own', async () => {
    createCheckRun(gh.world, api.repository, pr.head(), 'gate', {
      conclusion: 'action_required',
      externalId: 'pull-request:1',
    });
    await gh.settled({ quiet: 10 });
    received.length = 0;
    await pr.rerun('gate', { as: 'dev' });
    await pr.rerunAll({ as: 'dev' });
    await pr.clickAction('gate', 'recheck', { as: 'dev' });
    expect(names()).toEqual([
      'check_run.rerequested',
      'check_suite.rerequested',
      'check_run.requested_action',
    ]);
    expect(received[0]?.payload).toMatchObject({
      check_run: {
        external_id: 'pull-request:1',
        conclusion: 'action_required',
        pull_requests: [{ number: 1 }],
      },
    });
    expect(received[2]?.payload).toMatchObject({ requested_action: { identifier: 'recheck' } });
  });

  test('a fork’s checks name no pull request and no branch', async () => {
    const foreign = api.openPullRequest({
      author: 'stranger',
      from: api.fork('stranger'),
      branch: 'y',
      files: { 'c.txt': 'c\n' },
    });
    await gh.settled({ quiet: 10 });
    received.length = 0;
    createCheckRun(gh.world, api.repository, foreign.head(), 'gate', { conclusion: 'success' });
    await gh.settled({ quiet: 10 });
    expect(names()).toEqual(['check_run.created', 'check_run.completed']);
    expect(received[0]?.payload).toMatchObject({
      check_run: { pull_requests: [], check_suite: { head_branch: null } },
    });
  });

  test('a push whose commit says so has no check suite', async () => {
    received.length = 0;
    await pr.push({ 'a.txt': 'a\n' }, { message: 'quiet\n\nskip-checks: true' });
    expect(names()).toEqual(['push', 'pull_request.synchronize']);
  });

  test('comments and issues, for an App that subscribes to them; nothing for one that doesn’t', async () => {
    received.length = 0;
    await pr.comment('hello', { as: 'dev' });
    expect(names()).toEqual([]);
    await gh.close();
    gh = await startStandIn({ events: ['issue_comment', 'issues'] });
    api = gh.organization('acme', { members: ['dev'] }).repository('api');
    hear();
    pr = api.openPullRequest({ author: 'dev', branch: 'x', files: { 'a.txt': 'a\n' } });
    const comment = addComment(gh.world, pr.pull.issue, 'one', gh.user('dev'));
    editComment(gh.world, pr.pull.issue, comment, 'two', gh.user('dev'));
    deleteComment(gh.world, pr.pull.issue, comment, gh.user('dev'));
    const issue = createIssue(gh.world, api.repository, {
      author: gh.user('dev'),
      title: 't',
      body: '',
      viaApp: false,
    });
    addLabels(gh.world, issue, ['bug'], gh.user('dev'));
    await gh.settled({ quiet: 10 });
    expect(names().filter((name) => name.startsWith('issue'))).toEqual([
      'issue_comment.created',
      'issue_comment.edited',
      'issue_comment.deleted',
      'issues.labeled',
    ]);
  });
});

test('the same story makes the same payloads, byte for byte', async () => {
  const tell = async (): Promise<string> => {
    received.length = 0;
    const other = await startStandIn();
    const repository = other
      .organization('acme', { teams: { ospo: ['olga'] }, members: ['dev'] })
      .repository('api');
    other.app.listen(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
    const pull = repository.openPullRequest({ author: 'dev', branch: 'x', files: { 'a.txt': 'a\n' } });
    await pull.label('delivery: approved', { as: 'olga' });
    await pull.rebase();
    await other.close();
    const guids = received.map(({ headers }) => headers['x-github-delivery']);
    return [...guids, ...received.map(({ raw }) => raw.replaceAll(new URL(other.url).host, 'HOST'))].join(
      '\n',
    );
  };
  expect(await tell()).toBe(await tell());
});
