// Runs the delivery prover over single CI files and writes the lines that the corpus' score script judges.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery, DestinationClass } from '../../src/core/model/delivery.ts';
import type { Value } from '../../src/core/model/value.ts';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { findDeliveries } from '../../src/core/pipeline/find-deliveries.ts';
import { format, known } from '../../src/core/value.ts';
import { namedAsWritten, withoutRows } from './matrix-names.ts';

type Line = {
  readonly file: string;
  readonly deliveries: readonly object[];
  readonly indirect: readonly object[];
};

/** File name → its path in its repository, from the corpus' table. */
export function readSources(sources: string): ReadonlyMap<string, string> {
  return new Map(sourceRows(sources).map(([file = '', , path = '']) => [file, path]));
}

/** What whoever fetched a file says of it: "retyped", "shortened". */
export function readNotes(sources: string): ReadonlyMap<string, string> {
  return new Map(sourceRows(sources).map(([file = '', , , , , note = '']) => [file, note]));
}

function sourceRows(sources: string): readonly (readonly string[])[] {
  return readFileSync(sources, 'utf8')
    .split('\n')
    .slice(1)
    .filter((row) => row !== '')
    .map((row) => row.split('\t'));
}

/** Each file alone, as if it were the only one of its repository. */
export function predictWorkflows(folder: string, out: string, sources: ReadonlyMap<string, string>): void {
  const lines = readdirSync(join(folder, 'workflows'))
    .sort()
    .map((file): Line => {
      const content = readFileSync(join(folder, 'workflows', file), 'utf8');
      const written = sources.get(`workflows/${file}`) ?? file;
      // A workflow kept in another place is judged as if it lay where workflows are run.
      const path = /^\.github\/workflows\/[^/]+\.ya?ml$/.test(written)
        ? written
        : `.github/workflows/${written.split('/').at(-1)}`;
      const { deliveries } = findDeliveries(givenFiles({ [path]: content }), localOnly);
      const asWritten = findDeliveries(givenFiles({ [path]: withoutRows(content) }), localOnly);
      const named = namedAsWritten(content, deliveries, asWritten.deliveries);
      return {
        file,
        deliveries: deliveries
          .filter((delivery) => delivery.kind !== 'opaque' && delivery.destination.channel !== 'none')
          .map((delivery) => asDelivery(delivery, named(delivery), content)),
        indirect: deliveries.filter((delivery) => delivery.kind === 'opaque').map(asIndirect),
      };
    });
  writeFileSync(join(out, 'workflows.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** The corpus counts what leaves the machine; whose registry it is does not matter there. */
export function localOnly(registry: Value): DestinationClass {
  const host = known(registry);
  return host !== null && /^(localhost|127\.|kind\.local|ko\.local|.*\.local)(:|$)/.test(host)
    ? 'local'
    : 'public';
}

function asDelivery(delivery: Delivery, repository: string, content: string): object {
  const archive = delivery.kind === 'image-archive';
  return {
    kind: delivery.kind,
    line: delivery.location.range.start.line,
    registry: archive ? null : format(delivery.destination.registry),
    repository: archive ? archivedImage(delivery) : asSpelled(repository, content),
    tags: delivery.destination.tags.map(format),
    triggers: [...new Set(delivery.triggers.map(({ event }) => (event === 'push-tag' ? 'tag' : event)))],
    conditional: delivery.condition,
    squash: delivery.options.squash === 'yes',
    signed: delivery.options.signed !== 'no',
    provenance_or_sbom: delivery.options.provenance !== 'no' || delivery.options.sbom !== 'no',
    tool_family: delivery.family,
  };
}

/**
 * The corpus writes `$NAME` where the author does, `${NAME}` otherwise (also for a variable that is only read as
 * `env.NAME`); to the prover both are one.
 */
function asSpelled(name: string, content: string): string {
  return name.replace(/\$([A-Za-z_]\w*)/g, (bare, variable: string) => {
    const braced = content.includes(`\${${variable}}`) || content.includes(`env.${variable}`);
    return braced && !new RegExp(`\\$${variable}\\b`).test(content) ? `\${${variable}}` : bare;
  });
}

/** The corpus names an archive after the image in it, without tag. */
function archivedImage(delivery: Delivery): string | null {
  const [image] = delivery.destination.tags;
  if (image === undefined) return null;
  const name = format(image);
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  return colon === -1 ? name : name.slice(0, colon);
}

function asIndirect(delivery: Delivery): object {
  return { line: delivery.location.range.start.line, what: delivery.tool };
}
