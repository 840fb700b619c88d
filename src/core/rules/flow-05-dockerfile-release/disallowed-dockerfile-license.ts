// Flow 5: the licence of a Dockerfile is a real one, and one that policy allows.
import { judgeLicense, parseExpression } from '../../licenses/expression.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { type DeclaredLicense, namesOf } from '../declared-licenses.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const ALLOW_MIT = 'version: 1\nlicenses:\n  allow: [MIT]\n  deny: [AGPL-3.0-only]\n';

export const disallowedDockerfileLicense: Rule = {
  id: 'disallowed-dockerfile-license',
  obligation: 'flow-05-dockerfile-release',
  title: 'A Dockerfile is under a licence that policy allows',
  severity: 'error',
  why: 'Some licences ask for more than the organisation wants to promise, and a name that no list of licences knows promises nothing at all.',
  remedy: 'Use a licence that policy allows, written as on spdx.org/licenses, or ask the OSPO.',
  decision: 'May a Dockerfile leave under this licence?',
  guidance: [...flows(1, 4), ...flows(5, 2, 3)],
  examples: {
    accepts: [
      {
        title: 'A licence on the list',
        policy: ALLOW_MIT,
        files: { Dockerfile: '# SPDX-License-Identifier: MIT\nFROM debian:13.1\n' },
      },
      {
        title: 'Any licence, where policy lists none',
        files: { Dockerfile: '# SPDX-License-Identifier: EUPL-1.2\nFROM debian:13.1\n' },
      },
    ],
    rejects: [
      {
        title: 'A licence that policy denies',
        policy: ALLOW_MIT,
        files: { Dockerfile: '# SPDX-License-Identifier: AGPL-3.0-only\nFROM debian:13.1\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'A licence that policy does not list',
        policy: ALLOW_MIT,
        files: { Dockerfile: '# SPDX-License-Identifier: EUPL-1.2\nFROM debian:13.1\n' },
        expect: { outcome: 'needs-approval', line: 1 },
      },
      {
        title: 'No licence that anybody knows by that name',
        files: { Dockerfile: '# SPDX-License-Identifier: Apache Two\nFROM debian:13.1\n' },
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts, policy) =>
    facts.head.dockerfiles.flatMap((dockerfile) =>
      namesOf(dockerfile).flatMap((name) => judged(dockerfile, name, policy)),
    ),
};

function judged(
  dockerfile: Dockerfile,
  { text, location }: DeclaredLicense,
  policy: Policy,
): readonly Finding[] {
  const about = { dockerfile: [dockerfile.path], licence: [text] };
  const make = (outcome: Finding['outcome'], what: string): readonly Finding[] => [
    findingOf(disallowedDockerfileLicense, { outcome, location, about, message: `\`${text}\` ${what}.` }),
  ];
  const parsed = parseExpression(text);
  if ('problem' in parsed) return make('violation', `is no SPDX licence expression: ${parsed.problem}`);
  const verdict = judgeLicense(text, policy.licenses);
  if (verdict.verdict === 'denied') return make('violation', `may not be used: ${verdict.reason}`);
  const isAllowed = verdict.verdict === 'allowed' || policy.licenses.allow.length === 0;
  return isAllowed ? [] : make('needs-approval', `has to be looked at: ${verdict.reason}`);
}
