// Whose registry a destination is: local, internal, own, public, or unknown.
import type { DestinationClass } from '../model/delivery.ts';
import type { Registries } from '../model/policy.ts';
import type { Hole, Value } from '../model/value.ts';
import { matchesPattern } from './patterns.ts';

/**
 * Classifies `registry/repository` by the policy's patterns; the first class that matches wins, from the most to the
 * least protected, so that `ghcr.io/acme-internal` can be internal although `ghcr.io` is public. A host with unknown
 * parts is unknown unless the policy says what they stand for.
 */
export function classifyDestination(
  registries: Registries,
  registry: Value,
  repository: Value,
): DestinationClass {
  const name = knownPrefix([...substitute(registries, registry), '/', ...substitute(registries, repository)]);
  const host = name.split('/', 1)[0] ?? '';
  if (host === '' || !name.includes('/')) return 'unknown';
  for (const kind of ['local', 'internal', 'own', 'public'] as const)
    if (registries[kind].some((pattern) => covers(pattern.toLowerCase(), name.toLowerCase()))) return kind;
  return 'unknown';
}

/** A pattern of one segment is about the host alone; a longer one about the host and the leading namespaces. */
function covers(pattern: string, name: string): boolean {
  const depth = pattern.split('/').length;
  return matchesPattern(pattern, pattern.includes('**') ? name : name.split('/').slice(0, depth).join('/'));
}

function substitute(registries: Registries, value: Value): Value {
  return value.map((part) => (typeof part === 'string' ? part : (meaning(registries, part) ?? part)));
}

function meaning(registries: Registries, hole: Hole): string | undefined {
  const name = hole.expression
    .replace(/^\$\{\{\s*|\s*\}\}$/g, '')
    .replace(/^\$\{?|\}$/g, '')
    .trim();
  return (
    registries.variables[name] ?? (name.startsWith('env.') ? registries.variables[name.slice(4)] : undefined)
  );
}

/** The text up to the first hole; a segment that a hole cuts short is left out, since its rest could be anything. */
function knownPrefix(value: Value): string {
  let text = '';
  for (const part of value) {
    if (typeof part !== 'string') return text.slice(0, text.lastIndexOf('/') + 1);
    text += part;
  }
  return text;
}
