// Organisations whose people open, change, judge, close and reopen pull requests, chosen by a seed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { StandIn } from '../support/stand-in.ts';
import type { PullStory, RepositoryStory } from '../support/story.ts';
import type { Random } from './random.ts';

export type Scale = {
  readonly deliveries: number;
  readonly pulls: number;
  readonly repositories: number;
  readonly installations: number;
  readonly kills: number;
};

const DOCKERFILE = '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.12-slim\nCOPY app /app\n';
const WORKFLOW = '.github/workflows/release.yml';
export const APPROVED = 'delivery: approved';
const REJECTED = 'delivery: rejected';

const release = (destination: string, folder: string): string => `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker build -t ghcr.io/${destination} ${folder} && docker push ghcr.io/${destination}
`;

type Word = 'approved' | 'rejected';

/** A pull request with what its people meant; where nothing else bears on it, that says how it has to end. */
export type Tracked = {
  readonly pull: PullStory;
  readonly name: string;
  readonly folder: string;
  /** Whether its base image is asked about on other pull requests of the repository too. */
  readonly shares: boolean;
  /** What the head delivers; null for nothing. */
  variant: number | null;
  /** What was last decided on each variant. */
  readonly decided: Map<number, Word>;
  last: Word | null;
  edits: number;
  draft: boolean;
  open: boolean;
};

/**
 * How the delivery check has to end, by what was said alone; null where other pull requests have a say. Every variant
 * ships the same base image, which is asked about once for all: the last word on any variant counts.
 */
export const meant = ({ variant, decided, last, shares }: Tracked): string | null => {
  if (shares) return null;
  if (variant === null) return 'success';
  const words = [decided.get(variant), last];
  if (words.includes('rejected')) return 'failure';
  return words.every((word) => word === 'approved') ? 'success' : 'action_required';
};

/** On a head that delivers nothing there is nothing to decide. */
const decide = (one: Tracked, word: Word): void => {
  if (one.variant === null) return;
  one.decided.set(one.variant, word);
  one.last = word;
};

export type Estate = {
  readonly repositories: readonly RepositoryStory[];
  readonly tracked: readonly Tracked[];
  /** Something happens. Resolves at once: what it announces is on its way. */
  readonly act: () => Promise<void>;
  /** Closed and drafted pull requests come back, so that all of them show a verdict in the end. */
  readonly bringBack: () => Promise<void>;
};

/** Nobody waits for the app's answer: the world goes on. */
const started = (act: Promise<unknown>): Promise<unknown> => Promise.race([act, sleep(1)]);

export const createEstate = (github: StandIn, random: Random, scale: Scale): Estate => {
  const repositories: RepositoryStory[] = [];
  for (let each = 0; each < scale.installations; each += 1) {
    const login = `org-${each}`;
    const organization = github.organization(login, {
      members: ['dev', 'olga', 'otto', 'sam'],
      teams: { ospo: ['olga', 'otto'] },
    });
    organization.repository('.github', {
      files: { '.github/clear-to-ship.yml': `version: 1\napproval:\n  teams: [${login}/ospo]\n` },
    });
    for (let index = 0; index < scale.repositories / scale.installations; index += 1)
      repositories.push(
        organization.repository(`repository-${index}`, {
          files: { Dockerfile: DOCKERFILE },
          collaborators: { dev: 'write', olga: 'triage', otto: 'triage', sam: 'triage' },
        }),
      );
  }

  const tracked: Tracked[] = [];
  const open = (): void => {
    const index = tracked.length;
    const repository = repositories[index % repositories.length] as RepositoryStory;
    const name = `${repository.slug}-${index}`;
    const folder = `image-${index}`;
    const delivers = random.chance(0.7);
    // Most pull requests ship a base image of their own, so that no decision reaches another one.
    const shares = random.chance(0.25);
    const base = shares ? 'ubuntu:24.04' : `alpine:3.${index}`;
    const pull = repository.openPullRequest({
      author: 'dev',
      branch: `change-${index}`,
      files: {
        [`${folder}/Dockerfile`]: DOCKERFILE.replace('debian:12.12-slim', base),
        ...(delivers ? { [WORKFLOW]: release(`${name}-0`, folder) } : {}),
      },
    });
    tracked.push({
      pull,
      name,
      folder,
      shares,
      variant: delivers ? 0 : null,
      decided: new Map(),
      last: null,
      edits: 0,
      draft: false,
      open: true,
    });
  };

  const push = async (one: Tracked): Promise<void> => {
    one.edits += 1;
    if (random.chance(0.5)) {
      const variant = Math.floor(random.next() * 3);
      await started(one.pull.push({ [WORKFLOW]: release(`${one.name}-${variant}`, one.folder) }));
      one.variant = variant;
    } else await started(one.pull.push({ [`docs/e-${one.edits}.md`]: `${one.edits}\n` }));
  };

  /** A label that is there already tells nobody anything. */
  const label = async (one: Tracked, as: string, name: string, word: Word | null): Promise<void> => {
    const there = one.pull.labels().includes(name);
    await started(one.pull.label(name, { as }));
    if (word !== null && !there) decide(one, word);
  };

  const acts: readonly (readonly [number, (one: Tracked) => Promise<unknown>])[] = [
    [0.4, push],
    [
      0.56,
      async (one) => {
        decide(one, 'approved');
        await started(one.pull.review('APPROVE', { as: 'olga' }));
      },
    ],
    [0.62, (one) => label(one, 'otto', APPROVED, 'approved')],
    [
      0.7,
      async (one) => {
        decide(one, 'rejected');
        await started(one.pull.review('REQUEST_CHANGES', { as: 'otto', body: 'not yet' }));
      },
    ],
    [0.73, (one) => label(one, 'olga', REJECTED, 'rejected')],
    [0.8, (one) => label(one, 'sam', APPROVED, null)],
    [0.86, (one) => started(one.pull.review('APPROVE', { as: 'sam' }))],
    [
      0.92,
      (one) => {
        one.draft = !one.draft;
        return started(one.pull.draft(one.draft));
      },
    ],
    [
      0.97,
      (one) => {
        one.open = !one.open;
        return started(one.open ? one.pull.reopen() : one.pull.close());
      },
    ],
    [1, (one) => started(one.pull.retitle(`Change ${one.name}, edition ${one.edits}`))],
  ];

  return {
    repositories,
    tracked,
    act: async () => {
      const [first, ...others] = tracked;
      if (first === undefined || (tracked.length < scale.pulls && (tracked.length < 5 || random.chance(0.3))))
        return open();
      const one = random.pick([first, ...others]);
      const what = random.next();
      const act = acts.find(([below]) => what < below)?.[1] ?? push;
      // People leave a closed pull request alone until it is back.
      if (!one.open) {
        one.open = true;
        await started(one.pull.reopen());
      } else await act(one);
    },
    bringBack: async () => {
      for (const one of tracked) {
        if (!one.open) await started(one.pull.reopen());
        if (one.draft) await started(one.pull.draft(false));
        one.open = true;
        one.draft = false;
      }
    },
  };
};
