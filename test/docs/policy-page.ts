// The schema of the policy file → docs/policy.md.
import { DEFAULT_LABELS, DEFAULT_REGISTRIES } from '../../src/core/policy/defaults.ts';
import { describePolicy } from '../../src/core/policy/describe.ts';
import { OBLIGATIONS } from '../../src/core/policy/modes.ts';

/** What an organisation can start with on its first day. */
export const FIRST = `version: 1
mode: observe                     # look at everything, tell nobody yet …
flows:
  5: advise                       # … tell what Dockerfiles lack to be released,
  6: {mode: advise, next: enforce, from: 2027-02-01}   # and ask about public pushes, which block from February on
approval:
  teams: [acme/ospo]              # who decides
registries:
  own: [registry.acme.example]    # ours, and others can pull from it: flow 7
  internal: [registry.acme.internal]                   # nobody outside can reach it: no delivery
base-images:
  allow:
    - {image: docker.io/library/**, owner: acme/ospo, reason: Docker Official Images}
`;

export const EXAMPLE = `version: 1
mode: advise                      # everything advises …
flows:
  3: enforce                      # … but downloads are enforced,
  8: {mode: advise, next: enforce, from: 2027-01-01}
approval:
  teams: [acme/ospo]
  expires-after-days: 365
registries:
  internal: [registry.acme.internal]
  own: [registry.acme.example, ghcr.io/acme]
  variables: {secrets.REGISTRY: registry.acme.example}
base-images:
  allow:
    - {image: docker.io/library/**, owner: acme/ospo, reason: Docker Official Images}
    - {image: 'registry.acme.internal/base/*', owner: acme/platform, reason: built and vetted by us, expires: 2027-06-30}
exceptions:
  - {rule: unverified-download, paths: ['tools/**'], reason: replaced in Q1, owner: acme/platform, expires: 2027-03-31}
`;

const SIGNATURES = `content-trust:
  signers:
    - name: release               # keyless: a certificate for an identity, noted in a transparency log
      sigstore:
        identity: https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*
        issuer: https://token.actions.githubusercontent.com
        trusted-root: {…}         # the content of the instance's trusted_root.json
    - name: vetting               # a long-lived key
      key: |
        -----BEGIN PUBLIC KEY-----
        …
        -----END PUBLIC KEY-----
    - name: partner               # Notary Project
      notation: {roots: "…", subject: {O: Partner, C: DE}}
  require:
    - {image: 'registry.acme.example/**', by: [release, vetting]}
`;

export function policyPage(): string {
  return [
    '<!-- Generated from src/core/policy by `npm run docs`. -->',
    '# The policy file',
    '`.github/clear-to-ship.yml` in the organisation’s policy repository (`.github` unless `POLICY_REPOSITORY` says otherwise) holds the organisation’s policy, at the tip of its default branch. The same file in a repository, on the base branch of the pull request, can only make it stricter. Neither is ever read from the head of a pull request. Editors check it against [policy.schema.json](policy.schema.json). A key that is not known, a value of the wrong kind and a rule that does not exist block, with the line; nothing of the broken file is in force then, and the embedded defaults hold.',
    '## The first one, in five minutes',
    fence('yaml', FIRST),
    [
      '1. **Whose registries?** In checkouts of the repositories that ship most, `npm run clear-to-ship -- deliveries PATH` lists where they push. What you run yourselves goes under `own` when customers or partners can pull from it, under `internal` when nobody outside can; the well-known public ones are known. A whole host or `host/namespace` will do.',
      '2. **Who decides?** The team under `approval.teams`. Its members need *Triage* on the repositories to set the label, or *Read* to approve in a review.',
      '3. **What from when on?** Begin with `observe`, which only writes the ledger; let the flows that matter advise; give each a day from which it is enforced, so that teams can plan. Without `mode`, everything is enforced at once.',
      '4. **Try it** before anybody else sees it: `npm run clear-to-ship -- check PATH --base origin/main --policy FILE` judges a checkout by it. A mistake is said with its line.',
      '5. **Put it in force**: commit it as `.github/clear-to-ship.yml` to the repository `.github` of the organisation. A pull request that changes it there shows what is wrong with it.',
    ].join('\n'),
    '## A later one',
    fence('yaml', EXAMPLE),
    '## Modes',
    '`off` does not look; `observe` records in the ledger only; `advise` shows findings and never blocks; `enforce` blocks. `{mode, next, from}` changes over on a day. Gaps (things that could not be read) leave checks undecided as long as anything is enforced, now or later.',
    '## Keys',
    table(
      ['key', 'value', 'meaning'],
      describePolicy().map(({ path, type, required, description }) => [
        `\`${path}\``,
        cellText(type),
        `${cellText(description)}${required ? ' Required.' : ''}`,
      ]),
    ),
    '## Obligations',
    `In \`flows\`, by number or by name: ${OBLIGATIONS.map((name) => `\`${name}\``).join(', ')}.`,
    '## Signatures',
    fence('yaml', SIGNATURES),
    'Signatures are verified offline, with the roots and keys given here and no others: nobody is believed by default. An identity is taken whole; `*` stays within a segment, `**` crosses, and nothing is a regular expression. A signature counts when it is about this very image (its manifest or its index) and says that somebody stands for it: cosign’s and Notation’s signatures, and signed provenance. Other signed statements (bills of materials, scan results) vouch for their content only. Keyless signatures need the time that a log or a timestamp authority of the root vouches for; certificates below a Notation root have to be valid when the image is judged, and revocation lists are not looked up.',
    '## What a repository may not do',
    'Weaken a mode, name signers, name approving teams or labels, ask for fewer or longer-lived approvals, declare registries other than public ones, name owners, or excuse rules that the organisation’s `repository-exceptions` does not list. Such entries have no effect and block, with their line. Lists of allowed images and licences are cut: what is used has to be on the organisation’s list and on the repository’s.',
    '## Defaults',
    `Labels: ${Object.values(DEFAULT_LABELS)
      .map((label) => `\`${label}\``)
      .join(
        ', ',
      )}. Public registries: ${DEFAULT_REGISTRIES.public.map((host) => `\`${host}\``).join(', ')}. Gone when the job ends: ${DEFAULT_REGISTRIES.local.map((host) => `\`${host}\``).join(', ')}. Registries inside a customer’s cloud account are unknown until policy says whose they are. Everything is enforced; Docker Official Images are allowed; nobody may approve.`,
  ]
    .join('\n\n')
    .concat('\n');
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
}
