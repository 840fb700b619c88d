// Certificates that come with a signature → the chain up to a root of the policy, and whose certificate the lowest is.
import { X509Certificate } from 'node:crypto';

/** Longer chains are nobody's. */
const CHAIN_LIMIT = 10;

/** id-kp-codeSigning of RFC 5280. */
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

export type CertificateChain = {
  readonly leaf: X509Certificate;
  /** From the leaf upwards. */
  readonly certificates: readonly X509Certificate[];
};

export function readChain(certificates: readonly Buffer[]): CertificateChain | { readonly problem: string } {
  if (certificates.length > CHAIN_LIMIT)
    return { problem: `it comes with more than ${CHAIN_LIMIT} certificates` };
  try {
    const read = certificates.map((each) => new X509Certificate(each));
    const [leaf] = read;
    return leaf === undefined ? { problem: 'it comes without a certificate' } : { leaf, certificates: read };
  } catch {
    return { problem: 'one of its certificates can’t be read' };
  }
}

/** Certificates of a PEM text, one after the other. */
export function readRoots(pem: string): readonly X509Certificate[] | { readonly problem: string } {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return { problem: 'there is no certificate in it' };
  if (blocks.length > CHAIN_LIMIT)
    return { problem: `there are more than ${CHAIN_LIMIT} certificates in it` };
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return { problem: 'one of its certificates can’t be read' };
  }
}

/** One clause, null when the chain ends at a root and everything on the way was valid at `at` (ms of the epoch). */
export function chainProblem(chain: CertificateChain, pem: string, at: number): string | null {
  const roots = readRoots(pem);
  if ('problem' in roots) return roots.problem;
  const path = pathTo(roots, chain.certificates);
  if (path === null) return 'its certificates lead to none of them';
  // A date that can't be read is no date on which it is valid.
  const stale = path.find((each) => !(at >= Date.parse(each.validFrom) && at <= Date.parse(each.validTo)));
  if (stale !== undefined) {
    const when = at > Date.parse(stale.validTo) ? 'expired' : 'not valid yet';
    return `the certificate of ${subjectText(stale)} is ${when}`;
  }
  const uses = chain.leaf.keyUsage as readonly string[] | undefined;
  return uses !== undefined && !uses.includes(CODE_SIGNING)
    ? 'the certificate is not for signing code'
    : null;
}

/** The leaf and its issuers, up to and with the first that is a root or was issued by one. Null when there is none. */
function pathTo(
  roots: readonly X509Certificate[],
  certificates: readonly X509Certificate[],
): readonly X509Certificate[] | null {
  const path: X509Certificate[] = [];
  for (const certificate of certificates) {
    const below = path.at(-1);
    if (below !== undefined && !issued(certificate, below)) return null;
    path.push(certificate);
    if (roots.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return path;
    const root = roots.find((each) => issued(each, certificate));
    if (root !== undefined) return [...path, root];
  }
  return null;
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return holds(() => issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
}

/** Keys and signatures of kinds or shapes that nobody supports make `node:crypto` throw: then nothing holds. */
export function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/**
 * Attributes of the subject by their short names. An attribute that is there twice, or that has its line for itself not
 * alone, is left out: it would be read as whichever suits.
 */
export function subjectOf(certificate: X509Certificate): Readonly<Record<string, string>> {
  const lines = (certificate.subject ?? '').split('\n').map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(
    lines.filter(
      ([name, value]) =>
        /^[A-Za-z][\w.]*$/.test(name) &&
        !/ \+ |\\/.test(value) &&
        lines.filter(([other]) => other === name).length === 1,
    ),
  );
}

function subjectText(certificate: X509Certificate): string {
  return (certificate.subject ?? '').replaceAll('\n', ', ') || 'nobody';
}
