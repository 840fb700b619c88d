// docker/metadata-action: image names and tag rules → the `tags` and `labels` later steps use.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, known, text } from '../../value.ts';
import { booleanOf, readFields } from '../command-line.ts';
import { type Datum, recordDatum, textDatum } from '../datum.ts';
import type { ActionCall, Tool } from '../tool.ts';

export const metadataAction: Tool = {
  id: 'metadata-action',
  family: 'metadata',
  documentation: 'https://github.com/docker/metadata-action#outputs',
  commands: [],
  actions: ['docker/metadata-action', 'crazy-max/ghaction-docker-meta', 'depot/metadata-action'],
  action: (call) => {
    const tags = tagNames(call);
    const all = join(tags.flatMap((tag, index) => (index === 0 ? [tag] : ['\n', tag])));
    const version = textDatum([versionHole(call)]);
    const json = recordDatum(
      [['tags', { kind: 'list', items: tags.map((tag) => textDatum(tag)) }]],
      'metadata-action computes it',
    );
    const outputs = new Map<string, Datum>([
      ['tags', textDatum(all)],
      ['version', version],
      ['json', json],
    ]);
    return [
      {
        kind: 'outputs',
        outputs,
        environment: new Map([
          ['DOCKER_METADATA_OUTPUT_TAGS', all],
          ['DOCKER_METADATA_OUTPUT_VERSION', [versionHole(call)]],
        ]),
      },
    ];
  },
  examples: [
    {
      steps: `- id: m\n  uses: docker/metadata-action@v5\n  with:\n    images: |\n      acme/api\n      ghcr.io/acme/api\n    tags: type=raw,value=edge\n- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: \${{ steps.m.outputs.tags }}`,
      delivers: ['registry-push docker.io/acme/api:edge', 'registry-push ghcr.io/acme/api:edge'],
    },
  ],
};

function versionHole(call: ActionCall) {
  return {
    expression: `\${{ steps.${call.step}.outputs.version }}`,
    why: 'metadata-action makes it from the event',
  };
}

/** Each image with each raw tag that is written out, and once with what the action computes. */
function tagNames(call: ActionCall): readonly Value[] {
  const rules = call.input('tags') === null ? [] : linesOf(call.input('tags') ?? EMPTY);
  const tags: Value[] = [];
  let computed = rules.length === 0;
  for (const rule of rules) {
    const fields = readFields(rule);
    const type = fields.get('type');
    const enable = fields.get('enable');
    if (enable !== undefined && enable !== null && booleanOf(enable) === 'no') continue;
    const raw =
      type === undefined || type === null
        ? rule
        : known(type) === 'raw'
          ? (fields.get('value') ?? null)
          : null;
    if (raw === null) computed = true;
    else tags.push(raw);
  }
  if (computed) tags.push([versionHole(call)]);
  return images(call).flatMap((image) => tags.map((tag) => join([image, ':', tag])));
}

/** `images` holds names, or `name=…,enable=…` fields. */
function images(call: ActionCall): readonly Value[] {
  const given = call.input('images');
  if (given === null) return [];
  return linesOf(given).flatMap((line) => {
    const fields = readFields(line);
    const enable = fields.get('enable');
    if (enable !== undefined && enable !== null && booleanOf(enable) === 'no') return [];
    const name = fields.get('name');
    if (name !== undefined && name !== null) return [name];
    return format(line).includes('${{') || !format(line).includes(',')
      ? [line]
      : format(line)
          .split(',')
          .map((part) => text(part.trim()));
  });
}

function linesOf(value: Value): readonly Value[] {
  const lines: Value[] = [EMPTY];
  for (const part of value) {
    if (typeof part !== 'string') {
      lines.push(join([lines.pop() ?? EMPTY, [part]]));
      continue;
    }
    const [first = '', ...more] = part.split('\n');
    lines.push(join([lines.pop() ?? EMPTY, first]));
    for (const line of more) lines.push(text(line));
  }
  return lines
    .map((line) => trimmed(line))
    .filter((line) => line.length > 0 && !format(line).startsWith('#'));
}

function trimmed(value: Value): Value {
  const [first, ...rest] = value;
  const start: Value = typeof first === 'string' ? [...text(first.trimStart()), ...rest] : value;
  const last = start.at(-1);
  return typeof last === 'string' ? [...start.slice(0, -1), ...text(last.trimEnd())] : start;
}
