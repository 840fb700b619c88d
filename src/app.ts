// Each webhook becomes a job, durable before it is acknowledged; nothing is judged here.
import type { Context, Probot } from 'probot';
import { acceptEstateEvents, type EstateOptions } from './estate.ts';
import {
  actorOf,
  type PullRequestPayload,
  type RepositoryPayload,
  refOf,
  stateOf,
} from './github/pull-state.ts';
import type { Claim, Estate, Inbox, Job } from './ports.ts';
import { installationOf, job, placeOf, repositoryRef } from './webhook.ts';

type PullRequestEvent = Context<'pull_request'>;

type AppOptions = EstateOptions & {
  /** This App's number on the forge. */
  readonly appId: number;
};

export function createApp(options: AppOptions): (probot: Probot) => void {
  const { inbox, estate, appId } = options;
  return (probot) => {
    probot.on(
      [
        'pull_request.opened',
        'pull_request.synchronize',
        'pull_request.reopened',
        'pull_request.ready_for_review',
        'pull_request.converted_to_draft',
        'pull_request.closed',
      ],
      (context) => acceptPullRequest(inbox, context, null),
    );
    probot.on('pull_request.edited', async (context) => {
      // Title and description switch nothing; another base is another question.
      if (context.payload.changes.base !== undefined) await acceptPullRequest(inbox, context, null);
    });
    probot.on(['pull_request.labeled', 'pull_request.unlabeled'], (context) =>
      acceptPullRequest(inbox, context, labelClaim(context)),
    );
    probot.on(['pull_request_review.submitted', 'pull_request_review.dismissed'], (context) =>
      acceptReview(inbox, context),
    );
    // What a run says of itself was written by the App that made it, and is followed only where that was this one.
    probot.on(['check_run.rerequested', 'check_run.requested_action'], async (context) => {
      if (context.payload.check_run.app?.id === appId) await acceptCheckRun(inbox, context);
    });
    probot.on('check_suite.rerequested', async (context) => {
      if (context.payload.check_suite.app?.id === appId) await acceptCheckSuite(inbox, estate, context);
    });
    probot.on('merge_group.checks_requested', (context) => acceptMergeGroup(inbox, context));
    acceptEstateEvents(probot, options);
  };
}

async function acceptPullRequest(
  inbox: Inbox,
  { id, payload }: PullRequestEvent,
  claim: Claim | null,
): Promise<void> {
  const installation = installationOf(payload);
  if (installation === null) return;
  const pushed =
    payload.action === 'opened' || payload.action === 'synchronize' || payload.action === 'reopened';
  const state = stateOf(
    payload.pull_request as PullRequestPayload,
    installation,
    pushed ? [actorOf(payload.sender)] : [],
  );
  await inbox.accept({ state, claim, job: job(state.pull, `pull_request.${payload.action}`, id) });
}

/** The label's name decides only later whether this is a decision: policy is not known here. */
function labelClaim({ id, payload }: PullRequestEvent): Claim | null {
  if (payload.action !== 'labeled' && payload.action !== 'unlabeled') return null;
  const installation = installationOf(payload);
  if (installation === null || payload.label === undefined) return null;
  const { pull_request: pull } = payload;
  // Taking labels off is something only people's decisions are read from; our own clean-up is not one.
  if (payload.action === 'unlabeled' && payload.sender.type === 'Bot') return null;
  return {
    id: `${id} ${payload.action}`,
    pull: refOf(pull.base.repo as RepositoryPayload, pull.number, installation),
    act: payload.action,
    text: payload.label.name,
    actor: actorOf(payload.sender),
    headSha: pull.head.sha,
    at: new Date(pull.updated_at).toISOString(),
  };
}

async function acceptReview(inbox: Inbox, { id, payload }: Context<'pull_request_review'>): Promise<void> {
  const installation = installationOf(payload);
  if (installation === null) return;
  const { review, pull_request: pull } = payload;
  const ref = refOf(pull.base.repo as RepositoryPayload, pull.number, installation);
  const act = payload.action === 'dismissed' ? 'review-dismissed' : reviewAct(review.state);
  const claim: Claim | null =
    // Whoever wrote it may be gone when somebody dismisses it.
    act === null || (act !== 'review-dismissed' && review.user === null)
      ? null
      : {
          id: `${id} review`,
          pull: ref,
          act,
          text: review.body ?? '',
          actor: actorOf(payload.action === 'dismissed' ? payload.sender : review.user),
          // A review is bound to the commit that its author looked at.
          headSha: review.commit_id ?? pull.head.sha,
          at: payload.action === 'dismissed' ? dismissedAt(review, pull) : submittedAt(review, pull),
        };
  if (claim !== null)
    await inbox.accept({ state: null, claim, job: job(ref, `pull_request_review.${payload.action}`, id) });
}

type Times = { readonly submitted_at?: string | null; readonly updated_at?: string | null };

function submittedAt({ submitted_at: submitted }: Times, pull: { readonly updated_at: string }): string {
  return new Date(submitted ?? pull.updated_at).toISOString();
}

/** The payload has no time of its own for that. Whenever it was, it was after what it takes back. */
function dismissedAt(review: Times, pull: { readonly updated_at: string }): string {
  const told = [pull.updated_at, ...(review.updated_at ? [review.updated_at] : [])];
  const earliest = Date.parse(submittedAt(review, pull)) + 1;
  return new Date(Math.max(earliest, ...told.map((each) => Date.parse(each)))).toISOString();
}

function reviewAct(state: string): Claim['act'] | null {
  switch (state.toLowerCase()) {
    case 'approved':
      return 'review-approved';
    case 'changes_requested':
      return 'review-changes-requested';
    default:
      return null;
  }
}

async function acceptCheckRun(inbox: Inbox, { id, payload }: Context<'check_run'>): Promise<void> {
  const installation = installationOf(payload);
  if (installation === null) return;
  const { external_id: externalId, head_sha: headSha } = payload.check_run;
  const cause = `check_run.${payload.action}`;
  const number = /^pull-request:(\d+)$/.exec(externalId ?? '')?.[1];
  const group = /^merge-group:([0-9a-f]+):(refs\/heads\/gh-readonly-queue\/(.+)\/pr-.+)$/.exec(
    externalId ?? '',
  );
  if (number !== undefined) {
    const ref = repositoryRef(payload.repository, Number(number), installation);
    await inbox.accept({ state: null, claim: null, job: askedAgain(job(ref, cause, id)) });
  } else if (group !== null) {
    const [, baseSha = '', headRef = '', branch = ''] = group;
    const errand = {
      kind: 'merge-group' as const,
      headSha,
      headRef,
      baseSha,
      baseRef: `refs/heads/${branch}`,
      ...placeOf(payload.repository),
      actor: actorOf(payload.sender),
    };
    const ref = repositoryRef(payload.repository, 0, installation);
    await inbox.accept({
      state: null,
      claim: null,
      job: { ...job(ref, cause, id), errand, again: true },
    });
  }
}

/** Somebody pressed a button: everything is asked for and shown again. */
function askedAgain(once: Job): Job {
  return { ...once, refresh: true, again: true };
}

/** "Re-run all": every open pull request that shows its verdict on the commit; GitHub itself names none for forks. */
async function acceptCheckSuite(
  inbox: Inbox,
  estate: Estate,
  { id, payload }: Context<'check_suite'>,
): Promise<void> {
  const installation = installationOf(payload);
  if (installation === null) return;
  const named = (payload.check_suite.pull_requests ?? []).flatMap((pull) =>
    pull === null ? [] : [repositoryRef(payload.repository, pull.number, installation)],
  );
  const showing = await estate.showing(payload.repository.id, payload.check_suite.head_sha);
  const pulls = new Map([...named, ...showing].map((pull) => [pull.number, pull]));
  for (const pull of pulls.values())
    await inbox.accept({
      state: null,
      claim: null,
      job: askedAgain(job(pull, 'check_suite.rerequested', id)),
    });
}

async function acceptMergeGroup(inbox: Inbox, { id, payload }: Context<'merge_group'>): Promise<void> {
  const installation = installationOf(payload);
  const { repository } = payload;
  if (installation === null || repository === undefined) return;
  const { head_sha: headSha, head_ref: headRef, base_sha: baseSha, base_ref: baseRef } = payload.merge_group;
  const errand = {
    kind: 'merge-group' as const,
    headSha,
    headRef,
    baseSha,
    baseRef,
    ...placeOf(repository),
    actor: actorOf(payload.sender ?? null),
  };
  const ref = repositoryRef(repository, 0, installation);
  await inbox.accept({
    state: null,
    claim: null,
    job: { ...job(ref, 'merge_group.checks_requested', id), errand },
  });
}
