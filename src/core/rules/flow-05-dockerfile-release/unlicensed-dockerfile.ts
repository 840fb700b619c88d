// Flow 5: a Dockerfile says under which licence it may be used.
import { isGnuText } from '../../licenses/gnu.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Visibility } from '../../model/evidence.ts';
import type { RepositoryLicense } from '../../model/facts.ts';
import type { Edit, Severity } from '../../model/finding.ts';
import { firstFreeLine, insertBefore } from '../edits.ts';
import { firstLine } from '../positions.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

/** It has to be there as soon as others can read the file; inside, it is good advice. */
const SEVERITY: Record<Visibility, Severity> = {
  public: 'error',
  unknown: 'warning',
  internal: 'note',
  private: 'note',
};

export const unlicensedDockerfile: Rule = {
  id: 'unlicensed-dockerfile',
  obligation: 'flow-05-dockerfile-release',
  title: 'Every Dockerfile names its licence',
  severity: 'error',
  why: 'Whoever gets a Dockerfile without a licence may not use it, however public it is; a licence file elsewhere in the repository is lost as soon as the file is copied.',
  remedy:
    'Add a comment `# SPDX-License-Identifier: …` with the licence of your project at the top, below parser directives.',
  guidance: [...flows(1, 5), ...flows(5, 2), ...flows(10, 2)],
  examples: {
    accepts: [
      {
        title: 'A licence header',
        visibility: 'public',
        files: { Dockerfile: '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.7\n' },
      },
      {
        title: 'A licence said beside the file, after REUSE',
        visibility: 'public',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          'Dockerfile.license': 'SPDX-FileCopyrightText: 2026 Acme\n\nSPDX-License-Identifier: MIT\n',
        },
      },
      {
        title: 'A licence said for a folder, after REUSE',
        visibility: 'public',
        files: {
          'images/api/Dockerfile': 'FROM debian:12.7\n',
          'REUSE.toml':
            'version = 1\n\n[[annotations]]\npath = "images/**"\nSPDX-FileCopyrightText = "2026 Acme"\nSPDX-License-Identifier = "Apache-2.0"\n',
        },
      },
    ],
    rejects: [
      {
        title: 'A public Dockerfile without a header, in a repository whose licence is known',
        visibility: 'public',
        files: {
          Dockerfile: '# syntax=docker/dockerfile:1\nFROM debian:12.7\n',
          'package.json': '{ "name": "product", "license": "MIT" }\n',
        },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'A repository under a GNU text, which leaves later versions open',
        files: { Dockerfile: 'FROM debian:12.7\n', 'LICENSES/GPL-3.0.txt': 'GNU GENERAL PUBLIC LICENSE\n' },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'REUSE speaks of other files only',
        files: {
          'images/api/Dockerfile': 'FROM debian:12.7\n',
          'REUSE.toml':
            'version = 1\n\n[[annotations]]\npath = "docs/**"\nSPDX-FileCopyrightText = "2026 Acme"\nSPDX-License-Identifier = "CC0-1.0"\n',
        },
        expect: { outcome: 'violation', line: 1 },
      },
      {
        title: 'A comment that names nobody’s terms',
        files: { Dockerfile: '# Builds the product.\nFROM debian:12.7\n' },
        expect: { outcome: 'violation', line: 1 },
      },
    ],
  },
  check: (facts) =>
    facts.head.dockerfiles
      // A file that could not be read has no text; its gap says so, and what it says of itself is not known.
      .filter(
        ({ notice, text }) =>
          text.trim() !== '' && notice.licenses.length === 0 && notice.recognized === null,
      )
      .map((dockerfile) =>
        findingOf(unlicensedDockerfile, {
          outcome: 'violation',
          severity: SEVERITY[facts.subject.visibility],
          location: firstLine(dockerfile.path),
          message: `\`${dockerfile.path}\` does not say under which licence it may be used.`,
          ...correction(dockerfile, facts.head.license),
          about: { dockerfile: [dockerfile.path] },
        }),
      ),
};

function correction(
  dockerfile: Dockerfile,
  license: RepositoryLicense | null,
): { readonly remedy: string | null; readonly edit: Edit | null } {
  if (license === null) return { remedy: null, edit: null };
  // Whoever holds the rights decides that; a suggestion would decide it for them.
  if (isGnuText(license.expression))
    return {
      remedy: `Add \`# SPDX-License-Identifier: ${license.expression}-only\` or \`${license.expression}-or-later\`: \`${license.path}\` holds the text of ${license.expression}, which does not say whether later versions count.`,
      edit: null,
    };
  const header = `# SPDX-License-Identifier: ${license.expression}`;
  return {
    remedy: `Add \`${header}\`, the licence that \`${license.path}\` names, if it holds for this file too.`,
    edit: insertBefore(dockerfile, firstFreeLine(dockerfile), header),
  };
}
