// Measures lineage over real HTTP on loopback: `node test/bench/registry.ts`; two options below name other projects' test cases.
// Requests and time for five hops, cold and warm; hops right on constructed images; memory beside what the layers hold.
import { parseReference } from '../../src/core/images/reference.ts';
import type { Lineage } from '../../src/core/model/lineage.ts';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.ts';
import { vouchersOf } from '../../src/registry/vouchers.ts';
import { lookUpImage } from '../../src/registry/walk.ts';
import { putFamily } from '../registry/support/family.ts';
import {
  type Descriptor,
  material,
  provenanceV1,
  putAttestation,
  putImage,
  putIndex,
} from '../registry/support/images.ts';
import { type Registry, startRegistry } from '../registry/support/registry.ts';
import { archiveMemory } from './archive-memory.ts';
import { compareReferences } from './reference-vectors.ts';
import { besideSkopeo } from './registry-beside.ts';
import { compareBundles } from './sigstore-vectors.ts';

const KINDS = ['annotation', 'provenance', 'label', 'nothing'] as const;

const registry = await startRegistry();
try {
  await fiveHops(registry);
  await vouched(registry);
  await constructed(registry);
  await memory(registry);
  await besideSkopeo(registry);
} finally {
  await registry.close();
}

await archiveMemory();
const tables = folderOf('--reference-tests');
if (tables === null)
  console.log('references: not compared, as no folder is named (--reference-tests FOLDER)');
else compareReferences(tables);
const bundles = folderOf('--sigstore-tests');
const root = folderOf('--sigstore-root');
if (bundles === null || root === null)
  console.log('signatures: not compared, as none are named (--sigstore-tests FOLDER --sigstore-root FILE)');
else compareBundles(bundles, root);

function folderOf(option: string): string | null {
  const at = process.argv.indexOf(option);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
}

function client(): RegistryClient {
  return createRegistryClient({ hosts: [{ host: '127.0.0.1', scheme: 'http', private: true }] });
}

async function lineageOf(asked: RegistryClient, host: string, name: string): Promise<Lineage> {
  const reference = parseReference(`${host}/${name}`);
  if ('problem' in reference) throw new Error(reference.problem);
  return (await lookUpImage({ client: asked, files: null }, reference, null)).lineage;
}

async function fiveHops(on: Registry): Promise<void> {
  putFamily(on);
  on.authentication = 'bearer';
  const rounds: { requests: number; time: number }[] = [];
  for (let round = 0; round < 5; round += 1) {
    const asked = client();
    for (let look = 0; look < 2; look += 1) {
      const [before, start] = [asked.requests(), performance.now()];
      await lineageOf(asked, on.host, 'acme/app:1');
      rounds.push({ requests: asked.requests() - before, time: performance.now() - start });
    }
    asked.close();
  }
  on.authentication = 'none';
  for (const [name, rest] of [
    ['cold', 0],
    ['warm', 1],
  ] as const) {
    const own = rounds.filter((_, index) => index % 2 === rest).sort((a, b) => a.time - b.time);
    const middle = own[Math.floor(own.length / 2)];
    console.log(
      `five hops, ${name}: ${middle?.requests} requests, ${middle?.time.toFixed(1)} ms (median of ${own.length})`,
    );
  }
}

/** Signatures and bills of materials of all hops, after their lineage. */
async function vouched(on: Registry): Promise<void> {
  on.authentication = 'bearer';
  const asked = client();
  const { hops } = await lineageOf(asked, on.host, 'acme/app:1');
  const [walked, start] = [asked.requests(), performance.now()];
  const found = await Promise.all(
    hops.map((hop, index) => {
      const reference = parseReference(hop.name);
      if ('problem' in reference) throw new Error(reference.problem);
      return vouchersOf(asked, reference, hop, index === 0 ? 'whole' : 'named');
    }),
  );
  const packages = found.flatMap(({ sboms }) => sboms.map((sbom) => sbom.packages.length));
  console.log(
    `signatures and packages of the five: ${asked.requests() - walked} requests more, ${(performance.now() - start).toFixed(1)} ms; bills of materials: ${packages.length}`,
  );
  asked.close();
  on.authentication = 'none';
}

/** Thirty images on chains of one to five, each chain with its own sequence of evidence. */
async function constructed(on: Registry): Promise<void> {
  let [images, hops, right, unknown, whole, wrong] = [0, 0, 0, 0, 0, 0];
  for (let chain = 0; images < 30; chain += 1) {
    const names: string[] = [];
    let below: { readonly name: string; readonly image: Descriptor } | null = null;
    for (let depth = 0; depth <= chain % 5 && images < 30; depth += 1) {
      const kind = KINDS[(chain * 7 + depth * 3) % (chain % 3 === 0 ? 4 : 2)] ?? 'nothing';
      const name = `bench/c${chain}d${depth}`;
      below = { name, image: putLink(on, name, chain, depth, kind, below) };
      names.unshift(`${on.host}/${name}`);
      images += 1;
    }
    const asked = client();
    const lineage = await lineageOf(asked, on.host, `${names[0]?.slice(on.host.length + 1)}:1`);
    asked.close();
    const found = lineage.hops.map((hop) => hop.name.replace(/[:@][^/]*$/, ''));
    const isRight = names.map((name, index) => found[index] === name);
    hops += names.length;
    right += isRight.filter(Boolean).length;
    if (lineage.gaps.length > 0) {
      unknown += isRight.filter((each) => !each).length;
      continue;
    }
    if (isRight.every(Boolean) && found.length === names.length) whole += 1;
    else wrong += 1;
  }
  console.log(
    `${images} constructed images: ${right} of ${hops} hops right, ${unknown} below images that say nothing and said not to be known; ${whole} chains known to scratch, ${wrong} of them wrongly`,
  );
}

function putLink(
  on: Registry,
  name: string,
  chain: number,
  depth: number,
  kind: (typeof KINDS)[number],
  below: { readonly name: string; readonly image: Descriptor } | null,
): Descriptor {
  const to = on.shelf(name);
  const base = below === null ? 'scratch' : `${on.host}/${below.name}:1`;
  const says = { 'org.opencontainers.image.base.name': base };
  const image = putImage(to, {
    layers: Array.from(
      { length: depth + 1 },
      (_, layer) => [`${chain} ${layer}`, `COPY ${layer} /`] as const,
    ),
    labels: kind === 'label' ? says : {},
    annotations: kind === 'annotation' ? says : {},
  });
  const materials = below === null ? [] : [material(base.replace(/:1$/, '@1'), below.image.digest)];
  const attested =
    kind === 'provenance' ? [putAttestation(to, image.digest, [provenanceV1(image.digest, materials)])] : [];
  return putIndex(to, [image, ...attested], '1');
}

/** Layers are never read: an image whose thousand layers would be 2 GB costs its manifest and configuration. */
async function memory(on: Registry): Promise<void> {
  const to = on.shelf('bench/large');
  const image = putImage(to, {
    layers: Array.from({ length: 1000 }, (_, layer) => [`layer ${layer}`, 'COPY x /'] as const),
  });
  const stored = to.manifests.get(image.digest);
  if (stored === undefined) throw new Error('The image is not there.');
  const manifest = JSON.parse(stored.bytes.toString()) as { layers: { size: number }[] };
  const layers = manifest.layers.map((layer) => ({ ...layer, size: 2_000_000 }));
  to.manifests.set('1', { ...stored, bytes: Buffer.from(JSON.stringify({ ...manifest, layers })) });
  const asked = client();
  const before = process.memoryUsage().rss;
  const { hops } = await lineageOf(asked, on.host, 'bench/large:1');
  const grown = (process.memoryUsage().rss - before) / 1e6;
  console.log(
    `${hops[0]?.layers.bytes} bytes in ${hops[0]?.layers.total} layers: ${grown.toFixed(1)} MB of memory more`,
  );
  asked.close();
}
