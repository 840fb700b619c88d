// A pull request on GitHub → evidence: what changed, the files the judgement wants, policy, people, decisions.
import type {
  Blob,
  Contributor,
  Decision,
  Evidence,
  Gap,
  Oid,
  Snapshot,
  Subject,
  TreeEntry,
} from '../core/model/evidence.ts';
import type {
  AnswerCache,
  BlobCache,
  Clock,
  CommitRange,
  PullRequestRef,
  PullRequestState,
  Source,
} from '../ports.ts';
import { takeTurn } from '../turnstile.ts';
import { type Api, type ApiFor, statusOf } from './api.ts';
import { type Compared, type Comparison, compare, unique } from './comparison.ts';
import { type Asked, readContents } from './contents.ts';
import { type Policies, readPolicies } from './policies.ts';
import { stateOf } from './pull-state.ts';
import { applyChanges, readTree } from './tree.ts';

export type GitHubSourceOptions = {
  readonly apiFor: ApiFor;
  readonly recall: (pull: PullRequestRef) => Promise<PullRequestState | null>;
  readonly decisions: (pull: PullRequestRef) => Promise<readonly Decision[]>;
  readonly blobs: BlobCache;
  readonly answers: AnswerCache;
  readonly policyRepository: string;
  readonly clock: Clock;
};

/** Each round may discover files that name further files; a chain longer than this is a gap. */
const MOST_ROUNDS = 12;
/** The organisation's policy is asked for again after this long; a push to it forgets it at once. */
const POLICY_MINUTES = 10;

export function createGitHubSource(options: GitHubSourceOptions): Source {
  return {
    async collect(pull, headSha, wanted) {
      const api = await options.apiFor(pull.installation);
      const state = (await options.recall(pull)) ?? (await askState(api, pull));
      const revision = `refs/heads/${state.baseRef}`;
      return collectAt(options, api, state, headSha ?? state.headSha, wanted, {
        what: 'pull-request',
        revision,
        subject: subjectOf(state, headSha ?? state.headSha),
      });
    },
    async collectRange(range, wanted) {
      const api = await options.apiFor(range.pull.installation);
      const known = range.pull.number === 0 ? null : await options.recall(range.pull);
      const state = stateOfRange(range, known);
      return collectAt(options, api, state, range.headSha, wanted, {
        what: 'range',
        // What is pushed must not bring the policy that judges it.
        revision: range.baseSha,
        subject: range.kind === 'push' ? branchSubject(range) : subjectOf(state, range.headSha),
      });
    },
  };
}

/** A range in the shape of a pull request: its own pull request's people, its own commits. */
function stateOfRange(range: CommitRange, known: PullRequestState | null): PullRequestState {
  const { pull, repositoryNodeId, server, visibility, branch, baseSha, headSha, actor, ref } = range;
  return {
    pull,
    nodeId: known?.nodeId ?? '',
    repositoryNodeId,
    server,
    open: true,
    title: known?.title ?? ref,
    baseRef: branch,
    baseSha,
    headSha,
    isDraft: false,
    isFork: known?.isFork ?? false,
    visibility,
    author: known?.author ?? actor,
    pushers: known?.pushers ?? [],
    labels: [],
    changedFiles: null,
    updatedAt: new Date(0).toISOString(),
  };
}

function subjectOf(state: PullRequestState, headSha: Oid): Subject {
  const { pull, server, title, baseRef, baseSha, isDraft, isFork, visibility, author } = state;
  return {
    kind: 'pull-request',
    server,
    owner: pull.owner,
    repository: pull.repository,
    number: pull.number,
    title,
    baseRef,
    baseSha,
    headSha,
    isDraft,
    isFork,
    visibility,
    author,
  };
}

/** What is on a branch already is judged like a checkout: no pull request stands for it. */
function branchSubject({ pull, headSha, visibility }: CommitRange): Subject {
  return {
    kind: 'checkout',
    name: pull.repository,
    slug: `${pull.owner}/${pull.repository}`,
    headSha,
    visibility,
  };
}

/** The state as the API gives it now: for sweeps, and for pull requests no event has told of. */
export async function askState(
  api: Api,
  { owner, repository: repo, number, installation }: PullRequestRef,
): Promise<PullRequestState> {
  const { data } = await api.rest.pulls.get({ owner, repo, pull_number: number });
  return stateOf(data, installation, []);
}

/** As `askState`; null when GitHub knows no such pull request, or shows it to us no more. */
export async function askStateOrNull(api: Api, pull: PullRequestRef): Promise<PullRequestState | null> {
  try {
    return await askState(api, pull);
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 410) return null;
    throw error;
  }
}

const PAGE = 100;

/** Every open pull request of an installation, or of one of its repositories, as GitHub lists them now. */
export async function listOpen(
  api: Api,
  installation: number,
  repositoryId: number | null,
): Promise<readonly PullRequestState[]> {
  const states: PullRequestState[] = [];
  for (const { owner, name } of await repositoriesOf(api, repositoryId))
    for (let page = 1; ; page += 1) {
      const { data } = await api.rest.pulls.list({
        owner,
        repo: name,
        state: 'open',
        per_page: PAGE,
        page,
      });
      states.push(...data.map((each) => stateOf(each, installation, [])));
      if (data.length < PAGE) break;
    }
  return states;
}

type Named = { readonly owner: string; readonly name: string };

async function repositoriesOf(api: Api, repositoryId: number | null): Promise<readonly Named[]> {
  const found: Named[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await api.rest.apps.listReposAccessibleToInstallation({ per_page: PAGE, page });
    const listed = data.repositories.filter(({ id }) => repositoryId === null || id === repositoryId);
    found.push(...listed.map(({ owner, name }) => ({ owner: owner.login, name })));
    if (data.repositories.length < PAGE || (repositoryId !== null && found.length > 0)) return found;
  }
}

type About = {
  readonly what: Compared;
  /** Where the repository's own policy is read. */
  readonly revision: string;
  readonly subject: Subject;
};

async function collectAt(
  options: GitHubSourceOptions,
  api: Api,
  state: PullRequestState,
  headSha: Oid,
  wanted: (evidence: Evidence) => readonly string[],
  about: About,
): Promise<Evidence> {
  const { pull } = state;
  const { answers } = options;
  const repository = String(pull.repositoryId);
  const isComplete = (value: object): boolean =>
    !('reason' in value || ('gaps' in value && (value.gaps as readonly Gap[]).length > 0));
  const [comparison, policies, known, decisions] = await Promise.all([
    // Hardly ever asked for again, so that it is not kept at hand.
    answers.through(
      `compare${about.what === 'range' ? ' range' : ''} ${repository} ${state.baseSha} ${headSha}`,
      () => compare(api, state, headSha, about.what),
      (value) => (isComplete(value) ? Number.POSITIVE_INFINITY : 0),
    ),
    answers.through(
      `policies ${pull.owner}/${options.policyRepository} ${repository} ${about.revision}`,
      () => readPolicies(api, state, options.policyRepository, about.revision),
      ({ gaps }) => (gaps.some(({ cause }) => cause === 'world') ? 0 : POLICY_MINUTES * 60_000),
    ),
    answers.through<readonly TreeEntry[]>(
      kindsKey(pull, headSha),
      async () => [],
      () => 0,
    ),
    options.decisions(pull),
  ]);
  const seen = 'mergeBase' in comparison ? comparison : null;
  const tree =
    seen &&
    (await answers.always(
      `tree ${repository} ${seen.mergeBase}`,
      () => readTree(api, pull, seen.mergeBase),
      isComplete,
    ));
  const entries = tree !== null && !('reason' in tree) ? tree : null;
  const gaps: Gap[] = [
    ...('reason' in comparison ? [comparison] : comparison.gaps),
    ...(tree !== null && 'reason' in tree ? [tree] : []),
    ...policies.gaps,
  ];
  const start = evidenceOf(options, state, about, headSha, seen, entries, policies, decisions, gaps);
  return gaps.some(({ cause, kind }) => cause === 'world' && kind !== 'truncated')
    ? start
    : readWanted(options, api, state, start, known, seen, wanted);
}

function evidenceOf(
  { clock }: GitHubSourceOptions,
  state: PullRequestState,
  { subject, what }: About,
  headSha: Oid,
  comparison: Comparison | null,
  base: readonly TreeEntry[] | null,
  policies: Policies,
  decisions: readonly Decision[],
  gaps: readonly Gap[],
): Evidence {
  return {
    version: 1,
    subject,
    collectedAt: clock().toISOString(),
    base: comparison === null ? null : { commit: comparison.mergeBase, entries: base ?? [] },
    head: {
      commit: headSha,
      entries: base === null || comparison === null ? [] : applyChanges(base, comparison.files),
    },
    changes: (comparison?.files ?? []).map(({ path, status, previousPath, shownLines }) => ({
      path,
      status,
      previousPath,
      shownLines,
    })),
    blobs: {},
    policies: policies.sources,
    contributors: unique([
      // Whoever merges or pushes what others wrote and approved has no hand in it.
      ...(what === 'range' && state.nodeId === ''
        ? []
        : [{ role: 'pull-request-author' as const, actor: state.author, name: state.author.login }]),
      ...state.pushers.map((actor): Contributor => ({ role: 'pusher', actor, name: actor.login })),
      ...(comparison?.contributors ?? []),
    ]),
    decisions,
    images: [],
    gaps,
  };
}

/** Which of the head's changed files are links or executable never changes for a commit, so it is asked for once. */
function kindsKey({ repositoryId }: PullRequestRef, head: Oid): string {
  return `kinds ${repositoryId} ${head}`;
}

/** Reads what the judgement asks for, round by round: the content of a workflow names a script, the script a Makefile. */
async function readWanted(
  options: GitHubSourceOptions,
  api: Api,
  state: PullRequestState,
  start: Evidence,
  known: readonly TreeEntry[],
  comparison: Comparison | null,
  wanted: (evidence: Evidence) => readonly string[],
): Promise<Evidence> {
  const touched = new Set(
    comparison?.files.filter(({ status }) => status !== 'removed').map(({ path }) => path),
  );
  let evidence = withContents(start, new Map(), new Map(known.map((entry) => [entry.path, entry])), []);
  /** Entries whose kind the content's answer has told. */
  const settled = new Map(known.map((entry) => [entry.path, entry]));
  const keep = async (): Promise<void> => {
    if (settled.size === known.length) return;
    await options.answers.keep(kindsKey(state.pull, start.head.commit), [...settled.values()], 'soon');
  };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    await takeTurn();
    const asked = toRead(evidence, wanted(evidence), touched, settled);
    if (asked.length === 0) {
      await keep();
      return evidence;
    }
    const cached = await options.blobs.get(asked.filter(({ at }) => at === null).map(({ oid }) => oid));
    const { answers, gaps } = await readContents(
      api,
      state.pull,
      asked.filter(({ oid, at }) => at !== null || !cached.has(oid)),
    );
    const fresh = new Map(answers.flatMap(({ oid, blob }) => (blob === null ? [] : [[oid, blob] as const])));
    await options.blobs.put(fresh);
    const kinds = new Map(
      answers.flatMap(({ path, kind, oid }) => (kind === null ? [] : [[path, { path, kind, oid }] as const])),
    );
    for (const [path, entry] of kinds) settled.set(path, entry);
    evidence = withContents(evidence, new Map<Oid, Blob>([...cached, ...fresh]), kinds, gaps);
    if (gaps.length > 0) return evidence;
  }
  const left = wanted(evidence);
  if (left.length === 0) return evidence;
  const gap: Gap = {
    kind: 'limit',
    cause: 'content',
    subject: left[0] ?? '',
    location: null,
    reason: `Files refer to further files through more than ${MOST_ROUNDS} steps; ${left.length} were not read, the first is ${left[0]}.`,
    remedy: 'Shorten the chain of files that call each other.',
  };
  return { ...evidence, gaps: [...evidence.gaps, gap] };
}

function toRead(
  { base, head, blobs }: Evidence,
  paths: readonly string[],
  touched: ReadonlySet<string>,
  settled: ReadonlyMap<string, TreeEntry>,
): Asked[] {
  const asked = new Map<string, Asked>();
  const wantedPaths = new Set(paths);
  for (const { path, oid } of head.entries)
    if (wantedPaths.has(path) && touched.has(path) && !settled.has(path))
      asked.set(`head ${path}`, { path, oid, at: head.commit });
  for (const { path, oid, kind } of [...(base?.entries ?? []), ...head.entries])
    if (
      wantedPaths.has(path) &&
      kind !== 'submodule' &&
      blobs[oid] === undefined &&
      !asked.has(`head ${path}`) &&
      oid !== ''
    )
      asked.set(oid, { path, oid, at: null });
  return [...asked.values()];
}

function withContents(
  evidence: Evidence,
  blobs: ReadonlyMap<Oid, Blob>,
  kinds: ReadonlyMap<string, TreeEntry>,
  gaps: readonly Gap[],
): Evidence {
  const { entries } = evidence.head;
  // Trees are long, and what was assumed of a changed file is nearly always right.
  const isAsAssumed = entries.every((entry) => isSame(entry, kinds.get(entry.path)));
  const head: Snapshot = isAsAssumed
    ? evidence.head
    : { ...evidence.head, entries: entries.map((entry) => kinds.get(entry.path) ?? entry) };
  return {
    ...evidence,
    head,
    blobs: { ...evidence.blobs, ...Object.fromEntries(blobs) },
    gaps: [...evidence.gaps, ...gaps],
  };
}

function isSame({ kind, oid }: TreeEntry, told: TreeEntry | undefined): boolean {
  return told === undefined || (told.kind === kind && told.oid === oid);
}
