// `npm run demo`: the app on embedded defaults against a stand-in GitHub, sample pull requests, real signed webhooks.
import { COMPLIANCE, DELIVERY, type Gate, startGate } from '../app/harness.ts';
import { type Generations, putGenerations } from '../registry/support/generations.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import type { PullStory } from '../support/story.ts';
import {
  ANOTHER_PUSH,
  ARCHIVE,
  COPIED,
  DOCUMENTATION,
  ELSEWHERE,
  IMAGES,
  IMAGES_NOTE,
  NEW_BASE,
  PRODUCT,
  PUBLIC_PUSH,
  policyAsking,
  SQUASH,
  THIRD_PUSH,
  UNVERIFIED,
  workerOn,
} from './scenes.ts';

type Expected = { readonly compliance: string; readonly delivery: string };

const once = process.argv.includes('--once');
const surprises: string[] = [];

function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the two checks and remembers when they are not what the story says. */
async function shows(gate: Gate, pull: PullStory, what: string, expected: Expected): Promise<void> {
  await gate.settled();
  say(`  ${what}`);
  for (const [name, conclusion] of [
    [COMPLIANCE, expected.compliance],
    [DELIVERY, expected.delivery],
  ] as const) {
    const run = pull.check(name);
    const got = run?.conclusion ?? 'missing';
    say(
      `    ${got === 'success' ? '✓' : got === 'action_required' ? '●' : '✗'} ${name}: ${got} — ${run?.title ?? ''}`,
    );
    if (got !== conclusion) surprises.push(`#${pull.number} ${what}: ${name} is ${got}, not ${conclusion}`);
  }
  for (const annotation of pull.checks().flatMap((run) => run.annotations))
    say(`      ${annotation.path}:${annotation.startLine} ${annotation.title}`);
}

function expect(what: string, holds: boolean): void {
  say(`    ${holds ? '✓' : '✗'} ${what}`);
  if (!holds) surprises.push(what);
}

async function story(gate: Gate): Promise<void> {
  const api = gate.repository('api', {
    files: PRODUCT,
    visibility: 'private',
    requiredChecks: [COMPLIANCE, DELIVERY],
    labels: ['delivery: waiting', 'delivery: approved', 'delivery: rejected'],
  });

  const documentation = api.openPullRequest({
    author: 'dev',
    branch: 'readme',
    title: 'Say which port it is',
    files: DOCUMENTATION,
  });
  say(`\n#${documentation.number} ${documentation.pull.issue.title}`);
  await shows(gate, documentation, 'opened: nothing in it concerns containers', {
    compliance: 'success',
    delivery: 'success',
  });

  const unverified = api.openPullRequest({
    author: 'dev',
    branch: 'tools',
    title: 'Add a tools image',
    files: UNVERIFIED,
  });
  say(`\n#${unverified.number} ${unverified.pull.issue.title}`);
  await shows(gate, unverified, 'opened: it downloads without verifying', {
    compliance: 'failure',
    delivery: 'success',
  });

  const push = api.openPullRequest({
    author: 'dev',
    branch: 'release',
    title: 'Publish the image on release',
    files: PUBLIC_PUSH,
  });
  say(`\n#${push.number} ${push.pull.issue.title}`);
  await shows(gate, push, 'opened: it starts a delivery to a public registry', {
    compliance: 'success',
    delivery: 'action_required',
  });
  expect('the approval packet is there', push.comments().length === 1);
  await push.label('delivery: approved', { as: 'olga' });
  await shows(gate, push, 'olga of the OSPO sets "delivery: approved"', {
    compliance: 'success',
    delivery: 'success',
  });
  await api.push('main', ELSEWHERE, { as: 'eve', message: 'Start the changelog' });
  await push.rebase({ as: 'dev' });
  await shows(gate, push, 'rebased: the same delivery, so the approval stays', {
    compliance: 'success',
    delivery: 'success',
  });
  await push.push(NEW_BASE, { as: 'dev', message: 'Build on Alpine' });
  await shows(gate, push, 'a new base image: not what was approved', {
    compliance: 'success',
    delivery: 'action_required',
  });
  expect('the label is gone', !push.labels().includes('delivery: approved'));

  const outsider = api.openPullRequest({
    author: 'dev',
    branch: 'preview',
    title: 'Publish previews',
    files: ANOTHER_PUSH,
  });
  say(`\n#${outsider.number} ${outsider.pull.issue.title}`);
  await gate.settled();
  await outsider.label('delivery: approved', { as: 'sam' });
  await shows(gate, outsider, 'sam, who is not in the OSPO, sets "delivery: approved"', {
    compliance: 'success',
    delivery: 'action_required',
  });
  expect('the label is taken off again', !outsider.labels().includes('delivery: approved'));
  expect(
    'a comment says why',
    outsider.comments().some(({ body }) => body.includes('sam')),
  );

  const archive = api.openPullRequest({
    author: 'dev',
    branch: 'offline',
    title: 'Attach the image to releases',
    files: ARCHIVE,
  });
  say(`\n#${archive.number} ${archive.pull.issue.title}`);
  await shows(gate, archive, 'opened: a whole image would leave as a file, which is dissuaded', {
    compliance: 'success',
    delivery: 'action_required',
  });
  expect(
    'the packet says what goes along',
    archive.comments().some(({ body }) => body.includes('acme-api.tar.gz')),
  );

  const squash = api.openPullRequest({
    author: 'dev',
    branch: 'small',
    title: 'Make the image smaller',
    files: SQUASH,
  });
  say(`\n#${squash.number} ${squash.pull.issue.title}`);
  await shows(gate, squash, 'opened: it merges the layers of others with ours', {
    compliance: 'failure',
    delivery: 'success',
  });

  const images = gate.repository('images', { files: IMAGES, visibility: 'private' });
  images.openPullRequest({ author: 'eve', branch: 'note', title: 'Say how often', files: IMAGES_NOTE });
  await gate.settled();
  const copied = api.openPullRequest({
    author: 'dev',
    branch: 'packages',
    title: 'Mirror our packages',
    files: COPIED,
  });
  say(`\n#${copied.number} ${copied.pull.issue.title}`);
  await shows(gate, copied, 'opened: its Dockerfile stands in another repository already', {
    compliance: 'success',
    delivery: 'success',
  });
  const named = copied.reviewComments().find(({ body }) => body.includes('acme/images'));
  say(`      ${named?.body.split('\n')[0] ?? 'nobody named the original'}`);
  expect(
    'the original is named with its licence',
    named?.body.includes('the same as') === true && named.body.includes('MIT'),
  );
  expect(
    'the header is suggested',
    named?.body.includes(`# Origin: `) === true && named.body.includes('# SPDX-License-Identifier: MIT'),
  );

  const waiting = api.openPullRequest({
    author: 'dev',
    branch: 'nightly',
    title: 'Publish nightly images',
    files: THIRD_PUSH,
  });
  say(`\n#${waiting.number} ${waiting.pull.issue.title}`);
  await shows(gate, waiting, 'opened: waiting for you', {
    compliance: 'success',
    delivery: 'action_required',
  });
  say(`\nOpen ${waiting.url} and approve it as olga, or as somebody who may not.`);
}

/** A new base whose lineage a registry on loopback tells, and of which somebody inside published a vetted copy. */
async function bump(gate: Gate, { host }: Registry, { copy }: Generations): Promise<void> {
  const worker = gate.repository('worker', {
    files: workerOn(`${host}/base/runtime:3`),
    visibility: 'private',
  });
  const pull = worker.openPullRequest({
    author: 'dev',
    branch: 'runtime-4',
    title: 'Move to runtime 4',
    files: { Dockerfile: workerOn(`${host}/base/runtime:4`).Dockerfile },
  });
  say(`\n#${pull.number} ${pull.pull.issue.title}`);
  await shows(gate, pull, 'opened: a new base, which changes what is delivered', {
    compliance: 'success',
    delivery: 'action_required',
  });
  const packet = pull.comments()[0]?.body ?? '';
  expect(
    'the packet says what changes in the ancestry',
    packet.includes('It changes 2 ancestors; the distribution goes from debian 12 to debian 13.'),
  );
  expect('and shows both ancestries in a picture', packet.includes('The ancestry before and after'));
  expect(
    'the vetted copy inside is suggested, by its digest',
    pull.reviewComments().some(({ body }) => body.includes(`inside/runtime:4@${copy.digest}`)),
  );
}

const registry = await startRegistry();
const generations = putGenerations(registry);
const gate = await startGate({
  logLevel: process.env.LOG_LEVEL ?? 'silent',
  policy: policyAsking(registry.host),
  settings: {
    registries: { isAsked: true, inside: [{ host: registry.host, scheme: 'http' }], credentials: null },
  },
});
say(`Clear to Ship at ${gate.server.url}, the stand-in GitHub at ${gate.github.url}`);
try {
  await bump(gate, registry, generations);
  await story(gate);
  for (const problem of gate.github.schemaProblems) surprises.push(`not GitHub's shape: ${problem}`);
  for (const surprise of surprises) say(`UNEXPECTED ${surprise}`);
  if (once) process.exitCode = surprises.length === 0 ? 0 : 1;
  else {
    say('Ctrl-C ends the demo.');
    await new Promise((resolve) => process.once('SIGINT', resolve));
  }
} finally {
  await gate.stop();
  await registry.close();
}
if (once) say(surprises.length === 0 ? '\nAll as expected.' : `\n${surprises.length} unexpected.`);
