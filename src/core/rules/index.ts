// Every rule, by obligation and then by id. A test compares this list with the folders.
import { retiredContentTrust } from './content-trust/retired-content-trust.ts';
import { unsignedBaseImage } from './content-trust/unsigned-base-image.ts';
import { unsignedDelivery } from './content-trust/unsigned-delivery.ts';
import { copiedDockerfile } from './flow-01-dockerfile-provenance/copied-dockerfile.ts';
import { undeclaredOrigin } from './flow-01-dockerfile-provenance/undeclared-origin.ts';
import { unknownInboundLicense } from './flow-01-dockerfile-provenance/unknown-inbound-license.ts';
import { baseImageDuties } from './flow-02-base-images/base-image-duties.ts';
import { disallowedPackageLicense } from './flow-02-base-images/disallowed-package-license.ts';
import { endOfLifeDistribution } from './flow-02-base-images/end-of-life-distribution.ts';
import { unapprovedBaseImage } from './flow-02-base-images/unapproved-base-image.ts';
import { unpinnedBaseImage } from './flow-02-base-images/unpinned-base-image.ts';
import { unresolvedBaseImage } from './flow-02-base-images/unresolved-base-image.ts';
import { disallowedImportLicense } from './flow-03-outside-imports/disallowed-import-license.ts';
import { insecureDownload } from './flow-03-outside-imports/insecure-download.ts';
import { unlistedImport } from './flow-03-outside-imports/unlisted-import.ts';
import { unpinnedSource } from './flow-03-outside-imports/unpinned-source.ts';
import { unverifiedDownload } from './flow-03-outside-imports/unverified-download.ts';
import { upgradeAll } from './flow-03-outside-imports/upgrade-all.ts';
import { unclearedInsideImport } from './flow-04-inside-imports/uncleared-inside-import.ts';
import { unlistedInsideImport } from './flow-04-inside-imports/unlisted-inside-import.ts';
import { disallowedDockerfileLicense } from './flow-05-dockerfile-release/disallowed-dockerfile-license.ts';
import { dockerfileDelivery } from './flow-05-dockerfile-release/dockerfile-delivery.ts';
import { incompatibleDockerfileLicense } from './flow-05-dockerfile-release/incompatible-dockerfile-license.ts';
import { unlicensedDockerfile } from './flow-05-dockerfile-release/unlicensed-dockerfile.ts';
import { publicRegistryDelivery } from './flow-06-public-registry/public-registry-delivery.ts';
import { unexplainedLayer } from './flow-06-public-registry/unexplained-layer.ts';
import { unresolvedDelivery } from './flow-06-public-registry/unresolved-delivery.ts';
import { ownRegistryDelivery } from './flow-07-own-registry/own-registry-delivery.ts';
import { ownRegistryDuties } from './flow-07-own-registry/own-registry-duties.ts';
import { imageArchiveDelivery } from './flow-08-image-archive/image-archive-delivery.ts';
import { imageArchiveDuties } from './flow-08-image-archive/image-archive-duties.ts';
import { unjustifiedDelivery } from './flow-08-image-archive/unjustified-delivery.ts';
import { archiveWithoutNotices } from './flow-09-recipient-imports-image/archive-without-notices.ts';
import { unsafeToRebuild } from './flow-10-recipient-builds-dockerfile/unsafe-to-rebuild.ts';
import { unclearedPublicLayer } from './flow-11-recipient-pulls-public-layer/uncleared-public-layer.ts';
import { unmaintainedDelivery } from './flow-12-recipient-pulls-own-layer/unmaintained-delivery.ts';
import { squashMayBeForeign } from './flow-13-compressing-layers/squash-may-be-foreign.ts';
import { squashedForeignLayers } from './flow-13-compressing-layers/squashed-foreign-layers.ts';
import { lineageUnknown } from './image-vetting/lineage-unknown.ts';
import { unvettedBaseImage } from './image-vetting/unvetted-base-image.ts';
import { recommendedPackages } from './product-publishing/recommended-packages.ts';
import type { Rule } from './rule.ts';

export const RULES: readonly Rule[] = [
  retiredContentTrust,
  unsignedBaseImage,
  unsignedDelivery,
  copiedDockerfile,
  undeclaredOrigin,
  unknownInboundLicense,
  baseImageDuties,
  disallowedPackageLicense,
  endOfLifeDistribution,
  unapprovedBaseImage,
  unpinnedBaseImage,
  unresolvedBaseImage,
  disallowedImportLicense,
  insecureDownload,
  unlistedImport,
  unpinnedSource,
  unverifiedDownload,
  upgradeAll,
  unclearedInsideImport,
  unlistedInsideImport,
  disallowedDockerfileLicense,
  dockerfileDelivery,
  incompatibleDockerfileLicense,
  unlicensedDockerfile,
  publicRegistryDelivery,
  unexplainedLayer,
  unresolvedDelivery,
  ownRegistryDelivery,
  ownRegistryDuties,
  imageArchiveDelivery,
  imageArchiveDuties,
  unjustifiedDelivery,
  archiveWithoutNotices,
  unsafeToRebuild,
  unclearedPublicLayer,
  unmaintainedDelivery,
  squashMayBeForeign,
  squashedForeignLayers,
  lineageUnknown,
  unvettedBaseImage,
  recommendedPackages,
];

/** The rule of that id; null when there is none. */
export function ruleById(id: string): Rule | null {
  return RULES.find((rule) => rule.id === id) ?? null;
}
