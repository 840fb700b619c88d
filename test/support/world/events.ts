// Something happened → the event the App hears of, with its payload made from the state of that moment.
import { accountJson, labelJson, organizationJson, teamJson } from '../rest/json/accounts.ts';
import { checkRunEventJson, checkSuiteEventJson } from '../rest/json/checks.ts';
import { commentJson, issueJson } from '../rest/json/issues.ts';
import { pullJson } from '../rest/json/pulls.ts';
import { repositoryJson } from '../rest/json/repositories.ts';
import { reviewEventJson } from '../rest/json/reviews.ts';
import { installationFor, organizationOf } from './accounts.ts';
import type {
  Account,
  App,
  CheckRun,
  Comment,
  Issue,
  Label,
  PullRequest,
  Repository,
  Review,
  Team,
  World,
} from './state.ts';

type Json = Readonly<Record<string, unknown>>;

const common = (world: World, owner: Account, repository: Repository | null, sender: Account): Json => {
  const organization = organizationOf(world, owner.login);
  const installation =
    repository === null
      ? [...world.installations.values()].find(({ account }) => account.id === owner.id)
      : installationFor(world, repository);
  return {
    ...(repository === null ? {} : { repository: repositoryJson(world, repository, 'webhook') }),
    ...(organization === undefined ? {} : { organization: organizationJson(world, organization) }),
    ...(installation ? { installation: { id: installation.id, node_id: `I_${installation.id}` } } : {}),
    sender: accountJson(world, sender),
  };
};

const emit = (
  world: World,
  where: Repository | Account,
  [event, action]: readonly [string, string | null],
  sender: Account,
  payload: Json,
  checksOf?: App,
): void => {
  const repository = 'owner' in where ? where : null;
  const account = 'owner' in where ? where.owner : where;
  world.emit({
    event,
    action,
    repository,
    account,
    ...(checksOf === undefined ? {} : { checksOf }),
    payload: {
      ...(action === null ? {} : { action }),
      // An `installation` event brings the whole installation, all others its id only.
      ...common(world, account, repository, sender),
      ...payload,
    },
  });
};

export const emitPull = (
  world: World,
  pull: PullRequest,
  action: string,
  sender: Account,
  extra: Json = {},
): void =>
  emit(world, pull.repository, ['pull_request', action], sender, {
    number: pull.number,
    pull_request: pullJson(world, pull, 'webhook'),
    ...extra,
  });

export const emitPullLabel = (
  world: World,
  pull: PullRequest,
  action: 'labeled' | 'unlabeled',
  sender: Account,
  label: Label,
): void => emitPull(world, pull, action, sender, { label: labelJson(world, pull.repository, label) });

export const emitReview = (
  world: World,
  pull: PullRequest,
  action: 'submitted' | 'dismissed',
  sender: Account,
  review: Review,
): void =>
  emit(world, pull.repository, ['pull_request_review', action], sender, {
    review: reviewEventJson(world, pull, review),
    pull_request: pullJson(world, pull, 'review-webhook'),
  });

export const emitComment = (
  world: World,
  issue: Issue,
  action: 'created' | 'edited' | 'deleted',
  sender: Account,
  comment: Comment,
  extra: Json = {},
): void =>
  emit(world, issue.repository, ['issue_comment', action], sender, {
    issue: issueJson(world, issue, 'webhook'),
    comment: commentJson(world, issue, comment, 'webhook'),
    ...extra,
  });

/** Everybody who may write checks hears of all runs, and of what people ask for only the App whose run it is. */
export const emitCheckRun = (
  world: World,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested' | 'requested_action',
  sender: Account,
  extra: Json = {},
): void =>
  emit(
    world,
    run.suite.repository,
    ['check_run', action],
    sender,
    { check_run: checkRunEventJson(world, run), ...extra },
    run.suite.app,
  );

export const emitCheckSuite = (
  world: World,
  suite: CheckRun['suite'],
  action: 'requested' | 'rerequested',
  sender: Account,
): void =>
  emit(
    world,
    suite.repository,
    ['check_suite', action],
    sender,
    { check_suite: checkSuiteEventJson(world, suite) },
    suite.app,
  );

export const emitLabel = (
  world: World,
  repository: Repository,
  action: 'created' | 'edited' | 'deleted',
  sender: Account,
  label: Label,
  extra: Json = {},
): void =>
  emit(world, repository, ['label', action], sender, {
    label: labelJson(world, repository, label),
    ...extra,
  });

export const emitMembership = (
  world: World,
  team: Team,
  action: 'added' | 'removed',
  sender: Account,
  member: Account,
): void =>
  emit(world, team.organization.account, ['membership', action], sender, {
    scope: 'team',
    member: accountJson(world, member),
    team: teamJson(world, team, 'webhook'),
  });

/** Any other event whose own part is at hand: push, merge_group, installation. */
export const emitOther = emit;
