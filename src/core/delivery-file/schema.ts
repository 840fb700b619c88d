// The shape of `.github/delivery.yml`: one schema for reading it and for docs/delivery.schema.json.
import { z } from 'zod';
import type { AnswerName } from '../model/delivery-file.ts';

export const DELIVERY_FILE = '.github/delivery.yml';

const text = z.string().trim().min(1).max(2_000);
const path = text.regex(/^(?!\/)[^\\]*$/, 'must be a path in this repository');

/** Answers that name a file of the repository. */
export const PATHS: readonly AnswerName[] = ['bom', 'notices'];

const answers = {
  product: text.optional().describe('The product that the image is part of.'),
  description: text.optional().describe('What the image is for, in a sentence.'),
  license: text.optional().describe('Our own licence for what we add, as an SPDX expression.'),
  owner: text.optional().describe('The team or person who answers for the delivery.'),
  contact: text.optional().describe('Where recipients turn to, such as an address or a web page.'),
  bom: path.optional().describe('The bill of materials (SPDX or CycloneDX), as a path in this repository.'),
  justification: text
    .optional()
    .describe(
      'Why a push of our own layers to a public registry, or the Dockerfile alone, would not do. Asked for where all layers are delivered by us: own registries and image archives.',
    ),
  updates: text
    .optional()
    .describe('How long and how fast we bring security updates to every layer. Asked for on own registries.'),
  notices: path
    .optional()
    .describe(
      'The licence texts and copyright notices of all layers, as a path in this repository. Asked for with image archives.',
    ),
  sources: text
    .optional()
    .describe(
      'Where recipients get the sources that licences such as the GPL promise them. Asked for with image archives.',
    ),
} satisfies Record<AnswerName, z.ZodType>;

export const ANSWER_NAMES = Object.keys(answers) as readonly AnswerName[];

const entry = z.strictObject({
  destination: text
    .max(300)
    .describe(
      'What the answers are for: host/repository without tag, or the file of an image archive. `*` stands for anything within a segment, `**` also across segments.',
    ),
  ...answers,
});

export const deliveryFile = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find the JSON schema of this file.'),
    version: z.literal(1).describe('The version of this format.'),
    deliveries: z.array(entry).max(500).describe('One entry for each delivery or group of deliveries.'),
  })
  .describe(
    'What a repository answers for its deliveries of container images. It is read from the head of a pull request, as part of what is asked for, and grants nothing.',
  )
  .meta({ title: 'Clear to Ship: .github/delivery.yml' });

/** JSON Schema 2020-12 of the file, as plain data. */
export function deliveryFileSchema(): unknown {
  return z.toJSONSchema(deliveryFile, { target: 'draft-2020-12' });
}
