// The same walk by hand with skopeo, on the same registry: requests and time beside ours.
import { parseReference } from '../../src/core/images/reference.ts';
import { createRegistryClient } from '../../src/registry/client.ts';
import { lookUpImage } from '../../src/registry/walk.ts';
import { putImage, putIndex } from '../registry/support/images.ts';
import type { Registry } from '../registry/support/registry.ts';
import { areToolsInstalled, tool } from '../registry/support/tools.ts';

const DEPTH = 5;

/** Five images whose annotations name the base, which is all that a person sees with such a tool. */
function putAnnotated(on: Registry): string {
  let below: { readonly name: string; readonly digest: string } | null = null;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const to = on.shelf(`beside/${depth}`);
    const annotations: Record<string, string> =
      below === null
        ? { 'org.opencontainers.image.base.name': 'scratch' }
        : {
            'org.opencontainers.image.base.name': below.name,
            'org.opencontainers.image.base.digest': below.digest,
          };
    const layers = Array.from(
      { length: depth + 1 },
      (_, layer) => [`layer ${layer}`, `COPY ${layer} /`] as const,
    );
    const image = putImage(to, { layers, annotations });
    const index = putIndex(to, [image], '1');
    below = { name: `${on.host}/beside/${depth}:1`, digest: index.digest };
  }
  return below?.name ?? '';
}

export async function besideSkopeo(on: Registry): Promise<void> {
  if (!areToolsInstalled) {
    console.log('beside skopeo: not run, as skopeo is not installed');
    return;
  }
  const name = putAnnotated(on);
  const ours = await measured(on, async () => {
    const client = createRegistryClient({ hosts: [{ host: '127.0.0.1', scheme: 'http', private: true }] });
    const reference = parseReference(name);
    if ('problem' in reference) throw new Error(reference.problem);
    const lineage = (await lookUpImage({ client: client, files: null }, reference, null)).lineage;
    client.close();
    return lineage.end === 'scratch' ? lineage.hops.length : 0;
  });
  const theirs = await measured(on, () => byHand(name));
  for (const [who, { requests, time, hops }] of [
    ['ours', ours],
    ['skopeo inspect by hand', theirs],
  ] as const)
    console.log(`${DEPTH} annotated hops, ${who}: ${hops} hops, ${requests} requests, ${time.toFixed(0)} ms`);
}

async function measured(on: Registry, work: () => Promise<number>) {
  const [before, start] = [on.log.length, performance.now()];
  const hops = await work();
  return { hops, requests: on.log.length - before, time: performance.now() - start };
}

/** What the guidance asks people to do: look at the image, find its base, look at that; layers compared by their digests. */
async function byHand(start: string): Promise<number> {
  const plain = ['inspect', '--tls-verify=false'];
  let name = start;
  for (let hop = 1; ; hop += 1) {
    const index = JSON.parse(await tool('skopeo', ...plain, '--raw', `docker://${name}`)) as Json;
    const repository = name.replace(/(?::\d+)?@.*$|:\d+$/, '');
    const digest = index.manifests?.[0]?.digest;
    const manifest = JSON.parse(
      await tool('skopeo', ...plain, '--raw', `docker://${repository}@${digest}`),
    ) as Json;
    await tool('skopeo', ...plain, '--config', `docker://${repository}@${digest}`);
    const base = manifest.annotations?.['org.opencontainers.image.base.name'] ?? 'scratch';
    if (base === 'scratch') return hop;
    name = `${base.replace(/:1$/, '')}@${manifest.annotations?.['org.opencontainers.image.base.digest']}`;
  }
}

type Json = {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly annotations?: Readonly<Record<string, string>>;
};
