// Rules on deliveries, judged on deliveries made by hand.
import { describe, expect, test } from '@jest/globals';
import type {
  ArchiveChannel,
  Delivery,
  DeliveryChange,
  DestinationClass,
} from '../../../src/core/model/delivery.ts';
import type { Truth } from '../../../src/core/model/value.ts';
import { defaultPolicy } from '../../../src/core/policy/defaults.ts';
import { ruleById } from '../../../src/core/rules/index.ts';
import { EMPTY, hole, text } from '../../../src/core/value.ts';
import { factsOf, push } from './invented-facts.ts';

const FILES = { Dockerfile: 'FROM debian:12.7\nCOPY . /srv\n' };

function run(
  id: string,
  changes: readonly DeliveryChange[],
  files: Readonly<Record<string, string>> = FILES,
) {
  const rule = ruleById(id);
  if (rule === null) throw new Error(`there is no rule ${id}`);
  return rule.check(factsOf(files, changes), defaultPolicy(['acme']));
}

function to(kind: DestinationClass): DeliveryChange {
  const { destination } = push({}).delivery;
  return push({}, { destination: { ...destination, class: kind } });
}

function archive(channel: ArchiveChannel): DeliveryChange {
  const destination: Delivery['destination'] = {
    registry: EMPTY,
    repository: text('image.tar'),
    tags: [],
    class: 'unknown',
    channel,
  };
  return push({}, { kind: 'image-archive', destination });
}

function squashing(squash: Truth): DeliveryChange {
  return push({}, { options: { ...push({}).delivery.options, squash } });
}

describe('the destination decides which rule asks', () => {
  const all: readonly DestinationClass[] = ['public', 'own', 'internal', 'local', 'unknown'];

  test.each<[string, readonly DestinationClass[]]>([
    ['public-registry-delivery', ['public']],
    ['own-registry-delivery', ['own']],
    ['unresolved-delivery', ['unknown']],
    ['unsigned-delivery', ['public', 'own']],
  ])('%s: %s', (id, expected) => {
    expect(all.filter((kind) => run(id, [to(kind)]).length > 0)).toEqual(expected);
  });

  test('an approval is asked for under the delivery’s own fingerprint', () => {
    const change = to('public');
    expect(run('public-registry-delivery', [change])[0]?.about).toBe(change.about);
  });

  test.each(['unchanged', 'stopped'] as const)('nothing is asked about a delivery that is %s', (change) => {
    for (const id of ['public-registry-delivery', 'own-registry-delivery', 'unresolved-delivery'])
      for (const kind of all) expect(run(id, [{ ...to(kind), change }])).toEqual([]);
  });

  test('a push that depends on a condition is asked about like a certain one, and says so', () => {
    const { delivery, ...rest } = to('public');
    const [finding] = run('public-registry-delivery', [
      { ...rest, delivery: { ...delivery, happens: 'unknown' } },
    ]);
    expect([finding?.outcome, finding?.message]).toEqual([
      'needs-approval',
      'Delivers to a public registry: may push docker.io/acme/product:1: image.yml:1.',
    ]);
  });
});

describe('unresolved-delivery', () => {
  test('asks about steps nobody can see into, and says what would settle it', () => {
    const { location } = push({}).delivery;
    const [finding] = run('unresolved-delivery', [
      push(null, {
        kind: 'opaque',
        tool: 'other/release-action',
        unsettled: [{ what: 'what the action does', settledBy: 'pinning it', location }],
      }),
    ]);
    expect([finding?.outcome, finding?.message, finding?.remedy]).toEqual([
      'unknown',
      "May deliver an image: may deliver through other/release-action (can't be seen into): image.yml:1. Not known: what the action does.",
      'What would settle it: pinning it.',
    ]);
  });
});

describe('image-archive-delivery', () => {
  test.each<[ArchiveChannel, string | undefined]>([
    ['workflow-artifact', 'needs-approval'],
    ['release-asset', 'needs-approval'],
    ['object-storage', 'needs-approval'],
    ['file-transfer', 'needs-approval'],
    ['repository', 'needs-approval'],
    ['none', undefined],
    ['unknown', 'unknown'],
  ])('by %s: %s', (channel, outcome) => {
    expect(run('image-archive-delivery', [archive(channel)])[0]?.outcome).toBe(outcome);
  });
});

describe('unexplained-layer', () => {
  test('is content with a Dockerfile of the repository', () => {
    expect(run('unexplained-layer', [push({})])).toEqual([]);
  });

  test.each<[string, DeliveryChange]>([
    ['no build at all', push(null)],
    ['a build whose Dockerfile is not known', push({ dockerfile: null })],
    ['a Dockerfile that is not there', push({ dockerfile: 'other/Dockerfile' })],
  ])('asks about %s', (_, change) => {
    expect(run('unexplained-layer', [change]).map(({ outcome }) => outcome)).toEqual(['unknown']);
  });

  test('knows tools that need no Dockerfile', () => {
    expect(run('unexplained-layer', [push({ dockerfile: null }, { family: 'ko' })])).toEqual([]);
  });

  test('leaves internal and local destinations alone', () => {
    for (const kind of ['internal', 'local'] as const) {
      const { destination } = to(kind).delivery;
      expect(run('unexplained-layer', [push(null, { destination })])).toEqual([]);
    }
  });
});

describe('merged layers', () => {
  const OWN = { Dockerfile: 'FROM scratch\nCOPY . /\n' };
  const OPEN = { Dockerfile: 'ARG BASE\nFROM $BASE\nCOPY . /\n' };

  test.each<[string, Truth, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
    ['not merged', 'no', FILES, [], []],
    ['merged with a base', 'yes', FILES, ['violation'], []],
    ['merged without a base', 'yes', OWN, [], []],
    ['merged with a base nobody knows', 'yes', OPEN, [], ['unknown']],
    ['perhaps merged with a base', 'unknown', FILES, [], ['unknown']],
    ['perhaps merged without a base', 'unknown', OWN, [], []],
    ['merged, and no Dockerfile', 'yes', {}, [], ['unknown']],
  ])('%s', (_, squash, files, foreign, unclear) => {
    const outcomes = (id: string) => run(id, [squashing(squash)], files).map(({ outcome }) => outcome);
    expect([outcomes('squashed-foreign-layers'), outcomes('squash-may-be-foreign')]).toEqual([
      foreign,
      unclear,
    ]);
  });

  test('follows the target of the build down to its base', () => {
    const files = { Dockerfile: 'FROM debian:12.7 AS a\nFROM a AS b\nFROM scratch\nCOPY --from=b /x /\n' };
    const options = { ...push({}).delivery.options, squash: 'yes' as const };
    const [finding] = run('squashed-foreign-layers', [push({ target: text('B') }, { options })], files);
    expect(finding?.about).toEqual({ dockerfile: ['Dockerfile'], target: ['b'], merged: ['debian:12.7'] });
    expect(run('squashed-foreign-layers', [push({}, { options })], files)).toEqual([]);
    const open = push({ target: hole('$T', 'unknown') }, { options });
    expect(run('squash-may-be-foreign', [open], files).map(({ outcome }) => outcome)).toEqual(['unknown']);
  });

  test('a delivery that was there before is judged like the base’s own', () => {
    expect(run('squashed-foreign-layers', [{ ...squashing('yes'), change: 'unchanged' }])).toHaveLength(1);
    expect(run('squashed-foreign-layers', [{ ...squashing('yes'), change: 'stopped' }])).toEqual([]);
  });
});
