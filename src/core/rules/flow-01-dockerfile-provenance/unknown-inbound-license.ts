// Flow 1: a Dockerfile that was taken from elsewhere says under which licence it came.
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Severity } from '../../model/finding.ts';
import type { Location } from '../../model/position.ts';
import { isInHeader, othersIn } from '../copyrights.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const unknownInboundLicense: Rule = {
  id: 'unknown-inbound-license',
  obligation: 'flow-01-dockerfile-provenance',
  title: 'A Dockerfile taken from elsewhere names the licence it came under',
  severity: 'error',
  why: 'A text that somebody else wrote may only be used and changed as its licence allows; without one there is no such right.',
  remedy:
    'Look up the licence of the original at the commit it was taken from and add `# SPDX-License-Identifier: …`, or write the file afresh.',
  guidance: flows(1, 1, 2, 3, 4),
  examples: {
    accepts: [
      {
        title: 'Origin, holder and licence',
        files: {
          Dockerfile: `# SPDX-FileCopyrightText: 2019 Other Authors\n# SPDX-License-Identifier: MIT\n# Origin: https://github.com/other/images/blob/${'5d'.repeat(20)}/Dockerfile\nFROM debian:12.7\n`,
        },
      },
      {
        title: 'The source of a single step',
        files: { Dockerfile: 'FROM debian:12.7\n# Based on https://example.com/howto\nRUN ldconfig\n' },
      },
      { title: 'Own work', files: { Dockerfile: '# Copyright 2024 Acme Ltd.\nFROM debian:12.7\n' } },
    ],
    rejects: [
      {
        title: 'An origin without its licence',
        files: {
          Dockerfile: '# Origin: https://github.com/other/images/blob/main/Dockerfile\nFROM debian:12.7\n',
        },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'The copyright of others without a licence',
        files: {
          Dockerfile: '# Copyright 2024 Acme Ltd.\n# Copyright (c) 2019 Other Authors\nFROM debian:12.7\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
    ],
  },
  check: (facts, policy) =>
    facts.head.dockerfiles.flatMap((dockerfile) => {
      const trace = isLicensed(dockerfile) ? null : traceOfOthers(dockerfile, policy.owners);
      if (trace === null) return [];
      return findingOf(unknownInboundLicense, {
        outcome: 'violation',
        severity: trace.severity,
        location: trace.location,
        message: `\`${dockerfile.path}\` names ${trace.what} and no licence under which it came.`,
        about: { dockerfile: [dockerfile.path], origin: [trace.text] },
      });
    }),
};

type Trace = {
  readonly text: string;
  readonly what: string;
  readonly location: Location;
  /** A declared origin leaves no doubt; a name in a copyright line may be one of ours. */
  readonly severity: Severity;
};

function isLicensed({ notice }: Dockerfile): boolean {
  return notice.licenses.length > 0 || notice.recognized !== null;
}

/** The first sign that the text is, or began as, somebody else’s: a declared origin, else a copyright line. */
function traceOfOthers(dockerfile: Dockerfile, owners: readonly string[]): Trace | null {
  const origin = dockerfile.notice.origins.find(({ location }) => isInHeader(dockerfile, location));
  if (origin)
    return {
      text: origin.url,
      what: `its origin \`${origin.url}\``,
      location: origin.location,
      severity: 'error',
    };
  const [others] = othersIn(dockerfile, owners);
  if (others)
    return { text: others.text, what: 'a copyright holder', location: others.location, severity: 'warning' };
  return null;
}
