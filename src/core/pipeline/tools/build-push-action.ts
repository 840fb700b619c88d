// docker/build-push-action: builds, and pushes when `push` or an output says so.

import type { Truth, Value } from '../../model/value.ts';
import { EMPTY, either, format, join, text } from '../../value.ts';
import { buildSource, type Effect } from '../effect.ts';
import type { ActionCall, Tool } from '../tool.ts';
import { attestations, buildEffects } from './build-output.ts';
import { dockerfilePath, pairs, platformsIn } from './docker-build.ts';

export const buildPushAction: Tool = {
  id: 'build-push-action',
  family: 'build-push-action',
  documentation: 'https://github.com/docker/build-push-action#inputs',
  commands: [],
  actions: [
    'docker/build-push-action',
    'depot/build-push-action',
    'useblacksmith/build-push-action',
    'namespacelabs/build-push-action',
  ],
  action: (call) => (/^v1(\.|$)/.test(call.version) ? firstVersion(call) : currentVersion(call)),
  examples: [
    {
      steps:
        '- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: |\n      acme/api:1\n      ghcr.io/acme/api:1',
      delivers: ['registry-push docker.io/acme/api:1', 'registry-push ghcr.io/acme/api:1'],
    },
    { steps: '- uses: docker/build-push-action@v6\n  with: {push: false, tags: acme/api}', delivers: [] },
    { steps: '- uses: docker/build-push-action@v6\n  with: {load: true, tags: acme/api}', delivers: [] },
    {
      steps:
        '- uses: docker/build-push-action@v6\n  with:\n    outputs: type=image,"name=acme/api",push=true,compression=zstd',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
    {
      steps: `- uses: docker/build-push-action@v6\n  with:\n    outputs: |\n      type=docker\n      \${{ vars.GO && 'type=image,name=ghcr.io/acme/api,push-by-digest=true,push=true' || '' }}`,
      delivers: ['registry-push ghcr.io/acme/api:?'],
    },
    {
      steps: '- uses: docker/build-push-action@v1\n  with: {repository: acme/api, tags: "1,2"}',
      delivers: ['registry-push docker.io/acme/api:1,2'],
    },
    {
      steps: `- uses: docker/build-push-action@v6\n  with:\n    push: \${{ secrets.GO == 'yes' }}\n    tags: acme/api:1`,
      delivers: ['registry-push docker.io/acme/api:1?'],
    },
  ],
};

function currentVersion(call: ActionCall): readonly Effect[] {
  const context = call.input('context') ?? text('.');
  const push = call.on('push', 'no');
  return [
    ...buildEffects({
      names: call.lines('tags'),
      source: buildSource({
        dockerfile: dockerfilePath(call.path, context, call.input('file'), false),
        context: call.path(context),
        target: call.input('target'),
        arguments: pairs(call.lines('build-args')),
        contexts: pairs(call.lines('build-contexts')),
        ...platformsIn(call.lines('platforms')),
      }),
      options: {
        squash: 'no',
        ...attestations(call.input('provenance'), call.input('sbom'), call.lines('attests')),
      },
      push,
      condition: conditionOf(call, 'push'),
      outputs: rawLines(call.input('outputs')),
      caches: rawLines(call.input('cache-to')),
      stdout: null,
      path: call.path,
    }),
    outputs(call),
  ];
}

/** An input that an expression decides is a condition on the way. */
export function conditionOf(call: ActionCall, name: string): string | null {
  const written = call.written(name);
  if (written?.includes('${{') !== true) return null;
  return /^\s*\$\{\{\s*([\s\S]*?)\s*\}\}\s*$/.exec(written)?.[1] ?? written.trim();
}

/** Lines, but not cut at commas: an output is itself a list of fields. */
function rawLines(value: Value | null): readonly Value[] {
  if (value === null) return [];
  const lines: Value[] = [EMPTY];
  for (const part of value) {
    if (typeof part !== 'string') {
      lines.push(join([lines.pop() ?? EMPTY, [part]]));
      continue;
    }
    const [first = '', ...more] = part.split('\n');
    lines.push(join([lines.pop() ?? EMPTY, first]));
    for (const line of more) lines.push(text(line.trim()));
  }
  return lines.filter((line) => line.length > 0 && format(line).trim() !== '');
}

function outputs(call: ActionCall): Effect {
  const unknown = (name: string) => ({
    kind: 'unknown' as const,
    hole: { expression: `\${{ steps.${call.step}.outputs.${name} }}`, why: 'the build makes it' },
  });
  return {
    kind: 'outputs',
    outputs: new Map(['digest', 'imageid', 'metadata'].map((name) => [name, unknown(name)])),
    environment: new Map(),
  };
}

/** Version 1 had a Docker Hub name, a registry beside it, and pushed unless told not to. */
function firstVersion(call: ActionCall): readonly Effect[] {
  const repository = call.input('repository') ?? EMPTY;
  const registry = call.input('registry');
  const base = registry === null ? repository : join([registry, '/', repository]);
  const tags = call.lines('tags');
  const refs: Truth = either(call.on('tag_with_ref', 'no'), call.on('tag_with_sha', 'no'));
  const computed =
    refs === 'no'
      ? []
      : [join([base, ':', [{ expression: 'tag_with_ref', why: 'the tag is made from the reference' }]])];
  const context = call.input('path') ?? text('.');
  return buildEffects({
    names: [
      ...tags.map((tag) => join([base, ':', tag])),
      ...(tags.length === 0 && computed.length === 0 ? [base] : computed),
    ],
    source: buildSource({
      dockerfile: dockerfilePath(call.path, context, call.input('dockerfile'), false),
      context: call.path(context),
      target: call.input('target'),
      arguments: pairs(call.lines('build_args')),
    }),
    options: { squash: 'no', provenance: 'no', sbom: 'no' },
    push: call.on('push', 'yes'),
    condition: conditionOf(call, 'push'),
    outputs: [],
    caches: [],
    stdout: null,
    path: call.path,
  });
}
