// Writes the generated pages of docs/; with --check only compares and says which part is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deliveryFileSchema } from '../../src/core/delivery-file/schema.ts';
import { policyJsonSchema } from '../../src/core/policy/schema.ts';
import { deliveriesPage } from './deliveries-page.ts';
import { firstDifference } from './first-difference.ts';
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
process.exitCode = stale > 0 ? 1 : 0;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
