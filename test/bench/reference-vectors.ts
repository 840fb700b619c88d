// The distribution project's own tables of image names → how many of them we read the same way.
// They are not part of this repository: `--reference-tests FOLDER` names a folder with reference_test.go and normalize_test.go.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { familiarReference, formatReference, parseReference } from '../../src/core/images/reference.ts';

type Count = { right: number; all: number; readonly wrong: string[] };

/** Prints one line for each table, and every name that is read differently. */
export function compareReferences(folder: string): void {
  const normalize = readFileSync(join(folder, 'normalize_test.go'), 'utf8');
  const parse = readFileSync(join(folder, 'reference_test.go'), 'utf8');
  const valid = [...listOf(normalize, 'validRepoNames'), ...listOf(normalize, 'validRepositoryNames')];
  const invalid = [...listOf(normalize, 'invalidRepoNames'), ...listOf(normalize, 'invalidRepositoryNames')];
  report(
    'valid names',
    count(valid, (name) => !isProblem(name)),
  );
  report('invalid names', count(invalid, isProblem));
  const infos = rowsOf(functionOf(normalize, 'TestParseRepositoryInfo'));
  report(
    'full and familiar names',
    count(
      infos.flatMap((row) =>
        [row.FamiliarName, row.FullName, row.AmbiguousName].flatMap((name) => (name ? [{ name, row }] : [])),
      ),
      ({ name, row }) => {
        const parsed = parseReference(name);
        return (
          !('problem' in parsed) &&
          formatReference(parsed) === row.FullName &&
          familiarReference(parsed) === row.FamiliarName
        );
      },
    ),
  );
  report(
    'equivalents',
    count(
      rowsOf(functionOf(normalize, 'TestParseAnyReference')).filter(({ Expected }) => Expected === undefined),
      ({ Reference = '', Equivalent }) => {
        const parsed = parseReference(Reference);
        return !('problem' in parsed) && formatReference(parsed) === Equivalent;
      },
    ),
  );
  report(
    'hosts and paths',
    count(rowsOf(functionOf(normalize, 'TestNormalizedSplitHostname')), ({ input = '', domain, path }) => {
      const parsed = parseReference(input);
      return !('problem' in parsed) && parsed.registry === domain && parsed.repository === path;
    }),
  );
  // This table is of names before they are made full, so that only tags, digests and problems can be compared.
  report(
    'tags, digests and problems',
    count(rowsOf(functionOf(parse, 'TestReferenceParse')), ({ input = '', err, tag, digest }) => {
      const parsed = parseReference(input);
      if (err !== undefined) return 'problem' in parsed;
      return (
        !('problem' in parsed) &&
        (parsed.tag ?? '') === (tag ?? '') &&
        (parsed.digest ?? '') === (digest ?? '')
      );
    }),
  );
}

/** Hosts are put in lower case, as DNS has it; `sha512` is a digest of the OCI specification whoever imports it. */
const ON_PURPOSE = [/"(?:name|input)":"[^"/]*[A-Z][^"/]*\//, /@sha512:f{128}/];

function isProblem(name: string): boolean {
  return 'problem' in parseReference(name);
}

function count<T>(items: readonly T[], isRight: (item: T) => boolean): Count {
  const wrong = items.filter((item) => !isRight(item)).map((item) => JSON.stringify(item).slice(0, 160));
  return { right: items.length - wrong.length, all: items.length, wrong };
}

function report(title: string, { right, all, wrong }: Count): void {
  console.log(`references, ${title}: ${right} of ${all} as the distribution project reads them`);
  for (const each of wrong)
    console.log(
      `  ${ON_PURPOSE.some((known) => known.test(each)) ? 'differently on purpose' : 'differently'}: ${each}`,
    );
}

function functionOf(source: string, name: string): string {
  const from = source.indexOf(`func ${name}(`);
  const to = source.indexOf('\nfunc ', from + 1);
  return from === -1 ? '' : source.slice(from, to === -1 ? undefined : to);
}

function listOf(source: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`\\t${name} := \\[\\]string\\{([^}]*)\\}`).exec(source) ?? [];
  return [...withoutComments(body).matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
}

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\/.*$/gm, '');
}

/** Rows of a table of structures: a text for each field, `strings.Repeat` carried out. */
function rowsOf(source: string): readonly Readonly<Record<string, string>>[] {
  return [...withoutComments(source).matchAll(/^\t\t\{\n([\s\S]*?)^\t\t\},/gm)].map(([, body = '']) =>
    Object.fromEntries(
      [...body.matchAll(/^\t\t\t(\w+):\s+(.*?),?(?:\s*\/\/.*)?$/gm)].map(([, field = '', value = '']) => [
        field,
        textOf(value),
      ]),
    ),
  );
}

function textOf(value: string): string {
  const repeated = value.replace(/strings\.Repeat\("([^"]*)", (\d+)\)/g, (_, text: string, times: string) =>
    JSON.stringify(text.repeat(Number(times))),
  );
  const parts = [...repeated.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
  return parts.length > 0 ? parts.join('') : value.replace(/,$/, '');
}
