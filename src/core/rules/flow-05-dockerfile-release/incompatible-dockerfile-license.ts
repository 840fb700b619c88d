// Flow 5: the licences in a Dockerfile go together, and are not changed in passing.
import { parseExpression } from '../../licenses/expression.ts';
import { safelyNamed } from '../../licenses/gnu.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Facts } from '../../model/facts.ts';
import type { Finding } from '../../model/finding.ts';
import { namesOf } from '../declared-licenses.ts';
import { holdsTogether, togetherAsExpressions } from '../license-conflicts.ts';
import { copiesIn, likenessOf } from '../originals.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const STEPS = `RUN set -eu; apt-get update; \\
    apt-get install -y --no-install-recommends rsync cron logrotate xz-utils; \\
    rm -rf /var/lib/apt/lists/*
RUN useradd --system --home-dir /srv/mirror --shell /usr/sbin/nologin mirror; \\
    install -d -o mirror -g mirror -m 0750 /srv/mirror/pool /srv/mirror/dists
COPY sync-pool prune-dists /usr/local/bin/
CMD ["cron", "-f", "-L", "2"]
`;

export const incompatibleDockerfileLicense: Rule = {
  id: 'incompatible-dockerfile-license',
  obligation: 'flow-05-dockerfile-release',
  title: 'The licences in a Dockerfile can hold together',
  severity: 'error',
  why: 'A Dockerfile that holds other people’s text can only be released under terms that all of its licences permit, and nobody but its authors can change the licence it came under.',
  remedy:
    'Keep the licence the text came under, take out the part that does not go with the rest, or ask the OSPO.',
  decision: 'Can the Dockerfile be passed on under all of these licences at once?',
  guidance: [...flows(1, 4), ...flows(5, 3), ...flows(10, 2)],
  examples: {
    accepts: [
      {
        title: 'Two licences that ask for notices only',
        files: {
          Dockerfile:
            '# SPDX-License-Identifier: MIT\n# SPDX-License-Identifier: Apache-2.0\nFROM debian:13.1\n',
        },
      },
      {
        title: 'A choice with one side that fits',
        files: {
          Dockerfile:
            '# SPDX-License-Identifier: GPL-2.0-only OR MIT\n# SPDX-License-Identifier: Apache-2.0\nFROM debian:13.1\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Two licences that exclude each other',
        files: {
          Dockerfile:
            '# SPDX-License-Identifier: GPL-2.0-only\n# SPDX-License-Identifier: Apache-2.0\nFROM debian:13.1\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
      {
        title: 'A copy of a file whose licence excludes ours',
        files: { Dockerfile: `# SPDX-License-Identifier: Apache-2.0\nFROM debian:13.1\n${STEPS}` },
        elsewhere: [
          {
            repository: 'other/images',
            path: 'Dockerfile',
            commit: '5d'.repeat(20),
            license: 'GPL-2.0',
            copyrights: [],
            text: `FROM debian:12.7\n${STEPS}`,
          },
        ],
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'Another licence than before',
        base: { Dockerfile: '# SPDX-License-Identifier: GPL-3.0-only\nFROM debian:13.1\n' },
        files: { Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:13.1\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
    ],
  },
  check: (facts) =>
    facts.head.dockerfiles.flatMap((dockerfile) => [
      ...conflicts(dockerfile),
      ...withOriginals(facts, dockerfile),
      ...relicensed(facts, dockerfile),
    ]),
};

/** Each licence by itself and against those before it: all of them hold for the file at once. */
function conflicts(dockerfile: Dockerfile): readonly Finding[] {
  const names = namesOf(dockerfile).flatMap((name) => {
    const expression = parseExpression(name.text);
    return 'problem' in expression ? [] : [{ ...name, expression }];
  });
  const within = names.flatMap(({ text, location, expression }) => {
    const answer = holdsTogether(expression);
    if (answer.verdict !== 'conflict') return [];
    return findingOf(incompatibleDockerfileLicense, {
      outcome: 'violation',
      location,
      message: `\`${text}\` can’t hold for one file: ${answer.because}.`,
      about: { dockerfile: [dockerfile.path], licence: [text] },
    });
  });
  const between = names.flatMap((name, index) =>
    names.slice(0, index).flatMap((earlier) => {
      const answer = togetherAsExpressions(earlier.expression, name.expression);
      if (answer.verdict === 'fine') return [];
      const isConflict = answer.verdict === 'conflict';
      const pair = `\`${earlier.text}\` and \`${name.text}\``;
      return findingOf(incompatibleDockerfileLicense, {
        outcome: isConflict ? 'violation' : 'unknown',
        location: name.location,
        message: isConflict
          ? `${pair} can’t hold for one file: ${answer.because}.`
          : `Whether ${pair} can hold for one file is not known.`,
        about: { dockerfile: [dockerfile.path], licence: [earlier.text, name.text] },
        related: [{ location: earlier.location, message: `\`${earlier.text}\` stands here.` }],
      });
    }),
  );
  return [...within, ...between];
}

/** What the file is under against what it was copied from: nobody can release a copy under terms its original excludes. */
function withOriginals(facts: Facts, dockerfile: Dockerfile): readonly Finding[] {
  const names = namesOf(dockerfile);
  return copiesIn(facts, dockerfile).flatMap((copy) => {
    const { license, server, repository } = copy.original;
    const inbound = license === null ? null : parseExpression(safelyNamed(license));
    if (license === null || inbound === null || 'problem' in inbound) return [];
    return names.flatMap(({ text, location }) => {
      const outbound = parseExpression(text);
      if ('problem' in outbound) return [];
      const answer = togetherAsExpressions(inbound, outbound);
      if (answer.verdict !== 'conflict') return [];
      return findingOf(incompatibleDockerfileLicense, {
        outcome: 'violation',
        // That it is a copy is likely, not certain.
        severity: 'warning',
        location,
        message: `${likenessOf(copy)}, which is under \`${license}\`; that can’t go with \`${text}\`: ${answer.because}.`,
        about: {
          dockerfile: [dockerfile.path],
          licence: [text],
          original: [`${server}/${repository}`, license],
        },
      });
    });
  });
}

/** The file’s licence differs from the one it, or the file it was made from, has at the merge base. */
function relicensed(facts: Facts, dockerfile: Dockerfile): readonly Finding[] {
  const now = namesOf(dockerfile);
  const change = facts.changes.find(({ path }) => path === dockerfile.path);
  const previous = change?.previousPath ?? dockerfile.path;
  const before = facts.base?.dockerfiles.find(({ path }) => path === previous);
  const were = before === undefined ? [] : namesOf(before).map(({ text }) => text);
  const [first] = now;
  if (
    first === undefined ||
    were.length === 0 ||
    were.every((text) => now.some((name) => name.text === text))
  )
    return [];
  return [
    findingOf(incompatibleDockerfileLicense, {
      outcome: 'needs-approval',
      location: first.location,
      message: `\`${dockerfile.path}\` came under \`${were.join('`, `')}\` and would now be under \`${now.map(({ text }) => text).join('`, `')}\`.`,
      about: {
        dockerfile: [dockerfile.path],
        'licence before': were,
        'licence now': now.map(({ text }) => text),
      },
    }),
  ];
}
