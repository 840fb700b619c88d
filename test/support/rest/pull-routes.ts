// Pull requests over REST: lists, files, commits, reviews, comments on lines, requests for review.
import { commitOf } from '../git/objects.ts';
import { organizationOf } from '../world/accounts.ts';
import { changesOf, commitsOf, resolveRef } from '../world/branches.ts';
import {
  addReviewComment,
  dismissReview,
  type LineCommentSpec,
  requestReviews,
  submitReview,
} from '../world/conversation.ts';
import { close, reopen, retarget, retitle } from '../world/pulls.ts';
import type { PullRequest, Repository } from '../world/state.ts';
import type { Body, Call, Need, Route } from './call.ts';
import { actorOf, bodyOf, created, ok, paged, pullOf, repositoryOf, text } from './call.ts';
import { pullJson } from './json/pulls.ts';
import { changedFileJson, commitJson, slugOf } from './json/repositories.ts';
import { reviewCommentJson, reviewJson } from './json/reviews.ts';
import { GitHubProblem, notFound, unprocessable } from './problem.ts';

const READ: readonly Need[] = [['pull_requests', 'read']];
const WRITE: readonly Need[] = [['pull_requests', 'write']];

/** GitHub lists at most 3,000 files and 250 commits of a pull request. */
const MAX_FILES = 3000;
const MAX_COMMITS = 250;

const open = (call: Call, needs = READ): readonly [Repository, PullRequest, string] => {
  const repository = repositoryOf(call, needs);
  const pull = pullOf(repository, call.params.pull_number);
  return [repository, pull, `/repos/${slugOf(repository)}/pulls/${pull.number}`];
};

const number = (body: Body, name: string): number | null =>
  typeof body[name] === 'number' ? body[name] : null;

const lineComment = (body: Body, whole: boolean): LineCommentSpec => ({
  path: text(body, 'path') ?? '',
  body: text(body, 'body') ?? '',
  line: whole ? null : number(body, 'line'),
  side: text(body, 'side') === 'LEFT' ? 'LEFT' : 'RIGHT',
  startLine: number(body, 'start_line'),
});

export const pullRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls',
    handle: (call) => {
      const repository = repositoryOf(call, READ);
      const state = call.query.get('state') ?? 'open';
      const [head, base] = [call.query.get('head'), call.query.get('base')];
      const pulls = [...repository.pulls.values()]
        .filter((pull) => state === 'all' || pull.issue.state === state)
        .filter((pull) => base === null || pull.base.ref === base)
        .filter((pull) => head === null || `${pull.head.repository.owner.login}:${pull.head.ref}` === head)
        .sort((a, b) => b.number - a.number);
      if (call.query.get('direction') === 'asc') pulls.reverse();
      const json = pulls.map((pull) => pullJson(call.world, pull, 'simple'));
      return paged(call, `/repos/${slugOf(repository)}/pulls`, json);
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    handle: (call) => ok(pullJson(call.world, open(call)[1], 'full')),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}',
    handle: (call) => {
      const [, pull] = open(call, WRITE);
      const body = bodyOf(call);
      const by = actorOf(call);
      const [title, base, state] = [text(body, 'title'), text(body, 'base'), text(body, 'state')];
      if (title !== undefined && title !== pull.issue.title) retitle(call.world, pull, title, by);
      if (base !== undefined && base !== pull.base.ref) retarget(call.world, pull, base, by);
      if (state === 'closed' && pull.issue.state === 'open') close(call.world, pull, by);
      if (state === 'open' && pull.issue.state === 'closed') reopen(call.world, pull, by);
      return ok(pullJson(call.world, pull, 'full'));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/files',
    handle: (call) => {
      const [repository, pull, url] = open(call);
      const files = changesOf(pull).slice(0, MAX_FILES);
      return paged(call, `${url}/files`, files, (page) =>
        (page as typeof files).map((file) => changedFileJson(call.world, repository, pull.head.sha, file)),
      );
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/commits',
    handle: (call) => {
      const [repository, pull, url] = open(call);
      const commits = commitsOf(pull).slice(0, MAX_COMMITS);
      const json = commits.map(({ oid }) =>
        commitJson(call.world, repository, commitOf(repository.objects, oid)),
      );
      return paged(call, `${url}/commits`, json);
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    handle: (call) => {
      const [, pull, url] = open(call);
      return paged(
        call,
        `${url}/reviews`,
        pull.reviews.map((review) => reviewJson(call.world, pull, review)),
      );
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    handle: (call) => {
      const [repository, pull] = open(call, WRITE);
      const body = bodyOf(call);
      const event = text(body, 'event');
      // A review without an event stays pending, invisible to everybody else: nobody here writes one.
      if (event !== 'APPROVE' && event !== 'REQUEST_CHANGES' && event !== 'COMMENT')
        throw unprocessable('The stand-in submits reviews at once: give an event');
      const commit = text(body, 'commit_id');
      const oid = commit === undefined ? pull.head.sha : resolveRef(repository, commit);
      if (oid === null) throw unprocessable('Commit could not be found');
      const comments = Array.isArray(body.comments) ? (body.comments as readonly Body[]) : [];
      const review = submitReview(call.world, pull, actorOf(call), {
        event,
        body: text(body, 'body') ?? '',
        commit: oid,
        comments: comments
          .map((comment) => lineComment(comment, false))
          .map((comment) => {
            if (comment.line === null)
              throw unprocessable('Pull request review thread line must be part of the diff');
            return comment;
          }),
      });
      return ok(reviewJson(call.world, pull, review));
    },
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals',
    handle: (call) => {
      const [, pull] = open(call, WRITE);
      const review = pull.reviews.find(({ id }) => id === Number(call.params.review_id));
      if (review === undefined) throw notFound();
      dismissReview(call.world, pull, review, actorOf(call));
      return ok(reviewJson(call.world, pull, review));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/comments',
    handle: (call) => {
      const [, pull, url] = open(call);
      const json = pull.reviewComments.map((comment) => reviewCommentJson(call.world, pull, comment));
      return paged(call, `${url}/comments`, json);
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/comments',
    handle: (call) => {
      const [repository, pull] = open(call, WRITE);
      const body = bodyOf(call);
      const whole = text(body, 'subject_type') === 'file';
      const spec = lineComment(body, whole);
      if (!whole && spec.line === null) throw unprocessable('line is required unless subject_type is file');
      const commit = resolveRef(repository, text(body, 'commit_id') ?? '');
      if (commit === null) throw unprocessable('Commit could not be found');
      const comment = addReviewComment(call.world, pull, actorOf(call), commit, spec);
      return created(reviewCommentJson(call.world, pull, comment));
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    handle: (call) => {
      const [repository, pull] = open(call, WRITE);
      const { reviewers = [], team_reviewers: slugs = [] } = bodyOf(call);
      const organization = organizationOf(call.world, repository.owner.login);
      const stranger = new GitHubProblem(
        422,
        `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${slugOf(repository)} repository.`,
      );
      const people = (reviewers as readonly string[]).map((login) => {
        const account = call.world.accounts.get(login.toLowerCase());
        const known =
          account !== undefined &&
          (repository.collaborators.has(account.id) || organization?.members.has(account.id) === true);
        if (!known) throw stranger;
        return account;
      });
      const teams = (slugs as readonly string[]).map((slug) => {
        const team = organization?.teams.get(slug);
        if (team === undefined) throw stranger;
        return team;
      });
      requestReviews(call.world, pull, actorOf(call), people, teams);
      return created(pullJson(call.world, pull, 'simple'));
    },
  },
];
