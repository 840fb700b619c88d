// The texts of pipelines, scripts and Dockerfiles → every place where Docker Content Trust is switched on or off.
import type { ContentTrustUse } from './model/content-trust-use.ts';
import type { Blob, Snapshot } from './model/evidence.ts';
import type { Truth } from './model/value.ts';

/** Prose and data: what stands there is not run. */
const NOT_RUN = /(?:\.(?:adoc|json|lock|md|rst|sum|txt)|(?:^|\/)(?:COPYING|LICEN[CS]E|NOTICE)[^/]*)$/i;

/** Whatever is found begins like one of these; most files hold none of them. */
const HINTS = ['DOCKER_CONTENT_TRUST', '-content-trust', 'docker trust', 'notary'];

/** Longer lines are data. */
const LINE_LIMIT = 4_000;

type Found = Pick<ContentTrustUse, 'kind' | 'name' | 'on'>;
type Pattern = { readonly pattern: RegExp; readonly found: (match: RegExpExecArray) => Found };

/**
 * The words are the same in shells, YAML, Makefiles and Dockerfiles, and mean the same wherever they are run, so that they
 * are looked for as words. Source: docs.docker.com/engine/security/trust, github.com/notaryproject/notary.
 */
const PATTERNS: readonly Pattern[] = [
  {
    // `NAME=1`, `NAME: 1`, `NAME := 1`, and `ENV NAME 1`.
    pattern: /(?<![\w$-])DOCKER_CONTENT_TRUST["']?(?:\s*(?::=|\?=|[:=])\s*|\s+(?=[01tTfF]))["']?([\w$]*)/g,
    found: ([, value = '']) => ({ kind: 'setting', name: 'DOCKER_CONTENT_TRUST', on: switched(value) }),
  },
  {
    pattern: /(?<![\w-])--disable-content-trust(?:=["']?([\w$]*))?/g,
    found: ([, value]) => ({
      kind: 'switch',
      name: '--disable-content-trust',
      on: negated(value === undefined ? 'yes' : switched(value)),
    }),
  },
  {
    pattern: /(?<![\w/-])docker\s+trust\s+(sign|revoke|inspect|key|signer)(?![\w-])/g,
    found: ([, command = '']) => ({ kind: 'command', name: `docker trust ${command}`, on: 'yes' }),
  },
  {
    pattern:
      /(?<=^|[;&|(]|\bsudo|\brun:)\s*notary\s(?:[^;&|]*\s)??(addhash|add|delegation|init|list|lookup|publish|remove|rotate|sign|verify|witness)(?![\w-])/g,
    found: ([, command = '']) => ({ kind: 'command', name: `notary ${command}`, on: 'yes' }),
  },
];

/** By the content: the same files are looked through again and again. */
const SPEAKING = new WeakMap<Blob, boolean>();

function speaks(blob: Blob): boolean {
  if (blob.kind !== 'text') return false;
  const known = SPEAKING.get(blob) ?? HINTS.some((hint) => blob.text.includes(hint));
  SPEAKING.set(blob, known);
  return known;
}

/** In the order of paths and lines; only of files that were read anyway. */
export function contentTrustUses(
  { entries }: Snapshot,
  blobs: Readonly<Record<string, Blob>>,
): readonly ContentTrustUse[] {
  // Few repositories have any, and trees are long.
  if (!Object.values(blobs).some(speaks)) return [];
  return entries.flatMap(({ path, kind, oid }) => {
    const blob = kind === 'file' || kind === 'executable' ? blobs[oid] : undefined;
    return blob?.kind === 'text' && speaks(blob) && !NOT_RUN.test(path) ? usesIn(path, blob.text) : [];
  });
}

function usesIn(path: string, text: string): readonly ContentTrustUse[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.length > LINE_LIMIT) return [];
    const code = withoutComment(line);
    return PATTERNS.flatMap(({ pattern, found }) =>
      [...code.matchAll(pattern)].map((match) => {
        const start = match.index + match[0].length - match[0].trimStart().length;
        const range = {
          start: { line: index + 1, column: start + 1 },
          end: { line: index + 1, column: match.index + match[0].length + 1 },
        };
        return { ...found(match), location: { path, range } };
      }),
    );
  });
}

/** `#` begins a comment at the beginning of a line or after a blank, in all of these languages. */
function withoutComment(line: string): string {
  return line.replace(/(?:^|\s)#.*$/, '');
}

/** As Docker reads a switch (Go's ParseBool); what a variable holds is not known. */
function switched(value: string): Truth {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return 'yes';
  return value.includes('$') ? 'unknown' : 'no';
}

function negated(truth: Truth): Truth {
  return truth === 'yes' ? 'no' : truth === 'no' ? 'yes' : 'unknown';
}
