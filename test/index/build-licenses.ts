// Builds src/core/licenses/standard-texts.json from a folder of licence texts, one `<SPDX id>.txt` for each, as the folder
// `text` of github.com/spdx/license-list-data holds them: `node test/index/build-licenses.ts FOLDER`. Only hashes of word
// groups go in. The same texts give the same bytes. Afterwards run `npx biome format --write` on the result.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  encodedHashes,
  groupHashes,
  longestGap,
  type TextsData,
  termsOf,
  wordsOf,
} from '../../src/core/licenses/standard-texts.ts';

/** Of texts with more words than this only every so many hashes are kept, so that the data stays small. */
const LONG = 700;
const EVERY = 8;

/** Licences that repositories with Dockerfiles have, and those that look like them and are not the same. */
const IDS = [
  ...['0BSD', 'BSD-1-Clause', 'BSD-2-Clause', 'BSD-2-Clause-Patent', 'BSD-3-Clause', 'BSD-3-Clause-Clear'],
  ...[
    'BSD-4-Clause',
    'BSL-1.0',
    'BlueOak-1.0.0',
    'HPND',
    'ISC',
    'JSON',
    'MIT',
    'MIT-0',
    'MIT-Modern-Variant',
  ],
  ...['NCSA', 'PostgreSQL', 'UPL-1.0', 'Unlicense', 'WTFPL', 'X11', 'Zlib', 'curl', 'Apache-1.1', 'OpenSSL'],
  ...['AFL-3.0', 'Apache-2.0', 'Artistic-1.0', 'Artistic-2.0', 'BUSL-1.1', 'CC-BY-4.0', 'CC-BY-NC-4.0'],
  ...[
    'CC-BY-NC-SA-4.0',
    'CC-BY-ND-4.0',
    'CC-BY-SA-4.0',
    'CC0-1.0',
    'CDDL-1.0',
    'CDDL-1.1',
    'CPL-1.0',
    'ECL-2.0',
  ],
  ...['EPL-1.0', 'EPL-2.0', 'EUPL-1.1', 'EUPL-1.2', 'Elastic-2.0', 'MPL-1.1', 'MPL-2.0', 'MS-PL', 'MS-RL'],
  ...['BSD-3-Clause-HP', 'CC-BY-NC-ND-4.0', 'CUA-OPL-1.0', 'EUPL-1.0', 'SPL-1.0', 'UCL-1.0'],
  ...[
    'IPL-1.0',
    'PHP-3.0',
    'Pixar',
    'TGPPL-1.0',
    'MulanPSL-2.0',
    'OFL-1.1',
    'OSL-3.0',
    'PHP-3.01',
    'Python-2.0',
    'SSPL-1.0',
    'Vim',
  ],
];
/** GNU licences by the id that leaves open whether later versions count, with the file of the text. */
const GNU = ['AGPL-3.0', 'GPL-1.0', 'GPL-2.0', 'GPL-3.0', 'LGPL-2.0', 'LGPL-2.1', 'LGPL-3.0'];

const folder = process.argv[2] ?? '';
const texts = [...IDS.map((id) => [id, id]), ...GNU.map((id) => [id, `${id}-only`])].flatMap(
  ([id = '', file = '']) => {
    const path = join(folder, `${file}.txt`);
    if (!existsSync(path)) throw new Error(`There is no ${path}.`);
    return [entryOf(id, termsOf(readFileSync(path, 'utf8')))];
  },
);
const data: TextsData = { version: 1, texts };
const content = `${JSON.stringify(data, null, 2)}\n`;
writeFileSync(new URL('../../src/core/licenses/standard-texts.json', import.meta.url), content);
console.log(`${texts.length} texts of ${IDS.length + GNU.length} licences, ${content.length} bytes`);

function entryOf(id: string, text: string): TextsData['texts'][number] {
  const words = wordsOf(text);
  const every = words.length > LONG ? EVERY : 1;
  const kept = groupHashes(words).flatMap((hash, at) => (hash % every === 0 ? [{ hash, at }] : []));
  const gap = longestGap(
    kept.map(({ at }) => at),
    words.length,
  );
  return { id, words: words.length, every, gap, hashes: encodedHashes(kept.map(({ hash }) => hash)) };
}
