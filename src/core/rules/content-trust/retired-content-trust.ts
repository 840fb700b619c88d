// Content trust: Docker Content Trust is used where a Notary still answers, and replaced where none does.
import { HUB_NOTARY_ENDS, OFFICIAL_IMAGES_EXPIRE_FROM } from '../../images/content-trust-retirement.ts';
import type { ContentTrustUse } from '../../model/content-trust-use.ts';
import type { Facts } from '../../model/facts.ts';
import type { Observation, Rule } from '../rule.ts';
import { findingOf, sentences } from '../rule.ts';

const WORKFLOW = (step: string): string =>
  `on: [release]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n${step}`;
const LIVE = 'version: 1\ncontent-trust:\n  notary: [notary.acme.example]\n';

export const retiredContentTrust: Rule = {
  id: 'retired-content-trust',
  obligation: 'content-trust',
  title: 'Docker Content Trust is used only where a Notary still answers',
  severity: 'warning',
  why: `Docker Hub’s Notary stops on ${HUB_NOTARY_ENDS}, and signatures of Docker Official Images have been running out since ${OFFICIAL_IMAGES_EXPIRE_FROM}: what relies on it fails, or checks nothing new. Where policy names a Notary that answers (\`content-trust.notary\`), it has to stay on.`,
  remedy:
    'Verify and sign with cosign or notation by digest instead, and say in `content-trust.require` which images have to be signed.',
  guidance: sentences('docker-image-security', 2, 1),
  examples: {
    accepts: [
      {
        title: 'Signed another way',
        files: {
          '.github/workflows/image.yml': WORKFLOW('      - run: cosign sign --yes acme/api@$DIGEST\n'),
        },
      },
      {
        title: 'Policy names a Notary that answers',
        policy: LIVE,
        files: {
          '.github/workflows/image.yml': WORKFLOW(
            '      - run: docker push acme/api:1\n        env:\n          DOCKER_CONTENT_TRUST: 1\n',
          ),
        },
      },
      {
        title: 'Switched off, and no Notary asks for it',
        files: {
          'build.sh': '#!/bin/sh\n# DOCKER_CONTENT_TRUST=1 was here\nexport DOCKER_CONTENT_TRUST=0\n',
        },
      },
    ],
    rejects: [
      {
        title: 'The variable in a workflow',
        files: {
          '.github/workflows/image.yml': WORKFLOW(
            '      - run: docker push acme/api:1\n        env:\n          DOCKER_CONTENT_TRUST: "1"\n',
          ),
        },
        expect: { outcome: 'violation', line: 9 },
      },
      {
        title: 'In the Dockerfile, by a switch, and by Docker’s and Notary’s own commands',
        files: {
          Dockerfile:
            'FROM debian:13.1\nENV DOCKER_CONTENT_TRUST 1\nRUN docker pull --disable-content-trust=false debian:13.1\nRUN docker trust sign acme/api:1 && notary -s https://notary.docker.io publish acme/api\n',
        },
        expect: { outcome: 'violation', line: 2, count: 4 },
      },
      {
        title: 'Switched off although policy names a Notary that answers',
        policy: LIVE,
        files: {
          '.github/workflows/image.yml': WORKFLOW(
            '      - run: docker push --disable-content-trust acme/api:1\n',
          ),
        },
        expect: { outcome: 'violation', line: 7 },
      },
    ],
  },
  check: (facts, policy) => {
    const isLive = (policy.contentTrust.notaries ?? []).length > 0;
    const seen = new Map<string, ContentTrustUse[]>();
    for (const use of facts.head.contentTrust) {
      if (use.on === (isLive ? 'yes' : 'no')) continue;
      const key = JSON.stringify([use.location.path, use.name, use.on]);
      seen.set(key, [...(seen.get(key) ?? []), use]);
    }
    return [...seen.values()].flatMap((uses) => {
      const [first, ...others] = uses;
      if (first === undefined) return [];
      return findingOf(retiredContentTrust, {
        ...(isLive ? required(first) : retired(first, facts)),
        location: first.location,
        about: { file: [first.location.path], 'content trust': [`${first.name} ${first.on}`] },
        related: others.map(({ location, name }) => ({ location, message: `\`${name}\` again.` })),
      });
    });
  },
};

function required({
  name,
  on,
}: ContentTrustUse): Pick<Observation, 'outcome' | 'message' | 'severity' | 'remedy'> {
  return {
    outcome: on === 'unknown' ? 'unknown' : 'violation',
    severity: 'error',
    message:
      on === 'unknown'
        ? `Whether \`${name}\` leaves Docker Content Trust on, as policy asks, can’t be told.`
        : `\`${name}\` switches Docker Content Trust off, which policy asks for.`,
    remedy: 'Leave it on: the policy names a Notary that answers.',
  };
}

function retired({ name }: ContentTrustUse, { at }: Facts): Pick<Observation, 'outcome' | 'message'> {
  const when =
    at.slice(0, 10) < HUB_NOTARY_ENDS
      ? `which Docker Hub stops serving on ${HUB_NOTARY_ENDS}`
      : `which Docker Hub has not served since ${HUB_NOTARY_ENDS}`;
  return { outcome: 'violation', message: `\`${name}\` relies on Docker Content Trust, ${when}.` };
}
