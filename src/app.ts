// Each webhook becomes a job, durable before it is acknowledged; nothing is judged here.
import type { Context, Probot } from 'probot';
import {
  actorOf,
  type PullRequestPayload,
  type RepositoryPayload,
  refOf,
  stateOf,
} from './github/pull-state.ts';
import type { AnswerCache, Claim, Inbox, Job, PullRequestRef } from './ports.ts';

export type AppOptions = {
  readonly inbox: Inbox;
  readonly answers: AnswerCache;
  readonly policyRepository: string;
};

type PullRequestEvent = Context<'pull_request'>;

export function createApp({ inbox, answers, policyRepository }: AppOptions): (probot: Probot) => void {
  return (probot) => {
    probot.on(
      [
        'pull_request.opened',
        'pull_request.synchronize',
        'pull_request.reopened',
        'pull_request.edited',
        'pull_request.ready_for_review',
        'pull_request.converted_to_draft',
        'pull_request.closed',
      ],
      (context) => acceptPullRequest(inbox, context, null),
    );
    probot.on(['pull_request.labeled', 'pull_request.unlabeled'], (context) =>
      acceptPullRequest(inbox, context, labelClaim(context)),
    );
    probot.on(['pull_request_review.submitted', 'pull_request_review.dismissed'], (context) =>
      acceptReview(inbox, context),
    );
    probot.on(['check_run.rerequested', 'check_run.requested_action'], (context) =>
      acceptCheckRun(inbox, context),
    );
    probot.on('check_suite.rerequested', (context) => acceptCheckSuite(inbox, context));
    probot.on('push', async ({ payload }) => {
      if (payload.repository.name === policyRepository)
        await answers.forget(`policies ${payload.repository.owner?.login ?? ''}/${policyRepository} `);
    });
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
    act === null || review.user === null
      ? null
      : {
          id: `${id} review`,
          pull: ref,
          act,
          text: review.body ?? '',
          actor: actorOf(payload.action === 'dismissed' ? payload.sender : review.user),
          // A review is bound to the commit that its author looked at.
          headSha: review.commit_id ?? pull.head.sha,
          at: new Date(review.submitted_at ?? pull.updated_at).toISOString(),
        };
  if (claim !== null)
    await inbox.accept({ state: null, claim, job: job(ref, `pull_request_review.${payload.action}`, id) });
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
  const number = /^pull-request:(\d+)$/.exec(payload.check_run.external_id ?? '')?.[1];
  if (installation === null || number === undefined) return;
  const ref = repositoryRef(payload.repository, Number(number), installation);
  await inbox.accept({
    state: null,
    claim: null,
    job: { ...job(ref, `check_run.${payload.action}`, id), refresh: true, again: true },
  });
}

/** "Re-run all": every open pull request whose head it is. GitHub names none for forks; their runs have buttons of their own. */
async function acceptCheckSuite(inbox: Inbox, { id, payload }: Context<'check_suite'>): Promise<void> {
  const installation = installationOf(payload);
  if (installation === null) return;
  for (const pull of payload.check_suite.pull_requests ?? []) {
    if (pull === null) continue;
    const ref = repositoryRef(payload.repository, pull.number, installation);
    await inbox.accept({
      state: null,
      claim: null,
      job: { ...job(ref, 'check_suite.rerequested', id), refresh: true, again: true },
    });
  }
}

function repositoryRef(
  repository: { id: number; name: string; owner: { login: string } },
  number: number,
  installation: number,
): PullRequestRef {
  return {
    installation,
    repositoryId: repository.id,
    owner: repository.owner.login,
    repository: repository.name,
    number,
  };
}

function job(pull: PullRequestRef, cause: string, delivery: string): Job {
  return { pull, cause, delivery, refresh: false, again: false };
}

/** Null for events that no installation sent: the app can do nothing about them. */
function installationOf(payload: object): number | null {
  return (payload as { readonly installation?: { readonly id: number } | null }).installation?.id ?? null;
}
