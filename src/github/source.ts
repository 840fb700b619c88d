// A pull request on GitHub → evidence: what changed, the files the judgement wants, policy, people, decisions.
import type {
  Blob,
  Contributor,
  Decision,
  Evidence,
  Gap,
  Oid,
  Snapshot,
  TreeEntry,
} from '../core/model/evidence.ts';
import type { AnswerCache, BlobCache, Clock, PullRequestRef, PullRequestState, Source } from '../ports.ts';
import type { Api, ApiFor } from './api.ts';
import { type Comparison, compare, unique } from './comparison.ts';
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
export const POLICY_MINUTES = 10;

export function createGitHubSource(options: GitHubSourceOptions): Source {
  return {
    async collect(pull, headSha, wanted) {
      const api = await options.apiFor(pull.installation);
      const state = (await options.recall(pull)) ?? (await askState(api, pull));
      return collectAt(options, api, state, headSha ?? state.headSha, wanted);
    },
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

async function collectAt(
  options: GitHubSourceOptions,
  api: Api,
  state: PullRequestState,
  headSha: Oid,
  wanted: (evidence: Evidence) => readonly string[],
): Promise<Evidence> {
  const { pull } = state;
  const { answers } = options;
  const repository = String(pull.repositoryId);
  const complete = (value: object): number =>
    'reason' in value || ('gaps' in value && (value.gaps as readonly Gap[]).length > 0)
      ? 0
      : Number.POSITIVE_INFINITY;
  const [comparison, policies, decisions] = await Promise.all([
    answers.through(
      `compare ${repository} ${state.baseSha} ${headSha}`,
      () => compare(api, state, headSha),
      complete,
    ),
    answers.through(
      `policies ${pull.owner}/${options.policyRepository} ${repository} ${state.baseSha}`,
      () => readPolicies(api, state, options.policyRepository),
      ({ gaps }) => (gaps.some(({ cause }) => cause === 'world') ? 0 : POLICY_MINUTES * 60_000),
    ),
    options.decisions(pull),
  ]);
  const seen = 'mergeBase' in comparison ? comparison : null;
  const tree =
    seen &&
    (await answers.through(
      `tree ${repository} ${seen.mergeBase}`,
      () => readTree(api, pull, seen.mergeBase),
      complete,
    ));
  const entries = tree !== null && !('reason' in tree) ? tree : null;
  const gaps: Gap[] = [
    ...('reason' in comparison ? [comparison] : comparison.gaps),
    ...(tree !== null && 'reason' in tree ? [tree] : []),
    ...policies.gaps,
  ];
  const start = evidenceOf(options, state, headSha, seen, entries, policies, decisions, gaps);
  return gaps.some(({ cause, kind }) => cause === 'world' && kind !== 'truncated')
    ? start
    : readWanted(options, api, state, start, seen, wanted);
}

function evidenceOf(
  { clock }: GitHubSourceOptions,
  state: PullRequestState,
  headSha: Oid,
  comparison: Comparison | null,
  base: readonly TreeEntry[] | null,
  policies: Policies,
  decisions: readonly Decision[],
  gaps: readonly Gap[],
): Evidence {
  const { pull, server, title, baseRef, baseSha, isDraft, isFork, visibility, author } = state;
  return {
    version: 1,
    subject: {
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
    },
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
      { role: 'pull-request-author', actor: author, name: author.login },
      ...state.pushers.map((actor): Contributor => ({ role: 'pusher', actor, name: actor.login })),
      ...(comparison?.contributors ?? []),
    ]),
    decisions,
    images: [],
    gaps,
  };
}

/** Reads what the judgement asks for, round by round: the content of a workflow names a script, the script a Makefile. */
async function readWanted(
  options: GitHubSourceOptions,
  api: Api,
  state: PullRequestState,
  start: Evidence,
  comparison: Comparison | null,
  wanted: (evidence: Evidence) => readonly string[],
): Promise<Evidence> {
  const touched = new Set(
    comparison?.files.filter(({ status }) => status !== 'removed').map(({ path }) => path),
  );
  // Which of the head's changed files are links or executable never changes for a commit, so it is asked for once.
  const key = `kinds ${state.pull.repositoryId} ${start.head.commit}`;
  const known = await options.answers.through<readonly TreeEntry[]>(
    key,
    async () => [],
    () => 0,
  );
  let evidence = withContents(start, new Map(), new Map(known.map((entry) => [entry.path, entry])), []);
  /** Entries whose kind the content's answer has told. */
  const settled = new Map(known.map((entry) => [entry.path, entry]));
  const keep = async (): Promise<void> => {
    if (settled.size === known.length) return;
    await options.answers.forget(key);
    await options.answers.through(
      key,
      async () => [...settled.values()],
      () => Number.POSITIVE_INFINITY,
    );
  };
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
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
  const head: Snapshot = {
    ...evidence.head,
    entries: evidence.head.entries.map((entry) => kinds.get(entry.path) ?? entry),
  };
  return {
    ...evidence,
    head,
    blobs: { ...evidence.blobs, ...Object.fromEntries(blobs) },
    gaps: [...evidence.gaps, ...gaps],
  };
}
