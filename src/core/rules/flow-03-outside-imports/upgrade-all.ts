// Flow 3: a build installs what it names, and does not replace everything the base brought along.
import type { BuildCommand } from '../../model/dockerfile.ts';
import { format, known } from '../../value.ts';
import { findingOf, flows, type Rule, sentences } from '../rule.ts';

type Upgrade = {
  readonly tools: readonly string[];
  /** The first word after the options that starts an upgrade. */
  readonly verbs: readonly string[];
  /** Whether the verb upgrades everything only when no package follows it. */
  readonly unlessNamed: boolean;
};

const UPGRADES: readonly Upgrade[] = [
  { tools: ['apt-get', 'apt'], verbs: ['upgrade', 'dist-upgrade', 'full-upgrade'], unlessNamed: false },
  { tools: ['aptitude'], verbs: ['upgrade', 'safe-upgrade', 'full-upgrade'], unlessNamed: true },
  { tools: ['apk'], verbs: ['upgrade'], unlessNamed: true },
  {
    tools: ['yum', 'dnf', 'microdnf', 'tdnf'],
    verbs: ['update', 'upgrade', 'distro-sync'],
    unlessNamed: true,
  },
  {
    tools: ['zypper'],
    verbs: ['update', 'up', 'dist-upgrade', 'dup', 'patch'],
    unlessNamed: true,
  },
];

export const upgradeAll: Rule = {
  id: 'upgrade-all',
  obligation: 'flow-03-outside-imports',
  title: 'A build installs what it names',
  severity: 'note',
  why: 'An upgrade of everything puts copies of the base’s packages into our own layers, in versions that nobody chose: what was the base’s to deliver becomes ours.',
  remedy: 'Move the base image forward and install only the packages the product needs, by name.',
  guidance: [...flows(3, 2), ...sentences('docker-store-publish', 6, 1, 3)],
  examples: {
    accepts: [
      {
        title: 'Packages by name',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates\n',
        },
      },
      {
        title: 'One package is brought forward',
        files: { Dockerfile: 'FROM alpine:3.22\nRUN apk upgrade --no-cache libcrypto3\n' },
      },
    ],
    rejects: [
      {
        title: 'Every package of the base is replaced',
        files: { Dockerfile: 'FROM debian:12.7\nRUN apt-get update \\\n && apt-get -y dist-upgrade\n' },
        expect: { outcome: 'violation', line: 3 },
      },
      {
        title: 'The same with other tools',
        files: {
          Dockerfile:
            'FROM alpine:3.22\nRUN apk upgrade\nFROM fedora:42\nRUN dnf -y update && dnf clean all\n',
        },
        expect: { outcome: 'violation', line: 2, count: 2 },
      },
    ],
  },
  check: (facts) =>
    facts.head.dockerfiles.flatMap((dockerfile) =>
      dockerfile.commands.filter(upgradesAll).map((command) =>
        findingOf(upgradeAll, {
          outcome: 'violation',
          location: command.location,
          message: `\`${command.words.map(format).join(' ')}\` replaces packages of the base by whatever is newest on the day.`,
          about: {
            dockerfile: [dockerfile.path],
            stage: [dockerfile.stages[command.stage]?.name ?? String(command.stage)],
            command: [known(command.words[0] ?? []) ?? ''],
          },
        }),
      ),
    ),
};

function upgradesAll({ words }: BuildCommand): boolean {
  const [name = '', ...rest] = words.map((word) => known(word) ?? '?');
  if (name === 'pacman') return rest.some((word) => /^-S[a-z]*u/.test(word)) && !rest.includes('--help');
  const upgrade = UPGRADES.find(({ tools }) => tools.includes(name.slice(name.lastIndexOf('/') + 1)));
  const operands = rest.filter((word) => !word.startsWith('-'));
  const [verb = '', ...packages] = operands;
  if (upgrade === undefined || !upgrade.verbs.includes(verb)) return false;
  return !upgrade.unlessNamed || packages.length === 0;
}
