// A tree and its workflows → other repositories whose files lie in the checkout that images are built from.
import type { Gap, TreeEntry } from './model/evidence.ts';
import type { FurtherCheckout } from './model/facts.ts';
import { type Files, isGap } from './pipeline/files.ts';
import { locate, sourceText } from './pipeline/source-text.ts';
import { readWorkflow, type StepSyntax } from './pipeline/workflow.ts';
import { childOf, entryOf, textOf } from './pipeline/yaml.ts';

type Found = { readonly checkouts: readonly FurtherCheckout[]; readonly gaps: readonly Gap[] };

const SUBMODULES = '.gitmodules';
const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;
/** Source: github.com/actions/checkout, input `repository`. */
const CHECKOUT = /^actions\/checkout@/i;
const MOST = 200;

/** In the order of the files. Submodules that `.gitmodules` does not name can't be checked out, and are left out. */
export function furtherCheckouts(entries: readonly TreeEntry[], files: Files, place: Place): Found {
  const kinds = new Map(entries.map(({ path, kind }) => [path, kind]));
  // Of what a change adds it is not known what it is before it is asked for.
  const isSubmodule = (path: string): boolean => {
    if (kinds.get(path) === 'file') files.read(path);
    return kinds.get(path) === 'submodule';
  };
  const submodules = submodulesIn(files, isSubmodule, place);
  const workflows = files.list().filter((path) => WORKFLOW.test(path));
  return {
    checkouts: [
      ...submodules.checkouts,
      ...workflows.flatMap((path) => checkoutsIn(files, path, place)),
    ].slice(0, MOST),
    gaps: submodules.gaps,
  };
}

const NOTHING: Found = { checkouts: [], gaps: [] };

/** The repository under review: what relative addresses start from. */
export type Place = {
  /** Web address of the forge. */
  readonly server: string;
  /** `owner/repository`; null where it is not known. */
  readonly slug: string | null;
};

/** Source: git-config's syntax, with the keys of gitmodules(5). */
function submodulesIn(files: Files, isSubmodule: (path: string) => boolean, place: Place): Found {
  const read = files.read(SUBMODULES);
  if (read === null || read === 'unread') return NOTHING;
  if (isGap(read)) return { checkouts: [], gaps: [read] };
  const source = sourceText(SUBMODULES, read.text);
  const checkouts: FurtherCheckout[] = [];
  let path: string | null = null;
  let address: string | null = null;
  let at = 0;
  let from = 0;
  const finish = (): void => {
    if (path !== null && address !== null && isSubmodule(path)) {
      const location = locate(source, at, at + address.length);
      const commit = files.oid(path);
      checkouts.push({ kind: 'submodule', address: absolute(address, place), path, commit, location });
    }
    path = null;
    address = null;
  };
  for (const line of read.text.split('\n')) {
    const [, key = '', value = ''] = /^\s*(path|url)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (/^\s*\[/.test(line)) finish();
    if (key.toLowerCase() === 'path') path = unquoted(value).replace(/\/+$/, '');
    if (key.toLowerCase() === 'url') {
      address = unquoted(value);
      at = from + Math.max(0, line.indexOf(address));
    }
    from += line.length + 1;
  }
  finish();
  return { checkouts, gaps: [] };
}

function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/, '$1');
}

/** `../library.git` stands beside the repository itself. */
function absolute(address: string, { server, slug }: Place): string {
  if (!/^\.\.?\//.test(address)) return address;
  const parts = (slug ?? '').split('/');
  for (const part of address.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `${server}/${parts.join('/')}`;
}

function checkoutsIn(files: Files, path: string, place: Place): readonly FurtherCheckout[] {
  const read = files.read(path);
  // What could not be read is said where deliveries are looked for.
  if (read === null || read === 'unread' || isGap(read)) return [];
  // Parsing is what costs, and few workflows check out anything else.
  if (!/actions\/checkout@/i.test(read.text) || !/\brepository\b/.test(read.text)) return [];
  return readWorkflow(path, read.text)
    .jobs.flatMap(({ steps }) => steps)
    .flatMap((step) => checkoutOf(step, place));
}

function checkoutOf(
  { uses, inputs, source }: StepSyntax,
  { server, slug }: Place,
): readonly FurtherCheckout[] {
  if (uses === null || !CHECKOUT.test(uses.text)) return [];
  const entry = entryOf(inputs, 'repository');
  const written = textOf(entry?.value)?.trim() ?? '';
  if (entry === null || written === '') return [];
  const name = written
    .replace(/\$\{\{\s*github\.repository_owner\s*\}\}/g, slug?.split('/')[0] ?? '')
    .replace(/\$\{\{\s*github\.repository\s*\}\}/g, slug ?? '');
  const folder = textOf(childOf(inputs, 'path')) ?? '';
  return [
    {
      kind: 'checkout',
      address: `${server}/${name}`,
      commit: null,
      path: folder.replace(/^\.\/|\/+$/g, ''),
      location: locate(source, entry.value.start, entry.value.end),
    },
  ];
}
