// What may vouch for an image → as much of it as is worth keeping beside a verdict.
import type { FoundSignature, ImageVouchers } from '../core/model/trust.ts';

/** Bytes of one signature, and of all of an image's, that go into the evidence. */
const SIGNATURE_BYTES = 128 * 1024;
const TOTAL_BYTES = 512 * 1024;
/** Packages of all bills of materials of an image. */
const PACKAGES = 5000;

/** What is left out is said where it stood: it is then not known, which is never taken for absent. */
export function keepableVouchers(vouchers: ImageVouchers): ImageVouchers {
  let [bytes, packages] = [0, 0];
  const signatures = vouchers.signatures.map((found): FoundSignature => {
    const size = JSON.stringify(found.material).length;
    if (size <= SIGNATURE_BYTES && bytes + size <= TOTAL_BYTES) {
      bytes += size;
      return found;
    }
    return { ...found, material: { problem: `it has ${size} bytes, which is more than is kept` } };
  });
  const sboms = vouchers.sboms.filter((sbom) => {
    packages += sbom.packages.length;
    return packages <= PACKAGES;
  });
  const left = vouchers.sboms.length - sboms.length;
  return {
    ...vouchers,
    signatures,
    sboms,
    sbomGaps:
      left === 0
        ? vouchers.sbomGaps
        : [
            ...vouchers.sbomGaps,
            {
              kind: 'limit',
              cause: 'content',
              subject: vouchers.digests[0] ?? '',
              location: null,
              reason: `Its bills of materials list ${packages} packages, where at most ${PACKAGES} are kept.`,
              remedy: 'Look at them with `clear-to-ship vet`.',
            },
          ],
  };
}
