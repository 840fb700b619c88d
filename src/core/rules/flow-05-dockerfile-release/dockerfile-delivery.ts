// Flow 5: releasing a Dockerfile is an external delivery and needs an approval.
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { About } from '../../model/evidence.ts';
import type { Facts } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { GIVEN_ALONG, isLess, normalized, UNASSURED } from '../../pipeline/about.ts';
import { givenAlong, lacksOf } from '../../pipeline/assurance.ts';
import { format } from '../../value.ts';
import { fresh } from '../deliveries.ts';
import { firstLine } from '../positions.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const dockerfileDelivery: Rule = {
  id: 'dockerfile-delivery',
  obligation: 'flow-05-dockerfile-release',
  title: 'A released Dockerfile is approved',
  severity: 'warning',
  why: 'A Dockerfile in a public repository is delivered to everybody who reads it, and everybody who builds it repeats what it does.',
  remedy: 'Ask the OSPO for approval; it decides on what the packet in the pull request lists.',
  decision: 'May this Dockerfile be released: is it ours, or kept under the licence it came with?',
  guidance: [...flows(5, 1, 4), ...flows(10, 1)],
  examples: {
    accepts: [
      {
        title: 'Only the organisation reads the repository',
        files: { Dockerfile: 'FROM debian:12.7\n' },
        visibility: 'internal',
      },
    ],
    rejects: [
      {
        title: 'A Dockerfile in a public repository',
        files: { Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:12.7\n' },
        visibility: 'public',
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'Nobody knows who reads the repository',
        files: { Dockerfile: 'FROM debian:12.7\n' },
        visibility: 'unknown',
        expect: { outcome: 'unknown', line: 1 },
      },
    ],
  },
  check: (facts) => [...releasedWithRepository(facts), ...releasedByPipeline(facts)],
};

function releasedWithRepository(facts: Facts): readonly Finding[] {
  const { visibility } = facts.subject;
  if (visibility === 'private' || visibility === 'internal') return [];
  const releasedBefore = releasesOfBase(facts);
  return facts.head.dockerfiles.map((dockerfile) => {
    const now = aboutRelease(dockerfile);
    const before = releasedBefore(dockerfile.path);
    // A file that only lost something is released already.
    const about = before !== null && isLess(before, now) ? before : now;
    const previously = about === before ? null : before;
    const what = previously === null ? `\`${dockerfile.path}\`` : `a change of \`${dockerfile.path}\``;
    return findingOf(dockerfileDelivery, {
      outcome: visibility === 'public' ? 'needs-approval' : 'unknown',
      location: firstLine(dockerfile.path),
      message:
        visibility === 'public'
          ? `Merging releases ${what}: the repository is public.`
          : `Merging may release ${what}: it isn’t known who can read the repository.`,
      about,
      previously,
    });
  });
}

/** What the base's file at a path, or at the path it was moved from, releases. */
function releasesOfBase({ base, changes }: Facts): (path: string) => About | null {
  const files = new Map(base?.dockerfiles.map((dockerfile) => [dockerfile.path, dockerfile]));
  const moved = new Map(
    changes.flatMap(({ path, status, previousPath }) => (status === 'renamed' ? [[path, previousPath]] : [])),
  );
  return (path) => {
    const before = files.get(moved.get(path) ?? path);
    return before === undefined ? null : aboutRelease(before);
  };
}

/** What an approval covers: the terms of the file and everything that a build of it brings in. */
function aboutRelease(dockerfile: Dockerfile): About {
  const { notice, imports, stages } = dockerfile;
  const bases = imports.filter(({ kind }) => kind === 'base-image');
  const others = imports.filter(({ kind }) => kind !== 'base-image');
  return {
    delivery: ['Dockerfile release'],
    dockerfile: [dockerfile.path],
    licence: [...notice.licenses.map(({ expression }) => expression), notice.recognized?.id ?? []].flat(),
    origins: notice.origins.map(({ url }) => url),
    'base images': setOf(bases.map(({ source }) => format(source))),
    imports: setOf(others.map(({ kind, source }) => `${kind} ${format(source)}`)),
    packages: setOf(imports.flatMap(({ packages }) => packages)),
    [UNASSURED]: setOf(lacksOf(imports, stages, stages.at(-1) ?? null)),
    [GIVEN_ALONG]: setOf(givenAlong(stages)),
  };
}

function setOf(values: readonly string[]): readonly string[] {
  return [...new Set(values.map(normalized))].sort();
}

function releasedByPipeline(facts: Facts): readonly Finding[] {
  return fresh(facts, 'dockerfile-release').map(({ delivery, about, previously }) =>
    findingOf(dockerfileDelivery, {
      outcome: 'needs-approval',
      location: delivery.location,
      message: `\`${delivery.tool}\` hands out ${delivery.build?.dockerfile ? `\`${delivery.build.dockerfile}\`` : 'a Dockerfile'}.`,
      about,
      previously,
    }),
  );
}
