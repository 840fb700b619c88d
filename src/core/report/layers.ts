// A delivered Dockerfile and the lineage of its base → which layers of the image are ours, and whose the others are.
import { formatReference, parseReference } from '../images/reference.ts';
import type { Delivery } from '../model/delivery.ts';
import type { Dockerfile, Instruction, Stage } from '../model/dockerfile.ts';
import type { Subject } from '../model/evidence.ts';
import type { Facts } from '../model/facts.ts';
import type { Hop } from '../model/lineage.ts';
import { dockerfileOf, imageBelow, layeredStages, targetStage } from '../rules/builds.ts';
import { recordOf } from '../rules/images.ts';
import { format } from '../value.ts';
import { cell, code } from './markdown.ts';
import { type Section, section } from './sections.ts';
import { escaped, placeLink } from './words.ts';

/** What BuildKit makes a layer of. */
const LAYERED = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);

/** More lines than this are counted. */
const MOST_PLACES = 12;

/** One table for each image that is newly delivered, or delivered otherwise than before; a Dockerfile and stage once. */
export function layerSections(subject: Subject, facts: Facts): readonly Section[] {
  const told = new Map<string, Section>();
  for (const { change, delivery } of facts.deliveries) {
    if ((change !== 'started' && change !== 'changed') || !hasLayers(delivery)) continue;
    const dockerfile = dockerfileOf(facts, delivery);
    const stage = dockerfile === null ? null : targetStage(dockerfile, delivery.build?.target ?? null);
    if (dockerfile === null || stage === null) continue;
    const key = JSON.stringify([dockerfile.path, stage.index, delivery.build?.arguments]);
    if (!told.has(key)) told.set(key, layerTable(subject, facts, dockerfile, stage));
  }
  return [...told.values()];
}

function hasLayers({ kind, options }: Delivery): boolean {
  return (kind === 'registry-push' || kind === 'image-archive') && options.squash !== 'yes';
}

function layerTable(subject: Subject, facts: Facts, dockerfile: Dockerfile, stage: Stage): Section {
  const own = layeredStages(dockerfile, stage)
    .flatMap(({ instructions }) => instructions.filter(({ keyword }) => LAYERED.has(keyword)))
    .sort((a, b) => b.location.range.start.line - a.location.range.start.line);
  const base = imageBelow(dockerfile, stage);
  const name = stage.name === null ? '' : `, stage ${code(stage.name)}`;
  return section(
    `### Layers of what ${code(dockerfile.path)}${name} makes, the uppermost first\n\n| layers | whose | known by |\n|---|---|---|`,
    [
      ...(own.length === 0 ? [] : [row(String(own.length), 'ours', places(subject, own))]),
      ...(base === null
        ? [row('none', 'nobody’s: it starts from scratch', '')]
        : baseRows(facts, format(base))),
    ],
    'layers',
  );
}

/** Each image of the lineage has the layers it adds to the one below. */
function baseRows(facts: Facts, name: string): readonly string[] {
  const reference = parseReference(name);
  const record = 'problem' in reference ? null : recordOf(facts, reference);
  const lineage = record?.lineage ?? null;
  if (lineage === null) {
    const why = record?.gaps[0]?.reason ?? 'No registry was asked.';
    return [row('not known', code('problem' in reference ? name : formatReference(reference)), escaped(why))];
  }
  const rows = lineage.hops.map(hopRow);
  // Whoever's layers can't be told apart are those of the image above that has them.
  return lineage.end === 'scratch' || lineage.hops.at(-1)?.layers.own === null
    ? rows
    : [...rows, row('not known', 'images below', 'the lineage ends before its root')];
}

function hopRow({ name, layers, sure }: Hop): string {
  if (layers.own === null) {
    const all = `${layers.total}, with those of the images below`;
    return row(all, code(name), 'they can’t be told apart');
  }
  return row(String(layers.own), code(name), KNOWN_BY[sure]);
}

const KNOWN_BY: Readonly<Record<Hop['sure'], string>> = {
  proven: 'its base’s layers are the lowest of it',
  stated: 'its publisher’s word',
  inferred: 'its history',
  contradicted: 'nothing: its base’s layers are not in it',
  unknown: 'nothing',
};

function places(subject: Subject, instructions: readonly Instruction[]): string {
  const shown = instructions.slice(0, MOST_PLACES).map(({ location }) => placeLink(subject, location));
  const more = instructions.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}
