// A verdict → SARIF 2.1.0, for code scanning and editors.
import type {
  Fix,
  Log,
  Notification,
  PhysicalLocation,
  PropertyBag,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Location as SarifLocation,
} from 'sarif';
import type { Gap } from '../model/evidence.ts';
import type { Edit, Severity } from '../model/finding.ts';
import type { Location, Range } from '../model/position.ts';
import type { JudgedFinding, Standing, Verdict } from '../model/verdict.ts';
import { visible } from './markdown.ts';
import { OUTCOME_WORDS, obligationName, type RuleText } from './words.ts';

/** A rule as SARIF describes it. */
export type SarifRule = RuleText & { readonly severity: Severity };

/** Names our fingerprints among those of other tools; the number changes when they mean something else. */
export const FINGERPRINT_KEY = 'clearToShip/v1';

/** The root of the checkout; GitHub knows this name. */
const ROOT = '%SRCROOT%';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export function toSarif(verdict: Verdict, rules: readonly SarifRule[], version: string): Log {
  const sorted = [...rules].sort((left, right) => (left.id < right.id ? -1 : 1));
  const indexes = new Map(sorted.map(({ id }, index) => [id, index]));
  const run: Run = {
    tool: { driver: { name: 'clear-to-ship', version, rules: sorted.map(descriptor) } },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
    ...provenance(verdict),
    invocations: [
      {
        // A gap means that not everything could be judged: to a reader of SARIF, a run that did not succeed.
        executionSuccessful: verdict.gaps.length === 0,
        toolExecutionNotifications: verdict.gaps.map(notification),
      },
    ],
    results: verdict.findings.map((judged) => result(judged, indexes)),
    properties: {
      outcome: verdict.outcome,
      compliance: verdict.compliance,
      delivery: verdict.delivery,
      digests: verdict.digests,
    },
  };
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] };
}

function descriptor(rule: SarifRule): ReportingDescriptor {
  return {
    id: rule.id,
    shortDescription: { text: `${rule.title}.` },
    fullDescription: { text: rule.why },
    help: {
      text: `${rule.why}\n\nWhat to do: ${rule.remedy}`,
      markdown: `${rule.why}\n\n**What to do:** ${rule.remedy}`,
    },
    defaultConfiguration: { level: rule.severity },
    properties: { tags: ['container-compliance', obligationName(rule.obligation)] },
  };
}

function provenance({ subject }: Verdict): Pick<Run, 'versionControlProvenance'> {
  if (subject.kind !== 'pull-request') return {};
  const { server, owner, repository, headSha } = subject;
  return {
    versionControlProvenance: [{ repositoryUri: `${server}/${owner}/${repository}`, revisionId: headSha }],
  };
}

function result(judged: JudgedFinding, indexes: ReadonlyMap<string, number>): Result {
  const { finding, fingerprint, standing, obligation, mode } = judged;
  const index = indexes.get(finding.rule);
  const remedy = finding.remedy === null ? '' : ` ${finding.remedy}`;
  const properties: PropertyBag = { outcome: finding.outcome, standing: standing.kind, obligation, mode };
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    kind: 'fail',
    level: levelOf(judged),
    message: { text: message(`${finding.message}${remedy}`) },
    locations: [located(finding.location)],
    ...(finding.related.length === 0
      ? {}
      : {
          relatedLocations: finding.related.map((related, id) => ({
            id,
            ...located(related.location),
            message: { text: message(related.message) },
          })),
        }),
    partialFingerprints: { [FINGERPRINT_KEY]: fingerprint },
    baselineState: standing.kind === 'pre-existing' ? 'unchanged' : 'new',
    ...suppression(standing),
    ...(finding.edit === null ? {} : { fixes: [fix(finding.edit, finding.remedy)] }),
    properties,
  };
}

/** What does not count against anybody is a note, whatever its rule's severity. */
function levelOf({ finding, standing }: JudgedFinding): 'error' | 'warning' | 'note' {
  switch (standing.kind) {
    case 'open':
      return finding.severity;
    case 'rejected':
      return 'error';
    case 'advised':
    case 'observed':
    case 'approved':
    case 'excepted':
    case 'pre-existing':
      return 'note';
    default:
      return standing satisfies never;
  }
}

function suppression(standing: Standing): Pick<Result, 'suppressions'> {
  if (standing.kind === 'approved') {
    const who = standing.by.map(({ actor, at }) => `${actor.login} on ${at.slice(0, 10)}`).join(', ');
    return accepted(`Approved by ${who}.`);
  }
  if (standing.kind !== 'excepted') return {};
  const { reason, owner, expires } = standing.by;
  return accepted(`Excused by policy until ${expires} (${owner}): ${reason}`);
}

function accepted(justification: string): Pick<Result, 'suppressions'> {
  return { suppressions: [{ kind: 'external', status: 'accepted', justification: visible(justification) }] };
}

function notification(gap: Gap): Notification {
  return {
    level: 'error',
    message: { text: message(`${OUTCOME_WORDS.undecided}: ${gap.reason} ${gap.remedy}`) },
    descriptor: { id: `gap/${gap.kind}` },
    ...(gap.location === null ? {} : { locations: [located(gap.location)] }),
    properties: { cause: gap.cause, subject: visible(gap.subject) },
  };
}

function located({ path, range }: Location): SarifLocation {
  const physicalLocation: PhysicalLocation = { ...artifact(path), region: region(range) };
  return { physicalLocation };
}

function artifact(path: string): Pick<PhysicalLocation, 'artifactLocation'> {
  const uri = path.split('/').map(encodedSegment).join('/');
  return { artifactLocation: { uri, uriBaseId: ROOT } };
}

/** A half surrogate has no URI form at all; it can only come from a name that is no text. */
function encodedSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}

function region({ start, end }: Range): Region {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** Without columns a region is whole lines without their last line feed, which is what an edit replaces. */
function fix(edit: Edit, remedy: string | null): Fix {
  return {
    ...(remedy === null ? {} : { description: { text: message(remedy) } }),
    artifactChanges: [
      {
        artifactLocation: artifact(edit.path).artifactLocation ?? {},
        replacements: [
          {
            deletedRegion: { startLine: edit.first, endLine: edit.last },
            insertedContent: { text: edit.text },
          },
        ],
      },
    ],
  };
}

/** SARIF's plain texts hold links written `[text](target)`: where quoted content looks like one, its brackets are escaped. */
function message(text: string): string {
  const shown = visible(text);
  return shown.includes('](') ? shown.replace(/[\\[\]]/g, (character) => `\\${character}`) : shown;
}
