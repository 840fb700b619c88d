// Reads a Dockerfile text in tests, and looks its facts up in the text again.
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import type { Dockerfile, Instruction } from '../../../src/core/model/dockerfile.ts';
import type { Location, Position } from '../../../src/core/model/position.ts';
import { format } from '../../../src/core/value.ts';

export function read(text: string): Dockerfile {
  return readDockerfile('Dockerfile', '0'.repeat(40), { kind: 'text', text });
}

/** The instructions of the only stage of `FROM scratch` and the given lines. */
export function body(...lines: string[]): readonly Instruction[] {
  return read(['FROM scratch', ...lines].join('\n')).stages[0]?.instructions ?? [];
}

/** Bases as people write them: `stage 0`, `scratch`, or the image with its holes shown. */
export function bases(file: Dockerfile): readonly string[] {
  return file.stages.map(({ base }) => {
    if (base.kind === 'stage') return `stage ${base.stage}`;
    return base.kind === 'scratch' ? 'scratch' : format(base.name);
  });
}

export function values(instruction: Instruction | undefined): readonly string[] {
  return (instruction?.words ?? []).map((word) => format(word.value));
}

export function texts(instruction: Instruction | undefined): readonly string[] {
  return (instruction?.words ?? []).map((word) => word.text);
}

export function reasons(file: Dockerfile): readonly string[] {
  return file.gaps.map((gap) => `${gap.location?.range.start.line ?? 0}: ${gap.reason}`);
}

/** What stands at a location. */
export function slice(text: string, location: Location): string {
  return text.slice(offset(text, location.range.start), offset(text, location.range.end));
}

function offset(text: string, position: Position): number {
  let start = 0;
  for (let line = 1; line < position.line; line += 1) start = text.indexOf('\n', start) + 1;
  return start + position.column - 1;
}
