// Writes the generated pages of docs/; with --check only compares and says which part is stale. With `--guidance FOLDER`,
// which holds the guidance's documents, their digests are written or compared too: whoever writes them has looked through
// the tables of src/core/rules/guidance first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deliveryFileSchema } from '../../src/core/delivery-file/schema.ts';
import { policyJsonSchema } from '../../src/core/policy/schema.ts';
import { GUIDANCE } from '../../src/core/rules/guidance/index.ts';
import { deliveriesPage } from './deliveries-page.ts';
import { firstDifference } from './first-difference.ts';
import { partsOf, strangers } from './guidance-text.ts';
import { policyPage } from './policy-page.ts';
import { rulesPage } from './rules-page.ts';

const PAGES: readonly { readonly path: string; readonly render: () => string }[] = [
  { path: 'docs/delivery.schema.json', render: () => `${JSON.stringify(deliveryFileSchema(), null, 2)}\n` },
  { path: 'docs/policy.schema.json', render: () => `${JSON.stringify(policyJsonSchema(), null, 2)}\n` },
  { path: 'docs/deliveries.md', render: deliveriesPage },
  { path: 'docs/policy.md', render: policyPage },
  { path: 'docs/rules.md', render: rulesPage },
];

const check = process.argv.includes('--check');
let stale = 0;
for (const { path, render } of PAGES) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const page = render();
  if (!check) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page);
    process.stdout.write(`${path} written\n`);
    continue;
  }
  const difference = firstDifference(read(file), page);
  if (difference === null) continue;
  stale += 1;
  process.stderr.write(`${path} is stale: ${difference}\nRun \`npm run docs\` and commit the result.\n`);
}
const guidance = process.argv.indexOf('--guidance');
if (guidance >= 0) compareGuidance(process.argv[guidance + 1] ?? '.');
process.exitCode = stale > 0 ? 1 : 0;

function compareGuidance(folder: string): void {
  const path = 'test/docs/guidance-digests.json';
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const parts = Object.keys(GUIDANCE).map((name) => ({ name, parts: partsOf(read(`${folder}/${name}.md`)) }));
  if (!check) {
    const digests = parts.map(({ name, parts }) => [name, parts.map(({ digest }) => digest)] as const);
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
    process.stdout.write(`${path} written\n`);
    return;
  }
  const known = JSON.parse(read(file)) as Readonly<Record<string, readonly string[]>>;
  for (const each of parts)
    for (const stranger of strangers(each.parts, known[each.name] ?? [])) {
      stale += 1;
      process.stderr.write(
        `${each.name}: ${stranger}. Give each of its sentences a row in src/core/rules/guidance/${each.name}.ts.\n`,
      );
    }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
