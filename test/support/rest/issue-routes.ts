// Issues, conversation comments and labels over REST, for issues and pull requests alike.
import { addComment, deleteComment, editComment } from '../world/conversation.ts';
import { addLabels, createLabel, deleteLabel, editLabel, findLabel, removeLabel } from '../world/labels.ts';
import { createIssue } from '../world/pulls.ts';
import type { Comment, Issue, Label, Repository } from '../world/state.ts';
import type { Answer, Call, Need, Route } from './call.ts';
import { actorOf, bodyOf, created, issueOf, ok, paged, repositoryOf, text, viaApp } from './call.ts';
import { labelJson } from './json/accounts.ts';
import { commentJson, issueJson } from './json/issues.ts';
import { slugOf } from './json/repositories.ts';
import { forbidden, notFound } from './problem.ts';

const READ: readonly Need[] = [
  ['issues', 'read'],
  ['pull_requests', 'read'],
];
const WRITE: readonly Need[] = [
  ['issues', 'write'],
  ['pull_requests', 'write'],
];

// On a pull request the App needs `pull_requests`, on an issue `issues`.
const openIssue = (call: Call, level: 'read' | 'write', role: 'read' | 'triage' = 'read'): Issue => {
  const either = repositoryOf(call, level === 'read' ? READ : WRITE, role);
  const issue = issueOf(either, call.params.issue_number);
  repositoryOf(call, [[issue.pull === null ? 'issues' : 'pull_requests', level]], role);
  return issue;
};

const openComment = (call: Call, level: 'read' | 'write'): readonly [Issue, Comment] => {
  const repository = repositoryOf(call, level === 'read' ? READ : WRITE);
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find(({ id }) => id === Number(call.params.comment_id));
    if (comment !== undefined) return [issue, comment];
  }
  throw notFound();
};

// Anybody with write access may edit a comment; everybody else only their own.
const mayEdit = (call: Call, comment: Comment): void => {
  if (call.caller.kind === 'user' && comment.author !== call.caller.account)
    repositoryOf(call, WRITE, 'write');
  if (call.caller.kind === 'installation' && comment.author !== call.world.app.bot) throw forbidden();
};

const labelOf = (repository: Repository, name: string | undefined): Label => {
  const label = findLabel(repository, name ?? '');
  if (label === undefined) throw notFound();
  return label;
};

const labelsOf = (call: Call, issue: Issue): readonly unknown[] =>
  issue.labels.map((label) => labelJson(call.world, issue.repository, label));

const namesIn = (body: unknown): readonly string[] => {
  const list = Array.isArray(body) ? body : (body as { labels?: unknown }).labels;
  return (Array.isArray(list) ? list : []).flatMap((each: unknown) => {
    if (typeof each === 'string') return each;
    const { name, suggest } = each as { name: string; suggest?: boolean };
    // A suggested label is only proposed to people, not applied.
    return suggest === true ? [] : name;
  });
};

const commentsAnswer = (call: Call): Answer => {
  const issue = openIssue(call, 'read');
  const json = issue.comments.map((comment) => commentJson(call.world, issue, comment, 'rest'));
  return paged(call, `/repos/${slugOf(issue.repository)}/issues/${issue.number}/comments`, json);
};

export const issueRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues',
    handle: (call) => {
      const repository = repositoryOf(call, [['issues', 'write']]);
      const body = bodyOf(call);
      const issue = createIssue(call.world, repository, {
        author: actorOf(call),
        viaApp: viaApp(call),
        title: String(body.title),
        body: text(body, 'body') ?? '',
      });
      addLabels(call.world, issue, namesIn(body), actorOf(call), viaApp(call));
      return created(issueJson(call.world, issue, 'rest'));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}',
    handle: (call) => ok(issueJson(call.world, openIssue(call, 'read'), 'rest')),
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/issues/{issue_number}/comments', handle: commentsAnswer },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    handle: (call) => {
      const issue = openIssue(call, 'write');
      const body = text(bodyOf(call), 'body') ?? '';
      const comment = addComment(call.world, issue, body, actorOf(call), viaApp(call));
      return created(commentJson(call.world, issue, comment, 'rest'));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    handle: (call) => ok(commentJson(call.world, ...openComment(call, 'read'), 'rest')),
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    handle: (call) => {
      const [issue, comment] = openComment(call, 'write');
      mayEdit(call, comment);
      editComment(call.world, issue, comment, text(bodyOf(call), 'body') ?? '', actorOf(call));
      return ok(commentJson(call.world, issue, comment, 'rest'));
    },
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
    handle: (call) => {
      const [issue, comment] = openComment(call, 'write');
      mayEdit(call, comment);
      deleteComment(call.world, issue, comment, actorOf(call));
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/labels',
    handle: (call) => {
      const issue = openIssue(call, 'read');
      const url = `/repos/${slugOf(issue.repository)}/issues/${issue.number}/labels`;
      return paged(call, url, labelsOf(call, issue));
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/labels',
    handle: (call) => {
      const issue = openIssue(call, 'write', 'triage');
      addLabels(call.world, issue, namesIn(call.body), actorOf(call), viaApp(call));
      return ok(labelsOf(call, issue));
    },
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    handle: (call) => {
      const issue = openIssue(call, 'write', 'triage');
      removeLabel(call.world, issue, call.params.name ?? '', actorOf(call), viaApp(call));
      return ok(labelsOf(call, issue));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/labels',
    handle: (call) => {
      const repository = repositoryOf(call, READ);
      const json = [...repository.labels.values()].map((label) => labelJson(call.world, repository, label));
      return paged(call, `/repos/${slugOf(repository)}/labels`, json);
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/labels',
    handle: (call) => {
      const repository = repositoryOf(call, WRITE, 'write');
      const body = bodyOf(call);
      const [color, description] = [text(body, 'color'), text(body, 'description')];
      const label = createLabel(call.world, repository, actorOf(call), {
        name: text(body, 'name') ?? '',
        ...(color === undefined ? {} : { color }),
        ...(description === undefined ? {} : { description }),
      });
      return created(labelJson(call.world, repository, label));
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/labels/{name}',
    handle: (call) => {
      const repository = repositoryOf(call, READ);
      return ok(labelJson(call.world, repository, labelOf(repository, call.params.name)));
    },
  },
  {
    method: 'PATCH',
    path: '/repos/{owner}/{repo}/labels/{name}',
    handle: (call) => {
      const repository = repositoryOf(call, WRITE, 'write');
      const label = labelOf(repository, call.params.name);
      const [name, color] = [text(bodyOf(call), 'new_name'), text(bodyOf(call), 'color')];
      editLabel(call.world, repository, label, actorOf(call), {
        ...(name === undefined ? {} : { name }),
        ...(color === undefined ? {} : { color }),
      });
      return ok(labelJson(call.world, repository, label));
    },
  },
  {
    method: 'DELETE',
    path: '/repos/{owner}/{repo}/labels/{name}',
    handle: (call) => {
      const repository = repositoryOf(call, WRITE, 'write');
      deleteLabel(call.world, repository, labelOf(repository, call.params.name), actorOf(call));
      return { status: 204 };
    },
  },
];
