// Flow 10: whoever builds our Dockerfile is not made to accept terms, and gets nothing that may not be passed on.
import type { Dockerfile } from '../../model/dockerfile.ts';
import type { Facts } from '../../model/facts.ts';
import { consentsIn } from '../consents.ts';
import { standing } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

export const unsafeToRebuild: Rule = {
  id: 'unsafe-to-rebuild',
  obligation: 'flow-10-recipient-builds-dockerfile',
  title: 'Whoever builds the Dockerfile accepts nothing unseen',
  severity: 'warning',
  why: 'A recipient who builds the file repeats its steps: terms are accepted in their name without their seeing them, and components are fetched that their makers let nobody pass on.',
  remedy:
    'Let the recipient decide, with a build argument that has no default, or use a component that may be passed on; otherwise the OSPO looks at the terms.',
  decision: 'May we hand out a Dockerfile whose build does this in the recipient’s name?',
  guidance: flows(10, 1, 3),
  examples: {
    accepts: [
      {
        title: 'The recipient has to say yes',
        visibility: 'public',
        files: {
          Dockerfile: 'FROM debian:12.7\nARG ACCEPT_EULA\nRUN ACCEPT_EULA=$ACCEPT_EULA ./install.sh\n',
        },
      },
      {
        title: 'A package is named, not installed',
        visibility: 'public',
        files: {
          Dockerfile: 'FROM debian:12.7\nRUN echo "install steamcmd yourself: apt-get install" steamcmd\n',
        },
      },
      {
        title: 'Nobody outside gets the Dockerfile or an image of it',
        files: { Dockerfile: 'FROM debian:12.7\nENV ACCEPT_EULA=Y\n' },
      },
    ],
    rejects: [
      {
        title: 'Terms are accepted for everybody',
        visibility: 'public',
        files: {
          Dockerfile: 'FROM debian:12.7\nENV ACCEPT_EULA=Y\nRUN yes | sdkmanager --licenses\n',
        },
        expect: { outcome: 'needs-approval', line: 2, count: 2 },
      },
      {
        title: 'A package’s question about its licence is answered in advance',
        visibility: 'public',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN echo "tool shared/accepted-tool-license select true" | /usr/bin/debconf-set-selections\n',
        },
        expect: { outcome: 'needs-approval', line: 2 },
      },
      {
        title: 'Fonts that may not be passed on',
        visibility: 'public',
        files: {
          Dockerfile:
            'FROM debian:12.7\nRUN apt-get update && ACCEPT_EULA=Y apt-get install -y ttf-mscorefonts-installer\n',
        },
        expect: { outcome: 'needs-approval', line: 2, count: 2 },
      },
    ],
  },
  check: (facts) =>
    reachingOthers(facts).flatMap((dockerfile) =>
      consentsIn(dockerfile).map(({ what, key, location }) =>
        findingOf(unsafeToRebuild, {
          outcome: 'needs-approval',
          location,
          message: `${what}.`,
          about: { dockerfile: [dockerfile.path], consent: [key] },
        }),
      ),
    ),
};

/** Looked up among the deliveries once: every Dockerfile by itself would cost the product of both. */
function reachingOthers(facts: Facts): readonly Dockerfile[] {
  const { dockerfiles } = facts.head;
  const { visibility } = facts.subject;
  if (visibility === 'public' || visibility === 'unknown') return dockerfiles;
  const delivered = new Set(
    standing(facts, 'registry-push', 'image-archive', 'dockerfile-release')
      .filter(({ destination }) => destination.class !== 'local' && destination.class !== 'internal')
      .map(({ build }) => build?.dockerfile),
  );
  return dockerfiles.filter(({ path }) => delivered.has(path));
}
