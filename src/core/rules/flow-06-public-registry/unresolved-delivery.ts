// Flow 6: a step that may deliver, to a place or in a way that can't be told, is decided by a person.
import type { Delivery } from '../../model/delivery.ts';
import type { Finding } from '../../model/finding.ts';
import { known } from '../../value.ts';
import { fresh, freshPushes, told } from '../deliveries.ts';
import { findingOf, flows, type Rule } from '../rule.ts';

const JOB =
  'on: [push]\njobs:\n  image:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n';
const BUILD_AND_PUSH = `      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: \${{ secrets.REGISTRY }}/product:1.0\n`;

export const unresolvedDelivery: Rule = {
  id: 'unresolved-delivery',
  obligation: 'flow-06-public-registry',
  title: 'It can be told where every delivery goes',
  severity: 'warning',
  why: 'What a secret, a variable or a script from elsewhere decides can’t be seen in the repository; it may be a public registry as well as an internal one.',
  remedy:
    'Write the destination out, or let the policy say what the variable stands for (`registries.variables`) and whose registry it is; otherwise the OSPO decides.',
  guidance: flows(6, 1, 6),
  examples: {
    accepts: [
      {
        title: 'The policy says what the secret stands for',
        policy:
          'version: 1\nregistries:\n  internal: [build.acme.example]\n  variables: { secrets.REGISTRY: build.acme.example }\n',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': `${JOB}${BUILD_AND_PUSH}`,
        },
      },
    ],
    rejects: [
      {
        title: 'A secret names the registry',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': `${JOB}${BUILD_AND_PUSH}`,
        },
        expect: { outcome: 'unknown', line: 7 },
      },
      {
        title: 'A registry that neither policy nor anybody else knows',
        files: {
          Dockerfile: 'FROM debian:12.7\n',
          '.github/workflows/image.yml': `${JOB}      - run: docker push registry.customer.example/product:1.0\n`,
        },
        expect: { outcome: 'unknown', line: 7 },
      },
    ],
  },
  check: (facts) =>
    [...freshPushes(facts, 'unknown'), ...fresh(facts, 'opaque')].map(({ delivery, about, previously }) =>
      findingOf(unresolvedDelivery, {
        outcome: 'unknown',
        location: delivery.location,
        message: `${told(lead(delivery), delivery)}${missing(delivery)}`,
        remedy: howToSettle(delivery),
        about,
        previously,
        related: elsewhere(delivery),
      }),
    ),
};

function lead({ kind }: Delivery): string {
  return kind === 'opaque' ? 'May deliver an image' : 'Delivers to a registry that may be anybody’s';
}

function missing({ unsettled }: Delivery): string {
  return unsettled.length === 0 ? '' : ` Not known: ${unsettled.map(({ what }) => what).join(', ')}.`;
}

/** Places other than the deciding line: what stands there the message has said already. */
function elsewhere({ unsettled, location: here }: Delivery): Finding['related'] {
  return unsettled
    .filter(
      ({ location: { path, range } }) =>
        path !== here.path ||
        range.start.line < here.range.start.line ||
        range.start.line > here.range.end.line,
    )
    .map(({ what, location }) => ({ location, message: `Not known: ${what}.` }));
}

function howToSettle({ kind, unsettled, destination }: Delivery): string | null {
  const registry = kind === 'registry-push' ? known(destination.registry) : null;
  const ways = [
    ...new Set(unsettled.map(({ settledBy }) => settledBy)),
    ...(registry === null
      ? []
      : [
          `let the policy say whose \`${registry}\` is, by a pattern under \`registries.public\`, \`own\` or \`internal\``,
        ]),
  ];
  return ways.length === 0 ? null : `What would settle it: ${ways.join('; ')}.`;
}
