// `clear-to-ship vet`: an image's name → its lineage as registries show it, and the entry for the policy.
import { registerEntry } from '../core/images/lineage-register.ts';
import { type LineageSheet, lineageMarkdown, renderLineage } from '../core/images/lineage-text.ts';
import { readOsRelease } from '../core/images/os-release.ts';
import { formatReference, parseReference } from '../core/images/reference.ts';
import {
  toldByOsRelease,
  toldByPackages,
  withToldDistribution,
  withUntold,
} from '../core/images/told-distribution.ts';
import type { ImageReference } from '../core/model/image.ts';
import type { Lineage, PlatformName } from '../core/model/lineage.ts';
import type { ImageVouchers } from '../core/model/trust.ts';
import { type ImageTrust, judgeImage } from '../core/trust/image-trust.ts';
import { createRegistryClient } from '../registry/client.ts';
import { osReleaseOf } from '../registry/inside-image.ts';
import { vouchersOf } from '../registry/vouchers.ts';
import { type LineageTools, lookUpImage } from '../registry/walk.ts';
import { isProblem, problem } from '../workspace/problem.ts';
import { type Effects, paintFor } from './effects.ts';
import { EXIT } from './exit-codes.ts';
import type { VET_FORMATS } from './formats.ts';
import {
  DEADLINE,
  dockerCredentials,
  exitOf,
  type LookUpOptions,
  permissions,
  wrongOption,
} from './image-look-up.ts';
import { jsonText, tellProblem } from './output.ts';
import { progressLine } from './progress.ts';
import { publicFiles } from './public-files.ts';
import { trustPolicy } from './vet-policy.ts';

export type VetOptions = LookUpOptions & {
  readonly format: (typeof VET_FORMATS)[number];
  readonly osRelease?: boolean;
};

/**
 * 0 when the lineage is known to `scratch`, `undecided` when anything could not be known, `blocked` when the image is
 * known not to be what the policy asks for.
 */
export async function vet(name: string, options: VetOptions, effects: Effects): Promise<number> {
  const reference = parseReference(name);
  if ('problem' in reference)
    return tellProblem(
      problem(
        `${name} is no image name: ${reference.problem}.`,
        'Give one like debian:12 or ghcr.io/acme/base:4.2.',
      ),
      effects,
    );
  const wrong = wrongOption(options);
  if (wrong !== null) return tellProblem(wrong, effects);
  const policy = await trustPolicy(options.policy, effects);
  if (isProblem(policy)) return tellProblem(policy, effects);
  const credentials = await dockerCredentials(effects);
  if (!options.quiet) for (const note of credentials.notes) effects.stderr(`${note}\n`);
  const progress = progressLine(effects, options.quiet ?? false);
  const signal = AbortSignal.timeout(DEADLINE);
  const client = createRegistryClient({
    hosts: permissions(options),
    credentials,
    now: () => effects.now().getTime(),
    signal,
  });
  const at = effects.now().toISOString();
  const { lineage, trust } = await lookUp(
    { client, files: publicFiles(effects, signal) },
    reference,
    options.platform ?? null,
    progress.report,
    options.osRelease === true,
    (each, vouchers) => judgeImage(each, vouchers, policy, at),
  ).finally(() => {
    progress.end();
    client.close();
  });
  const entry = registerEntry(reference, lineage, at.slice(0, 10));
  effects.stdout(rendered({ name: formatReference(reference), lineage, trust, entry }, options, effects));
  if (lineage.end !== 'scratch' || lineage.gaps.length > 0) return EXIT.undecided;
  return exitOf(trust[0] ?? null);
}

/** The lineage, and what vouches for each of its hops. */
async function lookUp(
  tools: LineageTools,
  reference: ImageReference,
  platform: PlatformName | null,
  onProgress: (stage: string, done: number, total: number) => void,
  withOsRelease: boolean,
  judge: (reference: ImageReference, vouchers: ImageVouchers) => ImageTrust,
): Promise<{ readonly lineage: Lineage; readonly trust: readonly (ImageTrust | null)[] }> {
  const { lineage } = await lookUpImage(tools, reference, platform, onProgress);
  const found = await Promise.all(
    lineage.hops.map(async (hop, index) => {
      const named = parseReference(hop.name);
      if ('problem' in named) return { trust: null, tell: (whole: Lineage) => whole };
      const vouchers = await vouchersOf(tools.client, named, hop, index === 0 ? 'whole' : 'named');
      const isRoot = index === lineage.hops.length - 1;
      const release = withOsRelease && isRoot ? await osReleaseOf(tools.client, named, hop, null) : null;
      return {
        trust: judge(named, vouchers),
        tell: (whole: Lineage) => withTold(whole, index, vouchers, release),
      };
    }),
  );
  // From the root upwards: what is above takes over what it does not say itself.
  const told = found.reduceRight((whole, { tell }) => tell(whole), lineage);
  return { lineage: told, trust: found.map(({ trust }) => trust) };
}

function withTold(
  lineage: Lineage,
  index: number,
  vouchers: ImageVouchers,
  release: Awaited<ReturnType<typeof osReleaseOf>>,
): Lineage {
  if (release !== null && 'unread' in release) return withUntold(lineage, index, release.unread);
  const told = release === null ? toldByPackages(vouchers) : toldByOsRelease(readOsRelease(release.text));
  return told === null ? lineage : withToldDistribution(lineage, index, told);
}

function rendered(sheet: LineageSheet, { format }: VetOptions, effects: Effects): string {
  switch (format) {
    case 'text':
      return renderLineage(sheet, { width: effects.columns, paint: paintFor(effects) });
    case 'json':
      return jsonText({
        version: 1,
        image: sheet.name,
        ...sheet.lineage,
        trust: sheet.trust,
        policyEntry: sheet.entry,
      });
    case 'markdown':
      return lineageMarkdown(sheet);
    default:
      return format satisfies never;
  }
}
