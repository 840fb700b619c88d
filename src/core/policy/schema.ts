// The shape of `.github/clear-to-ship.yml`: one schema for reading it, for its JSON schema and for docs/policy.md.
import { z } from 'zod';
import { parseReference } from '../images/reference.ts';
import { parseExpression } from '../licenses/expression.ts';
import { contentTrustSchema } from './content-trust.ts';
import { modesByObligation, obligationKey, obligationName, schedule } from './modes.ts';
import { date, image, label, owner, pattern, patterns, reason, registries, team } from './terms.ts';

/** Path of the policy file, in the organisation's policy repository and in every repository. */
export const POLICY_PATH = '.github/clear-to-ship.yml';

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

function isCopyName(name: string): boolean {
  return (
    /^[^\s/]*[.:][^\s/]*\//.test(name) && !('problem' in parseReference(name.replaceAll('{tag}', 'tag')))
  );
}

export const policyFile = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the JSON schema of this file.'),
    version: z.literal(1).describe('The version of this format.'),
    owners: patterns
      .optional()
      .describe(
        'Accounts whose repositories, registries and packages are inside the organisation. Default: the account that owns the repository. Only in the organisation’s file.',
      ),
    mode: schedule
      .optional()
      .describe('The mode of every obligation that `flows` does not name. Default: enforce.'),
    flows: modesByObligation
      .optional()
      .describe('Modes by obligation: the number of a flow (1 to 13) or the name of an obligation.'),
    rules: z
      .record(z.string(), schedule)
      .optional()
      .describe('Modes by rule id, where one rule should differ from its obligation.'),
    approval: z
      .strictObject({
        teams: z
          .array(team)
          .min(1)
          .optional()
          .describe('Teams whose members may approve an external delivery. Only in the organisation’s file.'),
        count: z
          .int()
          .min(1)
          .max(10)
          .optional()
          .describe('How many different people have to approve. Default: 1.'),
        also: z
          .array(
            z.strictObject({
              flows: z
                .array(obligationKey)
                .min(1)
                .describe('Which questions it is about: numbers of flows, or names of obligations.'),
              teams: z.array(team).min(1).describe('Teams whose members have to approve as well.'),
              count: z.int().min(1).max(10).optional().describe('How many of them. Default: 1.'),
            }),
          )
          .optional()
          .describe(
            'Who has to approve as well, such as the security team for base images: beside the approving teams, and by other people. A repository may add to it.',
          ),
        'while-member': z
          .boolean()
          .optional()
          .describe(
            'Whether an approval counts only as long as whoever gave it is in the team. Default: false, as a signature stays one.',
          ),
        'expires-after-days': z
          .int()
          .min(1)
          .max(3650)
          .optional()
          .describe('Days after which an approval has to be given again. Default: never.'),
        labels: z
          .strictObject({ waiting: label.optional(), approved: label.optional(), rejected: label.optional() })
          .optional()
          .describe(
            'Names of the labels. Default: delivery: waiting, delivery: approved, delivery: rejected.',
          ),
        strict: z
          .array(z.union([z.int().min(5).max(8), obligationName]))
          .optional()
          .describe('Flows whose deliveries lose their approval on any change in the build context.'),
      })
      .optional()
      .describe('Who approves external deliveries, and how.'),
    registries: z
      .strictObject({
        public: registries.optional().describe('Public registries, beside the well-known ones (flow 6).'),
        own: registries.optional().describe('The company’s own registries that others can reach (flow 7).'),
        internal: registries.optional().describe('Registries that nobody outside can reach: no delivery.'),
        local: registries
          .optional()
          .describe('Registries that are gone when the job ends, beside localhost and its like.'),
        ask: z
          .array(pattern.regex(HOST, 'must be a host, with its port if it has one'))
          .optional()
          .describe(
            'Registries that are asked where an image comes from. Default: the well-known public ones listed below; an empty list asks nobody. Registries with private addresses also have to be allowed by whoever runs the server.',
          ),
        variables: z
          .record(
            z
              .string()
              .regex(
                /^(secrets|vars|env)\.[A-Za-z_][\w-]*$|^[A-Za-z_]\w*$/,
                'must be secrets.NAME, vars.NAME, env.NAME or NAME',
              ),
            z.string().min(1),
          )
          .optional()
          .describe(
            'What a secret or variable that names a registry stands for: {secrets.REGISTRY: registry.acme.example}.',
          ),
      })
      .optional()
      .describe(
        'Whose registries there are. An entry is a host or host/namespace; * stands for anything within a segment, ** across segments. Only in the organisation’s file.',
      ),
    vetting: z
      .strictObject({
        images: z
          .array(
            z.strictObject({
              image: image.describe(
                'registry/repository[:tag]; * within a segment, ** across segments: a name, or a range of tags.',
              ),
              digests: z
                .array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'))
                .min(1)
                .optional()
                .describe(
                  'What was looked at, of an index or of a manifest. Default: whatever the name stands for; a digest pinned beside a vetted tag has to be the one that the tag stands for.',
                ),
              'vetted-by': z
                .string()
                .min(1)
                .describe('Who looked, answers for it, and is told before it expires.'),
              on: date.describe('The day on which it was looked at.'),
              scan: z.httpUrl().max(2000).optional().describe('Web address of the scan’s result.'),
              expires: date.describe('The last day on which the vetting counts.'),
              copy: z
                .string()
                .max(400)
                .refine(
                  isCopyName,
                  'must be the full name of an image, as in registry.acme.example/base/debian:{tag}',
                )
                .optional()
                .describe(
                  'Name of the copy published inside, best with a digest; {tag} stands for the tag that is asked for.',
                ),
            }),
          )
          .optional()
          .describe(
            'The register of vetted images. Where there is one, every image from outside has to be in it.',
          ),
        'only-copies': z
          .boolean()
          .optional()
          .describe('Whether only the vetted copies inside may be used. Default: false.'),
        'require-digests': z
          .boolean()
          .optional()
          .describe(
            'Whether a vetting counts only for content that the register names by its digest, copies inside included. Default: false.',
          ),
        'require-lineage': z
          .boolean()
          .optional()
          .describe(
            'Whether the lineage of every image from outside has to be known down to scratch. Default: false.',
          ),
        'warn-before-days': z
          .int()
          .min(0)
          .max(365)
          .optional()
          .describe('Days before a vetting expires on which its owner is told. Default: 30.'),
      })
      .optional()
      .describe('Which images were inspected inside, and what has to be known of the others.'),
    'content-trust': contentTrustSchema(image)
      .optional()
      .describe('Signatures on images: whose count, and which images have to have one.'),
    'base-images': z
      .strictObject({
        allow: z
          .array(
            z.strictObject({
              image: image.describe('registry/repository[:tag]; * within a segment, ** across segments.'),
              owner,
              reason,
              expires: date.optional(),
              ospo: z.boolean().optional().describe('Accepted by the OSPO. Default: true.'),
              security: z.boolean().optional().describe('Accepted by the security team. Default: true.'),
            }),
          )
          .optional()
          .describe('Images that may be used. Default: Docker Official Images.'),
        'require-digest': z
          .boolean()
          .optional()
          .describe('Whether every image must be pinned by digest. Default: false.'),
      })
      .optional()
      .describe('Which images may enter a build, by FROM, COPY --from, mounts and frontends.'),
    licenses: z
      .strictObject({
        allow: z
          .array(z.string())
          .optional()
          .describe('SPDX ids that may be used; anything else is asked about.'),
        deny: z.array(z.string()).optional().describe('SPDX ids that may not be used.'),
        stated: z
          .array(
            z.strictObject({
              component: pattern.describe(
                'An image (docker.io/library/debian:12), an address without scheme (github.com/o/r/**), or a package (deb/debian/curl, pypi/flask, npm/@scope/name); * within a segment, ** across segments.',
              ),
              license: z
                .string()
                .max(500)
                .refine((text) => !('problem' in parseExpression(text)), 'must be an SPDX expression')
                .describe('What it is under, as an SPDX expression.'),
              owner,
              reason: reason.describe('Where and when it was read; shown where the entry is used.'),
            }),
          )
          .optional()
          .describe(
            'Licences of components that the organisation has found out; they count before what a component says of itself. Only in the organisation’s file.',
          ),
      })
      .optional()
      .describe('Licences of Dockerfiles and of what they import.'),
    exceptions: z
      .array(
        z.strictObject({
          rule: z.string().min(1),
          paths: patterns.optional().describe('Glob patterns of paths. Default: everywhere.'),
          reason,
          owner,
          expires: date,
        }),
      )
      .optional()
      .describe('Findings that are excused, with a reason, an owner and an end.'),
    'repository-exceptions': z
      .array(z.string())
      .optional()
      .describe(
        'Rules for which a repository’s own policy file may make exceptions. Only in the organisation’s file.',
      ),
  })
  .describe('The policy of Clear to Ship.');

export type PolicyFile = z.infer<typeof policyFile>;

/** JSON schema (draft 2020-12) of the policy file. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policyFile, { target: 'draft-2020-12' });
}
