// Shorthand for tests: the lines of one stage in, its imports out.
import { readImports } from '../../../../src/core/dockerfile/imports/read.ts';
import { readDockerfile } from '../../../../src/core/dockerfile/read.ts';
import type { Import } from '../../../../src/core/model/import.ts';
import { format } from '../../../../src/core/value.ts';

export function imports(...lines: readonly string[]): readonly Import[] {
  return read(['FROM base', ...lines].join('\n')).imports;
}

export function read(text: string): ReturnType<typeof readImports> {
  return readImports(readDockerfile('Dockerfile', '0'.repeat(40), { kind: 'text', text }));
}

export function summary(one: Import): string {
  return `${one.kind} ${format(one.source)}`;
}

export function sources(...lines: readonly string[]): readonly string[] {
  return imports(...lines).map(summary);
}
