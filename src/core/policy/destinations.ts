// Whose registry a destination is: local, internal, own, public, or unknown.
import type { DestinationClass } from '../model/delivery.ts';
import type { Registries } from '../model/policy.ts';
import type { Hole, Truth, Value } from '../model/value.ts';
import { matchesPattern } from './patterns.ts';

/** From the most to the least protected: the first class that matches wins. */
const CLASSES = ['local', 'internal', 'own', 'public'] as const;

/** How many names a destination may stand for before its alternatives are taken as open. */
const MOST_VARIANTS = 64;

/**
 * Classifies `registry/repository` by the policy's patterns; the first class that matches wins, from the most to the
 * least protected, so that `ghcr.io/acme-internal` can be internal although `ghcr.io` is public. What can't be known
 * makes it `unknown` where it could make a difference, unless policy says what it stands for.
 */
export function classifyDestination(
  registries: Registries,
  registry: Value,
  repository: Value,
): DestinationClass {
  const name = [...substituted(registries, registry), '/', ...substituted(registries, repository)];
  const classes = new Set(variants(name).map((variant) => classOf(registries, variant)));
  const [only] = classes;
  return classes.size === 1 && only !== undefined ? only : 'unknown';
}

function classOf(registries: Registries, name: Value): DestinationClass {
  const { segments, complete } = knownSegments(name);
  if ((segments[0] ?? '') === '' || (complete && segments.length < 2)) return 'unknown';
  let possible: DestinationClass | null = null;
  for (const kind of CLASSES) {
    for (const pattern of registries[kind]) {
      const answer = covers(pattern.toLowerCase(), segments, complete);
      if (answer === 'yes') return possible === null || possible === kind ? kind : 'unknown';
      if (answer === 'unknown') possible ??= kind;
    }
  }
  return 'unknown';
}

/** A pattern of one segment is about the host alone; a longer one about the host and the leading namespaces. */
function covers(pattern: string, segments: readonly string[], complete: boolean): Truth {
  const parts = pattern.split('/');
  const open = parts.findIndex((part) => part.includes('**'));
  if (open === -1) return coversLeading(parts, segments, complete);
  if (complete) return matchesPattern(pattern, segments.join('/')) ? 'yes' : 'no';
  const leading = coversLeading(parts.slice(0, open), segments, complete);
  // `host/namespace/**` is settled by what stands before it; any other place of `**` needs the rest of the name.
  const settles = open === parts.length - 1 && parts[open] === '**';
  return leading === 'yes' && !settles ? 'unknown' : leading;
}

function coversLeading(parts: readonly string[], segments: readonly string[], complete: boolean): Truth {
  const seen = Math.min(parts.length, segments.length);
  if (!matchesPattern(parts.slice(0, seen).join('/'), segments.slice(0, seen).join('/'))) return 'no';
  if (seen === parts.length) return 'yes';
  return complete ? 'no' : 'unknown';
}

/** The segments in front of the first hole; one that a hole cuts short is left out, since its rest could be anything. */
function knownSegments(name: Value): { readonly segments: readonly string[]; readonly complete: boolean } {
  let text = '';
  for (const part of name) {
    if (typeof part !== 'string')
      return { segments: text.toLowerCase().split('/').slice(0, -1), complete: false };
    text += part;
  }
  return { segments: text.toLowerCase().split('/'), complete: true };
}

/** Every name the value can stand for where its holes name their choices; the value itself when that are too many. */
function variants(value: Value): readonly Value[] {
  let all: readonly Value[] = [[]];
  for (const part of value) {
    const choices: readonly Value[] =
      typeof part === 'string' || part.choices === undefined || part.choices.length === 0
        ? [[part]]
        : part.choices;
    if (all.length * choices.length > MOST_VARIANTS) return [value];
    all = all.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return all;
}

function substituted(registries: Registries, value: Value): Value {
  return value.map((part) => (typeof part === 'string' ? part : (meaning(registries, part) ?? part)));
}

/** What policy says a hole stands for. Names in `secrets`, `vars` and `env` are compared as GitHub does, without case. */
function meaning({ variables }: Registries, { expression }: Hole): string | undefined {
  const name = expression
    .trim()
    .replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, '$1')
    .replace(/^\$\{([A-Za-z_]\w*)\}$/, '$1')
    .replace(/^\$([A-Za-z_]\w*)$/, '$1')
    .replace(/^(\w+)\s*\[\s*'([\w-]+)'\s*\]$/, '$1.$2');
  if (Object.hasOwn(variables, name)) return variables[name];
  if (!name.includes('.')) return undefined;
  const wanted = name.toLowerCase();
  const found = Object.entries(variables).find(([key]) => key.includes('.') && key.toLowerCase() === wanted);
  if (found !== undefined) return found[1];
  const inEnvironment = /^env\.(.+)$/i.exec(name)?.[1] ?? '';
  return Object.hasOwn(variables, inEnvironment) ? variables[inEnvironment] : undefined;
}
