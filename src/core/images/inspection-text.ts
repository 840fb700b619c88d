// An image as it lies in a registry or an archive → what a person reads of it, in a terminal or as Markdown.
import type { ImageInspection, Lineage } from '../model/lineage.ts';
import { gapBlocks } from '../report/gap-text.ts';
import { cell, code, plain, visible } from '../report/markdown.ts';
import { labelled } from '../report/terminal.ts';
import { type Layout, prose, proseWidth } from '../report/text-layout.ts';
import type { ImageTrust } from '../trust/image-trust.ts';
import type { LayerOwner } from './layer-owners.ts';
import { type Row, rowsOf, sizeText } from './lineage-rows.ts';
import { markdownOf } from './lineage-text.ts';
import type { OsRelease } from './os-release.ts';
import type { Runtime } from './runtime.ts';

type InspectedLayer = {
  readonly diffId: string;
  /** Bytes as stored: compressed in registries. */
  readonly size: number;
  /** The line of history that made it; null when history does not fit the layers. */
  readonly createdBy: string | null;
  readonly owner: LayerOwner;
};

export type InspectionSheet = {
  /** The image as asked: a name or a path. */
  readonly name: string;
  /** `registry`, or the form of the archive. */
  readonly form: string;
  /** Names the archive gives the image; the name asked for in a registry. */
  readonly names: readonly string[];
  readonly image: ImageInspection;
  readonly layers: readonly InspectedLayer[];
  readonly runtime: Runtime;
  /** Null when no small layer holds one, or nobody asked; `layer` counts from one. */
  readonly osRelease: (OsRelease & { readonly layer: number }) | { readonly unread: string } | null;
  readonly lineage: Lineage;
  readonly trust: ImageTrust | null;
};

/** Ends with a line feed. */
export function renderInspection(sheet: InspectionSheet, layout: Layout): string {
  const { paint } = layout;
  const rows = (all: readonly Row[]): readonly string[] =>
    all.flatMap(({ label, text, link }) =>
      labelled(
        `  ${label}`.padEnd(LABEL_WIDTH),
        link === null ? visible(text) : `${link} ${visible(text)}`,
        proseWidth(layout),
        (shown) => paint('dim', shown),
      ),
    );
  const blocks = [
    [paint('heading', `${visible(sheet.name)} for ${visible(sheet.image.platform)}`)],
    rows([...formRows(sheet), ...imageRows(sheet)]),
    [paint('heading', 'How it starts'), ...rows(runtimeRows(sheet.runtime))],
    [paint('heading', 'Layers, the lowest first'), ...rows(sheet.layers.map(layerRow))],
    ...(sheet.lineage.hops.length > 1
      ? [[paint('heading', 'Bases'), ...rows(sheet.lineage.hops.slice(1).map(baseRow))]]
      : []),
    ...gapBlocks(sheet.lineage.gaps, { ...layout, source: () => null }),
    prose(outcomeOf(sheet), 0, layout),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** As wide as the longest label and two blanks. */
const LABEL_WIDTH = 24;

/** Ends with a line feed. */
export function inspectionMarkdown(sheet: InspectionSheet): string {
  const table = (rows: readonly Row[]): string =>
    [
      '| | |',
      '|---|---|',
      ...rows.map((each) => `| ${cell(plain(each.label))} | ${cell(markdownOf(each))} |`),
    ].join('\n');
  const parts = [
    `# ${code(sheet.name)} for ${code(sheet.image.platform)}`,
    outcomeOf(sheet),
    table([...formRows(sheet), ...imageRows(sheet)]),
    `## How it starts\n\n${table(runtimeRows(sheet.runtime))}`,
    `## Layers, the lowest first\n\n${table(sheet.layers.map(layerRow))}`,
    ...(sheet.lineage.hops.length > 1
      ? [`## Bases\n\n${table(sheet.lineage.hops.slice(1).map(baseRow))}`]
      : []),
    ...(sheet.lineage.gaps.length === 0
      ? []
      : [
          `## What could not be known\n\n${sheet.lineage.gaps
            .map(({ subject, reason, remedy }) => `- ${code(subject)}: ${plain(reason)} ${plain(remedy)}`)
            .join('\n')}`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function row(label: string, text: string): Row {
  return { label, text, link: null };
}

function formRows({ form, names, osRelease }: InspectionSheet): readonly Row[] {
  return [
    row('form', form),
    row('names', names.join(', ') || 'none in the archive'),
    ...(osRelease === null
      ? []
      : [
          row(
            'os-release',
            'unread' in osRelease
              ? osRelease.unread
              : `${osRelease.name ?? `${osRelease.id} ${osRelease.release ?? ''}`} (layer ${osRelease.layer})`,
          ),
        ]),
  ];
}

/** Archives without manifests have no digest of their own: what is computed from them is nobody's. */
function imageRows({ form, lineage, trust }: InspectionSheet): readonly Row[] {
  const [hop] = lineage.hops;
  if (hop === undefined) return [];
  const rows = rowsOf(hop, trust);
  return form === 'docker save archive' ? rows.filter(({ label }) => !/^(?:digest|for )/.test(label)) : rows;
}

function runtimeRows(runtime: Runtime): readonly Row[] {
  const { user, entrypoint, command, workingDirectory, ports, volumes, environment, labels } = runtime;
  return [
    row('user', user ?? 'root, as nobody is named'),
    row('entrypoint', entrypoint.length === 0 ? 'none' : JSON.stringify(entrypoint)),
    row('command', command.length === 0 ? 'none' : JSON.stringify(command)),
    ...(workingDirectory === null ? [] : [row('working directory', workingDirectory)]),
    ...(ports.length === 0 ? [] : [row('ports', ports.join(', '))]),
    ...(volumes.length === 0 ? [] : [row('volumes', volumes.join(', '))]),
    ...(environment.length === 0 ? [] : [row('environment', `${environment.join(', ')} (values not shown)`)]),
    ...Object.entries(labels).map(([key, value]) => row('label', `${key}=${value}`)),
  ];
}

function layerRow({ diffId, size, createdBy, owner }: InspectedLayer, index: number): Row {
  const whose =
    owner.kind === 'base' ? `of ${owner.name}` : owner.kind === 'own' ? 'own' : 'own or inherited';
  return row(
    String(index + 1),
    `${whose}, ${sizeText(size)}, ${diffId}${createdBy === null ? '' : `: ${createdBy}`}`,
  );
}

function baseRow({ name, sure }: Lineage['hops'][number], index: number): Row {
  return row(String(index + 1), `${name} (its own base: ${sure})`);
}

function outcomeOf({ layers, lineage }: InspectionSheet): string {
  const own = layers.filter(({ owner }) => owner.kind === 'own').length;
  const unknown = layers.filter(({ owner }) => owner.kind === 'unknown').length;
  const told =
    unknown > 0
      ? `Whose ${unknown} of ${layers.length} layers are is not known.`
      : `${own} of ${layers.length} layers are its own.`;
  return lineage.end === 'scratch' && lineage.gaps.length === 0
    ? `${told} Known to scratch.`
    : `${told} Undecided: ${lineage.gaps.length === 1 ? 'one thing' : `${lineage.gaps.length} things`} could not be known.`;
}
