// The rules and the guidance → docs/rules.md.
import { OBLIGATIONS } from '../../src/core/policy/modes.ts';
import type {
  GuidanceDocument,
  GuidanceRow,
  GuidanceSection,
} from '../../src/core/rules/guidance/document.ts';
import { GUIDANCE } from '../../src/core/rules/guidance/index.ts';
import { RULES } from '../../src/core/rules/index.ts';
import { CONFLICTS, PERMISSIVE } from '../../src/core/rules/license-conflicts.ts';
import type { RejectedSample, Rule, Sample } from '../../src/core/rules/rule.ts';

const DOCUMENT_TITLES: Record<GuidanceDocument, string> = {
  'docker-flows': 'The thirteen flows',
  'docker-image-security': 'Image vetting and content trust',
  'docker-store-publish': 'Publishing a product',
};

const OBLIGATION_TITLES: Record<string, string> = {
  'image-vetting': 'Image vetting',
  'content-trust': 'Content trust',
  'product-publishing': 'Product publishing',
};

const OUTCOMES: Record<RejectedSample['expect']['outcome'], string> = {
  violation: 'to be changed',
  'needs-approval': 'to be approved',
  unknown: 'can’t be told',
};

export function rulesPage(): string {
  return [
    '# Rules',
    'Generated from `src/core/rules` by `npm run docs`; every sample below is run by a test.',
    'A finding is a **violation** (the author changes something), **needs approval** (the OSPO decides) or **unknown** (it can’t be told from what is in sight, so the OSPO decides). Only violations of severity *error* block; what a policy observes or advises never does.',
    ...OBLIGATIONS.filter((obligation) => rulesOf(obligation).length > 0).flatMap(obligationSection),
    ...licenceTable(),
    '# What serves which sentence of the guidance',
    'Each sentence of the guidance has a number within its section. `packet` asks a person, `report` shows it, `planned` is to come, `outside` says why software has nothing to do here. `npm run docs:check -- --guidance FOLDER` names the parts of the documents in a folder that say something which these tables were not made for.',
    ...Object.entries(GUIDANCE).flatMap(([document, sections]) =>
      guidanceTables(document as GuidanceDocument, sections),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

/** The compatibility table that `incompatible-dockerfile-license` judges by. */
function licenceTable(): readonly string[] {
  return [
    '# Which licences go together in one Dockerfile',
    'What was copied stays under the licence it came with, and its header has to name it (`copied-dockerfile`). Whether another licence may stand beside it, `incompatible-dockerfile-license` judges by this table. Of a choice (`OR`) the better side counts, of a conjunction (`AND`) the worse; a licence with an exception (`WITH`) and every pair that neither line below nor the table decides is *unknown*, which asks the OSPO.',
    `These ask for notices only and go together with each other, with the GNU licences and with MPL-2.0, but for what the table says: ${PERMISSIVE.map((id) => `\`${id}\``).join(', ')}.`,
    [
      '| one of | can’t go with one of | because |',
      '|---|---|---|',
      ...CONFLICTS.map(
        ({ one, other, because }) => `| ${one.join(', ')} | ${other.join(', ')} | ${because} |`,
      ),
    ].join('\n'),
  ];
}

function rulesOf(obligation: string): readonly Rule[] {
  return RULES.filter((rule) => rule.obligation === obligation);
}

function obligationSection(obligation: string): readonly string[] {
  return [`## ${obligationTitle(obligation)}`, ...rulesOf(obligation).flatMap(ruleSection)];
}

function obligationTitle(obligation: string): string {
  const number = /^flow-(\d\d)-/.exec(obligation)?.[1];
  if (number === undefined) return OBLIGATION_TITLES[obligation] ?? obligation;
  const section = GUIDANCE['docker-flows'].find((each) => each.section === String(Number(number)));
  return `Flow ${Number(number)}: ${section?.title ?? obligation}`;
}

function ruleSection(rule: Rule): readonly string[] {
  return [
    `### ${rule.id}`,
    `**${rule.title}.** Severity: ${rule.severity}. Serves ${servedSentences(rule)}.`,
    rule.why,
    `*What to do:* ${rule.remedy}`,
    ...(rule.decision === undefined ? [] : [`*Whoever approves decides:* ${rule.decision}`]),
    ...rule.examples.accepts.flatMap((sample) => sampleBlocks('Accepted', sample)),
    ...rule.examples.rejects.flatMap((sample) =>
      sampleBlocks(`Found in line ${sample.expect.line}, ${OUTCOMES[sample.expect.outcome]}`, sample),
    ),
  ];
}

function servedSentences(rule: Rule): string {
  return rule.guidance
    .map(({ document, section, sentence }) => `\`${document}\` ${section}.${sentence}`)
    .join(', ');
}

function sampleBlocks(label: string, sample: Sample): readonly string[] {
  const where = sample.visibility === undefined ? '' : ` (repository: ${sample.visibility})`;
  return [
    `${label}: ${sample.title.charAt(0).toLowerCase()}${sample.title.slice(1)}${where}`,
    ...(sample.policy === undefined ? [] : [fence('policy', 'yaml', sample.policy)]),
    ...Object.entries(sample.files).map(([path, text]) => fence(path, languageOf(path), text)),
    ...(sample.clearances ?? []).map(
      ({ project, at, destinations }) =>
        `In the ledger: \`${project}\` cleared on ${at.slice(0, 10)}${destinations.length === 0 ? '' : `, with ${destinations.map((each) => `\`${each}\``).join(', ')}`}.`,
    ),
    ...(sample.elsewhere ?? []).map(
      ({ repository, path, commit, license }) =>
        `Known from elsewhere: \`${repository}\` ${path} at commit ${commit.slice(0, 7)}, ${license ?? 'licence unknown'}.`,
    ),
  ];
}

function fence(path: string, language: string, text: string): string {
  const comment = language === 'json' ? '' : `# ${path}\n`;
  return `\`\`\`${language}\n${language === 'dockerfile' && path === 'Dockerfile' ? '' : comment}${text.trimEnd()}\n\`\`\``;
}

function languageOf(path: string): string {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  if (path.endsWith('.json')) return 'json';
  return /Dockerfile|Containerfile/.test(path) ? 'dockerfile' : 'text';
}

function guidanceTables(document: GuidanceDocument, sections: readonly GuidanceSection[]): readonly string[] {
  return [
    `## ${DOCUMENT_TITLES[document]} (\`${document}\`)`,
    ...sections.flatMap((section) => [
      `### ${section.section}. ${section.title}`,
      [
        '| sentence | what it asks | served by |',
        '|---|---|---|',
        ...section.rows.map(
          (row) => `| ${numbers(row)} | ${row.gist} | ${servers(document, section, row)} |`,
        ),
      ].join('\n'),
    ]),
  ];
}

function numbers({ first, last }: GuidanceRow): string {
  return first === last ? String(first) : `${first}–${last}`;
}

function servers(document: GuidanceDocument, section: GuidanceSection, row: GuidanceRow): string {
  const rules = RULES.filter((rule) =>
    rule.guidance.some(
      (each) =>
        each.document === document &&
        each.section === section.section &&
        row.first <= each.sentence &&
        each.sentence <= row.last,
    ),
  ).map(({ id }) => `[\`${id}\`](#${id})`);
  return [...rules, ...row.servedBy].join('<br>');
}
