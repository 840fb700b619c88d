// Facts made by hand, for what a rule sees before the readers of workflows are involved.
import { readDockerfile } from '../../../src/core/dockerfile/read.ts';
import type { BuildSource, Delivery, DeliveryChange } from '../../../src/core/model/delivery.ts';
import type { Facts, RepositoryFacts } from '../../../src/core/model/facts.ts';
import { text } from '../../../src/core/value.ts';
import { evidenceOf } from '../../support/samples.ts';

export function factsOf(
  files: Readonly<Record<string, string>>,
  deliveries: readonly DeliveryChange[] = [],
): Facts {
  const { subject, collectedAt } = evidenceOf({ title: '', files });
  const head: RepositoryFacts = {
    dockerfiles: Object.entries(files).map(([path, content]) =>
      readDockerfile(path, path, { kind: 'text', text: content }),
    ),
    deliveries: deliveries.map(({ delivery }) => delivery),
    copies: [],
    license: null,
    boms: [],
    deliveryFile: null,
    contentTrust: [],
    furtherCheckouts: [],
    gaps: [],
    wanted: [],
  };
  return { subject, at: collectedAt, head, base: null, changes: [], deliveries, images: [] };
}

/** A push of `docker.io/acme/product:1` built from `Dockerfile`, certain and new. */
export function push(build: Partial<BuildSource> | null, changes: Partial<Delivery> = {}): DeliveryChange {
  const start = { line: 1, column: 1 };
  const delivery: Delivery = {
    kind: 'registry-push',
    tool: 'docker push',
    family: 'docker',
    happens: 'yes',
    destination: {
      registry: text('docker.io'),
      repository: text('acme/product'),
      tags: [text('1')],
      class: 'public',
      channel: null,
    },
    build:
      build === null
        ? null
        : {
            dockerfile: 'Dockerfile',
            context: text('.'),
            target: null,
            arguments: {},
            contexts: {},
            ...build,
          },
    triggers: [],
    condition: null,
    options: { squash: 'no', signed: 'no', provenance: 'no', sbom: 'no' },
    location: { path: '.github/workflows/image.yml', range: { start, end: start } },
    evidencePath: [
      {
        label: 'image.yml:1',
        location: { path: '.github/workflows/image.yml', range: { start, end: start } },
      },
    ],
    unsettled: [],
    ...changes,
  };
  return {
    delivery,
    change: 'started',
    about: { destination: ['docker.io/acme/product'] },
    previously: null,
  };
}
