// Product publishing: an image holds the packages the product needs, not those they merely recommend.
import type { BuildCommand } from '../../model/dockerfile.ts';
import { format, known } from '../../value.ts';
import { replaceWithin } from '../edits.ts';
import { findingOf, type Rule, sentences } from '../rule.ts';

/** `apt-get install` takes recommended packages unless it, or the configuration, is told otherwise. */
const REFUSALS = ['--no-install-recommends', 'APT::Install-Recommends=false', 'APT::Install-Recommends=0'];

/** Only shows what would happen (apt-get's manual). */
const SIMULATION = /^(?:-[a-z]*s[a-z]*|--simulate|--just-print|--dry-run|--recon|--no-act)$/;

export const recommendedPackages: Rule = {
  id: 'recommended-packages',
  obligation: 'product-publishing',
  title: 'Only the packages that are needed get installed',
  severity: 'note',
  why: 'Every package that nobody needs is one more to clear, to keep up to date and to be attacked through.',
  remedy: 'Add `--no-install-recommends` and name what is really needed.',
  guidance: [...sentences('docker-store-publish', 3, 1, 2), ...sentences('docker-store-publish', 5, 1, 3)],
  examples: {
    accepts: [
      {
        title: 'Recommended packages stay away',
        files: {
          Dockerfile:
            'FROM debian:13.1\nRUN apt-get update && apt-get install -y --no-install-recommends git\n',
        },
      },
      {
        title: 'The configuration says so for all commands',
        files: {
          Dockerfile:
            'FROM debian:13.1\nRUN echo \'APT::Install-Recommends "0";\' > /etc/apt/apt.conf.d/99slim \\\n && apt-get update && apt-get install -y git\n',
        },
      },
      {
        title: 'Only asked whether it could be installed',
        files: { Dockerfile: 'FROM debian:13.1\nRUN if apt-get install -s git; then true; fi\n' },
      },
    ],
    rejects: [
      {
        title: 'Recommended packages come along',
        files: { Dockerfile: 'FROM debian:13.1\nRUN apt-get update \\\n && apt-get install -y git\n' },
        expect: { outcome: 'violation', line: 3 },
      },
    ],
  },
  check: (facts) =>
    facts.head.dockerfiles.flatMap((dockerfile) => {
      const commands = dockerfile.commands;
      if (commands.some(configures)) return [];
      return commands.filter(takesRecommended).map((command) =>
        findingOf(recommendedPackages, {
          outcome: 'violation',
          location: command.location,
          message: `\`${short(command)}\` also installs packages that are only recommended.`,
          edit: replaceWithin(dockerfile, command.location, ' install ', ' install --no-install-recommends '),
          // Another version of a package is no other habit.
          about: { dockerfile: [dockerfile.path], packages: packagesOf(command).map(withoutVersion) },
        }),
      );
    }),
};

/** Whether it writes the setting into apt's configuration. */
function configures({ words }: BuildCommand): boolean {
  return words.slice(1).some((word) => /Install-Recommends\s+"?(?:0|false|no)\b/i.test(format(word)));
}

function takesRecommended(command: BuildCommand): boolean {
  const words = command.words.map((word) => known(word) ?? '');
  const name = words[0]?.replace(/^.*\//, '') ?? '';
  if (name !== 'apt-get' && name !== 'apt') return false;
  const verb = words.slice(1).find((word) => !word.startsWith('-'));
  return (
    verb === 'install' &&
    packagesOf(command).length > 0 &&
    !words.some((word) => REFUSALS.includes(word) || SIMULATION.test(word))
  );
}

function packagesOf({ words }: BuildCommand): readonly string[] {
  const operands = words
    .slice(1)
    .map(format)
    .filter((word) => !word.startsWith('-'));
  return operands.slice(1);
}

/** `curl=7.88*`, `curl/bookworm` */
function withoutVersion(operand: string): string {
  return operand.replace(/[=/].*$/s, '');
}

function short({ words }: BuildCommand): string {
  const text = words.map(format).join(' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
