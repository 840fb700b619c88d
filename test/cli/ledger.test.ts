// The App's record on the command line: what the running server left behind, checked, shown and judged again.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { main } from '../../src/cli.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startGate } from '../app/harness.ts';
import { DOCKERFILE, RELEASE } from '../scenarios/stories.ts';
import { temporaryFolder } from '../store/support.ts';

jest.setTimeout(180_000);

const folder = temporaryFolder();
const empty = temporaryFolder();

type Ran = { readonly code: number; readonly out: string; readonly err: string };

const run = (...argv: string[]): Promise<Ran> => runIn(folder, ...argv);

const runIn = async (dataFolder: string, ...argv: string[]): Promise<Ran> => {
  let [out, err] = ['', ''];
  const code = await main(argv, {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    isTTY: { stdout: false, stderr: false },
    columns: 100,
    env: { DATA_FOLDER: dataFolder },
    cwd: '/',
    now: () => new Date(0),
  });
  return { code, out, err };
};

beforeAll(async () => {
  const gate = await startGate({ settings: { dataFolder: folder } });
  const repository = gate.repository('told', { files: { Dockerfile: DOCKERFILE } });
  const pull = repository.openPullRequest({
    author: 'dev',
    branch: 'release',
    files: { '.github/workflows/release.yml': RELEASE },
  });
  await gate.settled();
  await pull.label('delivery: approved', { as: 'sam' });
  await gate.settled();
  await pull.label('delivery: approved', { as: 'olga' });
  await gate.settled();
  // Asking again changes nothing, and so adds nothing.
  await pull.rerunAll({ as: 'dev' });
  await gate.settled();
  await pull.merge({ as: 'dev' });
  await gate.settled();
  await gate.stop();
}, 180_000);

describe('the ledger on the command line', () => {
  test('shows what happened to a pull request, each verdict once', async () => {
    const { code, out } = await run('ledger', 'show', 'acme/told#1');
    expect(code).toBe(0);
    const kinds = out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[2]);
    expect(kinds).toEqual(['verdict', 'refused', 'approved', 'verdict', 'delivered']);
    expect(out).toContain('by olga');
    expect(out).toContain('cleared');
  });

  test('replays every verdict from kept evidence to the same', async () => {
    const { code, out } = await run('replay', 'acme/told#1');
    expect(out.match(/the same again/g)).toHaveLength(3);
    expect(code).toBe(0);
  });

  test('exports JSON Lines that parse', async () => {
    const { code, out } = await run('ledger', 'export');
    expect(code).toBe(0);
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number });
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, index) => index + 1));
  });

  test('makes no store where there is none, and takes none for one in order', async () => {
    for (const command of [['verify'], ['export'], ['show', 'acme/told#1']]) {
      const { code, out, err } = await runIn(empty, 'ledger', ...command);
      expect([code, out, err]).toEqual([
        64,
        '',
        `clear-to-ship: There is no store in ${empty}.\nSet DATABASE_URL or DATA_FOLDER as the server has them.\n`,
      ]);
    }
    expect(readdirSync(empty)).toEqual([]);
    const { code, err } = await run('ledger', 'verify', '--installation', '12');
    expect([code, err]).toEqual([
      64,
      'clear-to-ship: Nothing is recorded of installation "12".\nInstallations with a record: 11.\n',
    ]);
  });

  test('says what it does not know', async () => {
    expect((await run('ledger', 'show', 'acme/other#9')).code).toBe(64);
    expect(await run('replay', 'nonsense')).toEqual({
      code: 64,
      out: '',
      err: 'clear-to-ship: "nonsense" is no pull request.\nName one as owner/repository#number.\n',
    });
  });

  test('verifies the chain, and finds a forged entry', async () => {
    expect((await run('ledger', 'verify')).out).toMatch(
      /^installation 11: intact, 5 entries, head [0-9a-f]{64}\nevidence: intact, [1-9]\d* texts\n$/,
    );
    const database = await openDatabase({ folder });
    await database.statements.executeSql('alter table ledger_entries disable trigger all', []);
    await database.statements.executeSql("update ledger_entries set body = '{}' where kind = 'refused'", []);
    await database.close();
    const { code, out } = await run('ledger', 'verify');
    expect(code).toBe(1);
    expect(out).toContain('broken at entry 2');
  });

  test.each(['kept_evidence', 'evidence_pieces'])(
    'finds forged evidence in %s, and does not judge by it',
    async (table) => {
      const database = await openDatabase({ folder });
      const change = `update ${table} set content = replace(content, 'debian', 'ubuntu')`;
      await database.statements.executeSql(change, []);
      await database.close();
      const { code, out } = await run('ledger', 'verify');
      expect(code).toBe(1);
      expect(out).toMatch(/^evidence [0-9a-f]{64}: not what was recorded$/m);
      const again = await run('replay', 'acme/told#1');
      expect(again.code).toBe(1);
      expect(again.out).toMatch(/not judged again: .* not what was recorded$/m);
    },
  );
});
