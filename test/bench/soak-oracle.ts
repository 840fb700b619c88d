// What the app should have shown: a fresh app with an empty store hears everything that happened once, in order, with
// nothing failing; its checks, comments and decisions are compared with those of the app that went through it all.
import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '../../src/core/canonical-json.ts';
import { PACKET_MARK } from '../../src/core/report/packet.ts';
import { review } from '../../src/core/review.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { latestEvidence } from '../../src/store/kept-evidence.ts';
import { ledgerInstallations, ledgerRecords } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import type { StandIn } from '../support/stand-in.ts';
import { type AppProcess, type Posted, post } from './app-process.ts';
import { APPROVED, meant, type Tracked } from './soak-estate.ts';

const CHECKS = ['clear-to-ship / compliance', 'clear-to-ship / delivery'];

/** What one pull request shows to people. */
type Shown = {
  readonly tracked: Tracked;
  readonly checks: ReadonlyMap<string, string>;
  readonly conclusion: string;
  readonly comments: readonly string[];
  /** Packets, empty ones too: there is never more than one. */
  readonly packets: number;
  readonly labels: readonly string[];
};

/** Which commit a link names depends on what was judged in between; what stands there doesn't. */
const anyCommit = (text: string): string => text.replace(/\b[0-9a-f]{40}\b/g, 'COMMIT');

/** The packet that says that nothing is asked any more: whether there was one before depends on what was judged in between. */
const isEmptyPacket = (body: string): boolean =>
  body.startsWith(PACKET_MARK) && body.includes('## Nothing to approve any more');

/** The pull request as it stands, with the comments numbered above `after` only. */
const shownBy = (tracked: Tracked, after: number): Shown => {
  const { pull } = tracked;
  const run = (name: string) => pull.check(name);
  const comments = pull.comments().filter(({ id }) => id > after);
  return {
    tracked,
    checks: new Map(
      CHECKS.map((name) => {
        const { conclusion, title, summary, text, annotations } = run(name) ?? {};
        return [name, anyCommit(JSON.stringify({ conclusion, title, summary, text, annotations }))];
      }),
    ),
    conclusion: run('clear-to-ship / delivery')?.conclusion ?? 'no check',
    packets: comments.filter(({ body }) => body.startsWith(PACKET_MARK)).length,
    comments: comments
      .filter(({ body }) => !isEmptyPacket(body))
      .map(({ body }) => anyCommit(body))
      .sort(),
    labels: pull.labels().filter((label) => label.startsWith('delivery: ')),
  };
};

export const shown = (tracked: readonly Tracked[]): readonly Shown[] =>
  tracked.map((each) => shownBy(each, 0));

/** Every delivery of the estate that was made once, in the order in which things happened. */
export const toldTo = (github: StandIn): readonly Posted[] =>
  github.webhooks
    .list()
    .filter(({ redelivery }) => !redelivery)
    .map(({ event, guid, payload }) => ({ event, guid, payload }));

const jobsOf = (app: AppProcess): Promise<number> => app.metric('clear_to_ship_queue_jobs');

/** Whether the queue was empty for a while before the time was up. */
export const drained = async (
  app: AppProcess,
  milliseconds: number,
  quiet: () => boolean,
): Promise<boolean> => {
  const deadline = performance.now() + milliseconds;
  for (let calm = 0; calm < 3; await sleep(300)) {
    if (performance.now() > deadline) return false;
    calm = quiet() && (await jobsOf(app)) === 0 ? calm + 1 : 0;
  }
  return true;
};

/** How often its memory is looked at. */
const LOOKS = 20;
/** How far ahead of the work the fresh app is told. */
const AHEAD = 200;

/**
 * Tells the fresh app everything and answers what it shows. Its own writes announce nothing. `watch` hears how many
 * deliveries were told.
 */
export const tellFresh = async (
  github: StandIn,
  fresh: AppProcess,
  deliveries: readonly Posted[],
  tracked: readonly Tracked[],
  watch: (told: number) => Promise<void>,
): Promise<readonly Shown[]> => {
  github.webhooks.decide(() => 'drop');
  const every = Math.ceil(deliveries.length / LOOKS);
  const before = Math.max(0, ...tracked.flatMap(({ pull }) => pull.comments().map(({ id }) => id)));
  for (const [index, delivery] of deliveries.entries()) {
    const { status } = await post(fresh.url, github.app.webhookSecret, delivery);
    if (status !== 200) throw new Error(`the fresh app answered ${status}`);
    if (index % every === 0) await watch(index);
    if (index % 50 === 0) while ((await jobsOf(fresh)) > AHEAD) await sleep(50);
  }
  if (!(await drained(fresh, 600_000, () => true))) throw new Error('the fresh app does not come to rest');
  return tracked.map((each) => shownBy(each, before));
};

type Decided = ReadonlyMap<string, string>;

/** Claim → what it led to. The second list names claims that led to more than one entry. */
const decisionsOf = async (
  database: Database,
): Promise<{ readonly decided: Decided; readonly twice: readonly string[] }> => {
  const decided = new Map<string, string>();
  const twice: string[] = [];
  for (const installation of await ledgerInstallations(database.handle))
    for await (const { kind, body, repository, pull } of ledgerRecords(database.handle, installation)) {
      const claim = body as { readonly id?: string; readonly claim?: { readonly id: string } };
      if (!['approved', 'rejected', 'withdrawn', 'refused'].includes(kind)) continue;
      const id = String(claim.id ?? claim.claim?.id);
      if (decided.has(id)) twice.push(id);
      decided.set(id, JSON.stringify({ kind, repository, pull, body }));
    }
  return { decided, twice };
};

/** What labels say has to agree with the check beside them. */
const labelsAgree = ({ conclusion, labels, tracked }: Shown): boolean => {
  const has = (label: string): boolean => labels.includes(label);
  if (conclusion === 'failure')
    return has('delivery: rejected') && !has('delivery: waiting') && !has(APPROVED);
  if (conclusion === 'action_required') return has('delivery: waiting') && !has(APPROVED);
  return !has('delivery: waiting') && !has('delivery: rejected') && tracked.open;
};

export type Findings = {
  readonly entries: number;
  /** What is wrong, by what was compared; one line each. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
};

const differing = (one: readonly string[], other: readonly string[]): string => {
  const only = (from: readonly string[], without: readonly string[]): readonly string[] =>
    from.filter((each) => !without.includes(each)).map((each) => each.slice(0, 1200));
  return `has ${JSON.stringify(only(one, other))}, should have ${JSON.stringify(only(other, one))}`;
};

const compareShown = (was: Shown, right: Shown, say: (what: string, line: string) => void): void => {
  const { name } = was.tracked;
  for (const check of CHECKS) {
    const [is, should] = [was.checks.get(check) ?? '', right.checks.get(check) ?? ''];
    if (!is.includes('"conclusion"')) say('lost verdicts', `${name}: no ${check}`);
    else if (is !== should) say('wrong verdicts', `${name}: ${check} ${differing([is], [should])}`);
  }
  const wanted = meant(was.tracked);
  if (wanted !== null && was.conclusion !== wanted)
    say('against what was meant', `${name} is ${was.conclusion}, people meant ${wanted}`);
  if (was.comments.join('\0') !== right.comments.join('\0'))
    say('wrong comments', `${name} ${differing(was.comments, right.comments)}`);
  if (was.packets > 1) say('doubled comments', `${name}: ${was.packets} packets`);
  if (new Set(was.comments).size !== was.comments.length)
    say('doubled comments', `${name} says something twice`);
  if (!labelsAgree(was)) say('wrong labels', `${name} is ${was.conclusion} with ${was.labels.join(', ')}`);
};

/** Everything that can be wrong in the end. */
export const compare = async (
  was: readonly Shown[],
  right: readonly Shown[],
  store: { readonly url: string } | { readonly folder: string },
  freshStore: { readonly url: string } | { readonly folder: string },
): Promise<Findings> => {
  const problems = new Map<string, string[]>();
  const say = (what: string, line: string): void => {
    problems.set(what, [...(problems.get(what) ?? []), line]);
  };
  for (const [index, each] of was.entries()) compareShown(each, right[index] as Shown, say);
  const [database, fresh] = [await openDatabase(store), await openDatabase(freshStore)];
  let entries = 0;
  try {
    for (const each of [database, fresh])
      for (const installation of await ledgerInstallations(each.handle)) {
        const result = await verifyLedger(each, installation);
        if (!result.ok) say('broken chains', `installation ${installation}: ${result.reason}`);
        else if (each === database) entries += result.entries;
      }
    const [is, should] = [await decisionsOf(database), await decisionsOf(fresh)];
    for (const id of is.twice) say('decisions recorded twice', id);
    for (const [id, text] of should.decided)
      if (!is.decided.has(id)) say('lost decisions', `${id}: ${text.slice(0, 400)}`);
      else if (is.decided.get(id) !== text)
        say('wrong decisions', `${id}: ${differing([is.decided.get(id) ?? ''], [text])}`);
    for (const id of is.decided.keys()) if (!should.decided.has(id)) say('invented decisions', id);
    for (const { tracked } of was) await replays(database, tracked, say);
  } finally {
    await database.close();
    await fresh.close();
  }
  return { entries, problems };
};

/** The evidence that the last verdict was recorded with has to lead to it once more, and be about the head. */
const replays = async (
  database: Database,
  { pull, name }: Tracked,
  say: (what: string, line: string) => void,
): Promise<void> => {
  const { repository, issue } = pull.pull;
  const rows = await database.handle
    .selectFrom('ledger_entries')
    .select(['body', 'installation'])
    .where('repository_id', '=', repository.id)
    .where('pull', '=', issue.number)
    .where('kind', '=', 'verdict')
    .orderBy('sequence', 'desc')
    .limit(1)
    .execute();
  const [last] = rows;
  if (last === undefined) return say('lost verdicts', `${name}: none in the ledger`);
  const { verdict } = JSON.parse(last.body) as { verdict: { outcome: string; subject: { headSha: string } } };
  const place = { owner: repository.owner.login, repository: repository.name, number: issue.number };
  const evidence = await latestEvidence(database.handle, {
    ...place,
    installation: last.installation,
    repositoryId: repository.id,
  });
  if (verdict.subject.headSha !== pull.head())
    say('wrong verdicts', `${name}: the ledger's last one is about ${verdict.subject.headSha}`);
  if (evidence === null) say('not replayed', `${name}: its evidence is gone`);
  else if (canonicalJson(review(evidence).verdict) !== canonicalJson(verdict))
    say('not replayed', `${name}: ${verdict.outcome} became ${review(evidence).verdict.outcome}`);
};
