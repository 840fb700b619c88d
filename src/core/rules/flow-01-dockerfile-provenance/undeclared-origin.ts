// Flow 1: a Dockerfile that holds other people's work says where that was taken from.
import { othersIn } from '../copyrights.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const undeclaredOrigin: Rule = {
  id: 'undeclared-origin',
  obligation: 'flow-01-dockerfile-provenance',
  title: 'A Dockerfile with other people’s work says where it was taken from',
  severity: 'note',
  why: 'Only with the place and the commit of the original can anybody compare the two, look up its licence, or follow its corrections.',
  remedy: 'Add a comment `# Origin: https://…/blob/<commit>/Dockerfile`.',
  guidance: flows(1, 1, 3),
  examples: {
    accepts: [
      {
        title: 'Holder, licence and origin at a commit',
        files: {
          Dockerfile: `# SPDX-FileCopyrightText: 2026 Acme Ltd.\n# SPDX-FileCopyrightText: 2019 Other Authors\n# SPDX-License-Identifier: MIT\n# Origin: https://github.com/other/images/blob/${'5d'.repeat(20)}/Dockerfile\nFROM debian:13.1\n`,
        },
      },
      {
        title: 'The organisation’s own work',
        files: {
          Dockerfile: '# Copyright 2024 Acme Ltd.\n# SPDX-License-Identifier: MIT\nFROM debian:13.1\n',
        },
      },
    ],
    rejects: [
      {
        title: 'Somebody else holds part of the copyright',
        files: {
          Dockerfile:
            '# SPDX-FileCopyrightText: 2026 Acme Ltd.\n# SPDX-FileCopyrightText: 2019 Other Authors\n# SPDX-License-Identifier: MIT\nFROM debian:13.1\n',
        },
        expect: { outcome: 'violation', line: 2 },
      },
    ],
  },
  check: (facts, policy) =>
    facts.head.dockerfiles.flatMap((dockerfile) => {
      const other = othersIn(dockerfile, policy.owners)[0];
      if (other === undefined || dockerfile.notice.origins.length > 0) return [];
      return findingOf(undeclaredOrigin, {
        outcome: 'violation',
        location: other.location,
        message: `\`${dockerfile.path}\` holds work of others (“${other.text}”) and does not say where it was taken from.`,
        about: { dockerfile: [dockerfile.path], copyright: [other.text] },
      });
    }),
};
