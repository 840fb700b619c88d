// The images a Dockerfile brings in: bases, `COPY --from`, mounts and the frontend, each as an import.
import { parseReference } from '../images/reference.ts';
import type { Directive, Dockerfile, Stage } from '../model/dockerfile.ts';
import type { Import, ImportKind, Pinning, Verification } from '../model/import.ts';
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { known, split, text } from '../value.ts';
import { isOneOfCandidates, type Use } from './stages.ts';

type Entry = Pick<Dockerfile, 'directives' | 'arguments' | 'stages'>;

/** In the order of the file. */
export function imageImports(file: Entry, uses: readonly Use[]): readonly Import[] {
  const frontend = frontendImport(file);
  const byStage = Map.groupBy(uses, (use) => use.stage);
  const entries = file.stages.flatMap((stage) => [
    ...baseImport(stage),
    ...(byStage.get(stage.index) ?? []).flatMap(useImport),
  ]);
  return frontend ? [frontend, ...entries] : entries;
}

function frontendImport(file: Entry): Import | null {
  const directive = file.directives.find((one) => one.name === 'syntax');
  // BuildKit lets this build argument replace the directive; without a directive it still chooses the frontend.
  const passed = file.arguments.BUILDKIT_SYNTAX;
  if (!directive) return null;
  const source = passed ?? text(directive.value.split(' ')[0] ?? '');
  return imageImport('frontend-image', source, -1, firstWord(directive), directive.location.range.start.line);
}

function firstWord(directive: Directive): Location {
  const { start } = directive.location.range;
  const length = (directive.value.split(' ')[0] ?? '').length;
  return {
    ...directive.location,
    range: { start, end: { line: start.line, column: start.column + length } },
  };
}

function baseImport(stage: Stage): readonly Import[] {
  if (stage.base.kind !== 'image') return [];
  if (isOneOfCandidates(stage.base)) return [];
  return [
    imageImport(
      'base-image',
      stage.base.name,
      stage.index,
      stage.baseLocation,
      stage.location.range.start.line,
    ),
  ];
}

function useImport(use: Use): readonly Import[] {
  if (use.target !== null || isEmptyImage(use) || isBadIndex(use)) return [];
  const kind = use.kind === 'copy' ? 'copied-image' : 'mounted-image';
  return [imageImport(kind, use.name, use.stage, use.location, use.instruction.location.range.start.line)];
}

function isEmptyImage(use: Use): boolean {
  return known(use.name) === 'scratch';
}

/** A number that no stage has is an error, not an image. */
function isBadIndex(use: Use): boolean {
  return use.kind === 'copy' && /^[+-]?\d+$/.test(known(use.name) ?? '');
}

function imageImport(
  kind: ImportKind,
  source: Value,
  stage: number,
  location: Location,
  instructionLine: number,
): Import {
  const pinning = pinningOf(source);
  const verification: Verification =
    pinning === 'digest'
      ? { method: 'pinned-checksum', location }
      : { method: pinning === 'unknown' ? 'unknown' : 'none', location: null };
  return {
    kind,
    source,
    stage,
    location,
    instructionLine,
    secureChannel: channelOf(source),
    verification,
    pinning,
    pipedToShell: false,
    packages: [],
    weakened: [],
  };
}

/** A known digest pins whatever stands before it; otherwise every part of the name has to be known. */
function pinningOf(source: Value): Pinning {
  const digest = known(split(source, '@').at(-1) ?? []);
  if (split(source, '@').length > 1 && digest !== null && /^sha\d{3}:[a-f0-9]{64,128}$/.test(digest))
    return 'digest';
  const name = known(source);
  if (name === null) return 'unknown';
  const reference = parseReference(name);
  if ('problem' in reference) return 'unknown';
  if (reference.digest !== null) return 'digest';
  return reference.tag === null || reference.tag === 'latest' ? 'moving' : 'version';
}

/** Registries are asked over TLS unless they are this machine itself, which is no transport worth the name. */
function channelOf(source: Value): 'yes' | 'unknown' {
  return known(source) === null ? 'unknown' : 'yes';
}
