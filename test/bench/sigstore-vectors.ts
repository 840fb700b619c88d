// Sigstore's own conformance bundles → how many of them we accept and refuse as its clients have to.
// They are not part of this repository: `--sigstore-tests FOLDER` names its `test/assets`, and `--sigstore-root FILE` the
// trusted_root.json for bundles that bring none.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, jsonOf, textOf } from '../../src/core/bom/json.ts';
import type { Attempt } from '../../src/core/trust/attempt.ts';
import { verifyWithKey } from '../../src/core/trust/key-signature.ts';
import { readSigned, type Signed } from '../../src/core/trust/signed.ts';
import { verifyWithIdentity } from '../../src/core/trust/sigstore.ts';

/** Whom the suite expects where a bundle does not say; from its test/client.py. */
const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

const CASES = 'bundle-verify';

/** Prints a line, and each bundle that comes out otherwise. */
export function compareBundles(folder: string, commonRoot: string): void {
  const names = readdirSync(join(folder, CASES)).filter((name) =>
    existsSync(join(folder, CASES, name, 'bundle.sigstore.json')),
  );
  const start = performance.now();
  const wrong = names.flatMap((name) => {
    const attempt = verify(folder, name, commonRoot);
    if (attempt.verified === !name.endsWith('_fail')) return [];
    return [`${name}: ${attempt.verified ? `accepted, by ${attempt.who}` : attempt.reason}`];
  });
  const each = ((performance.now() - start) / Math.max(names.length, 1)).toFixed(1);
  console.log(
    `signatures: ${names.length - wrong.length} of ${names.length} bundles as Sigstore's clients judge them, ${each} ms each`,
  );
  for (const line of wrong) console.log(`  differently: ${line}`);
}

function verify(folder: string, name: string, commonRoot: string): Attempt {
  const given = (file: string): string | null => {
    const path = join(folder, CASES, name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const bundle = given('bundle.sigstore.json') ?? '';
  const signed = signedBy(bundle, Buffer.from(given('artifact') ?? readFileSync(join(folder, 'a.txt'))));
  if ('problem' in signed) return { verified: false, near: 0, reason: signed.problem };
  const key = given('key.pub');
  if (key !== null) return verifyWithKey(signed, { name: 'key', kind: 'key', key });
  return verifyWithIdentity(signed, {
    name: 'identity',
    kind: 'sigstore',
    identity: given('identity')?.trim() ?? IDENTITY,
    issuer: given('issuer')?.trim() ?? ISSUER,
    root: given('trusted_root.json') ?? readFileSync(commonRoot, 'utf8'),
  });
}

/** Bundles over bare bytes say nothing about images and are refused there; here they show that the verifier is right. */
function signedBy(bundle: string, artifact: Buffer): Signed | { readonly problem: string } {
  const content = jsonOf(bundle);
  if (!isRecord(content) || !isRecord(content.messageSignature))
    return readSigned({ kind: 'sigstore-bundle', bundle });
  const signature = Buffer.from(textOf(content.messageSignature.signature) ?? '', 'base64');
  return {
    about: [],
    means: 'signature',
    bytes: artifact,
    signatures: [signature],
    bundle: content,
    artifact,
    statement: null,
  };
}
