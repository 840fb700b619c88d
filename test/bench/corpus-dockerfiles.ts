// What the reader says of a folder of Dockerfiles, in the form people's labels have.
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import type { Dockerfile, Stage } from '../../src/core/model/dockerfile.ts';
import type { Import } from '../../src/core/model/import.ts';
import { format } from '../../src/core/value.ts';

/** One object per file of `folder`, sorted by name; each file is read alone. `paths` gives a file's path in its repository. */
export function predictDockerfiles(folder: string, paths: ReadonlyMap<string, string>): readonly object[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const text = readFileSync(joinPath(folder, name), 'utf8');
      return predict(
        name,
        readDockerfile(paths.get(`dockerfiles/${name}`) ?? name, '0'.repeat(40), { kind: 'text', text }),
      );
    });
}

function predict(file: string, dockerfile: Dockerfile): object {
  const { stages } = dockerfile;
  return {
    file,
    stages: stages.map((stage, index) => ({
      name: stage.name,
      base: baseOf(stage, stages),
      is_final: index === stages.length - 1,
    })),
    external_imports: dockerfile.imports.flatMap((entry) => importOf(entry, dockerfile.text)),
    license_in_file: dockerfile.notice.licenses[0]?.expression ?? dockerfile.notice.recognized?.id ?? null,
    squash_risk: dockerfile.squash.some((copy) => copy.foreign.length > 0),
  };
}

function baseOf(stage: Stage, stages: readonly Stage[]): string {
  if (stage.base.kind === 'scratch') return 'scratch';
  if (stage.base.kind === 'image') return format(stage.base.name);
  return `stage:${stages[stage.base.stage]?.name ?? stage.base.stage}`;
}

/** The labels know fewer kinds; package repositories are none of them. */
function kindOf(entry: Import): string | null {
  switch (entry.kind) {
    case 'download':
      return 'http-download';
    case 'git-clone':
    case 'remote-add':
    case 'package-manager':
      return entry.kind;
    case 'copied-image':
      return 'copy-from-image';
    case 'package-url': {
      const source = format(entry.source);
      if (/^git|\.git(@|#|$)/.test(source)) return 'git-clone';
      return /^https?:/.test(source) ? 'http-download' : 'package-manager';
    }
    default:
      return null;
  }
}

function importOf(entry: Import, text: string): readonly object[] {
  const kind = kindOf(entry);
  if (kind === null) return [];
  return [
    {
      line: entry.location.range.start.line,
      kind,
      url_or_ref: format(entry.source),
      secure_channel: kind === 'package-manager' ? null : entry.secureChannel === 'yes',
      verified: kind === 'package-manager' ? null : verifiedBy(entry, text),
      piped_to_shell: entry.pipedToShell,
    },
  ];
}

/** A signed list of checksums is labelled by the command that checks the file: a checksum. */
function verifiedBy(entry: Import, text: string): string {
  const { method, location } = entry.verification;
  if (method === 'none' || location === null) return 'none';
  if (method !== 'signature') return 'checksum';
  const line = text.split('\n')[location.range.start.line - 1] ?? '';
  return /\b(sha\d+|md5|b2)sum\b|\bshasum\b/.test(line.slice(location.range.start.column - 1))
    ? 'checksum'
    : 'signature';
}
