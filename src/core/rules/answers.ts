// Deliveries → what the repository's delivery file does not answer for them.
import { DELIVERY_FILE } from '../delivery-file/schema.ts';
import type { Delivery } from '../model/delivery.ts';
import type { AnswerName, DeliveryAnswers } from '../model/delivery-file.ts';
import type { Facts } from '../model/facts.ts';
import type { Edit, Finding } from '../model/finding.ts';
import { matchesPattern } from '../policy/patterns.ts';
import { format } from '../value.ts';
import { findingOf, type Rule } from './rule.ts';

/** `what` completes "does not say …". */
type Question = { readonly name: AnswerName; readonly what: string };

const WHAT: Readonly<Record<AnswerName, string>> = {
  justification: 'why all layers have to come from us',
  notices: 'where the licence texts and copyright notices of its layers are',
  sources: 'where recipients get the sources they are promised',
  owner: 'who answers for it',
  contact: 'where recipients turn to',
  updates: 'how long and how fast security updates come',
  product: 'which product it belongs to',
  description: 'what it is for',
  license: 'under which licence our part is',
  bom: 'where its bill of materials is',
};

/** What some rule asks of each kind of dissuaded delivery, in the order of the skeleton. */
const ASKED: Readonly<Record<'image-archive' | 'registry-push', readonly AnswerName[]>> = {
  'image-archive': ['justification', 'notices', 'sources'],
  'registry-push': ['justification', 'owner', 'contact', 'updates'],
};

/** One finding for each delivery that lacks an answer; entries of the file are looked up by its destination. */
export function askForAnswers(
  rule: Rule,
  facts: Facts,
  deliveries: readonly Delivery[],
  names: readonly AnswerName[],
): readonly Finding[] {
  const questions = names.map((name) => ({ name, what: WHAT[name] }));
  return deliveries.flatMap((delivery) => {
    const name = nameOf(delivery);
    const entry = answersFor(facts, delivery);
    return entry === null
      ? [withoutEntry(rule, facts, delivery, name, questions)]
      : incomplete(rule, entry, name, questions);
  });
}

/** The entry of the delivery file that is for the delivery: the first whose destination matches; null for none. */
export function answersFor(facts: Facts, delivery: Delivery): DeliveryAnswers | null {
  const name = nameOf(delivery);
  return facts.head.deliveryFile?.entries.find((each) => matchesPattern(each.destination, name)) ?? null;
}

function nameOf({ kind, destination: { registry, repository } }: Delivery): string {
  if (kind === 'image-archive') return format(repository);
  return [format(registry), format(repository)].filter((part) => part !== '').join('/');
}

function withoutEntry(
  rule: Rule,
  facts: Facts,
  delivery: Delivery,
  name: string,
  questions: readonly Question[],
): Finding {
  const wanted = inWords(questions.map((question) => `\`${question.name}\``));
  return findingOf(rule, {
    outcome: 'violation',
    location: delivery.location,
    message: `\`${DELIVERY_FILE}\` has no entry for \`${name}\`, so that it is not said ${sayings(questions)}.`,
    remedy: `Add an entry with \`destination: ${name}\` that gives ${wanted}.`,
    edit: skeleton(facts, delivery.kind, name),
    about: { destination: [name], missing: ['entry'] },
  });
}

function incomplete(
  rule: Rule,
  { answers, absent, location }: DeliveryAnswers,
  name: string,
  questions: readonly Question[],
): readonly Finding[] {
  const open = questions.filter((question) => answers[question.name] === undefined);
  const lost = questions.filter((question) => absent.includes(question.name));
  if (open.length === 0 && lost.length === 0) return [];
  const complaints = [
    ...(open.length === 0 ? [] : [`does not say ${sayings(open)}`]),
    ...lost.map((question) => `names \`${answers[question.name]}\`, which is not in the repository`),
  ];
  return [
    findingOf(rule, {
      outcome: 'violation',
      location,
      message: `The entry for \`${name}\` ${complaints.join(' and ')}.`,
      remedy: `Give ${inWords([...open, ...lost].map((question) => `\`${question.name}\``))} in that entry.`,
      about: { destination: [name], missing: [...open, ...lost].map((question) => question.name).sort() },
    }),
  ];
}

function sayings(questions: readonly Question[]): string {
  return inWords(questions.map(({ what }) => what));
}

/** "a, b and c" */
function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/**
 * An entry with everything that may be said of the delivery as comments, whichever rule asks, so that one skeleton does for
 * all: a whole file where there is none, else behind the last entry; null when the file has none, or could not be read.
 */
function skeleton(facts: Facts, kind: Delivery['kind'], name: string): Edit | null {
  const file = facts.head.deliveryFile;
  if (file === null) {
    if (facts.head.gaps.some(({ subject }) => subject === DELIVERY_FILE)) return null;
    const text = ['version: 1', 'deliveries:', ...entryLines('  ', kind, name), ''].join('\n');
    return { path: DELIVERY_FILE, first: 1, last: 1, text };
  }
  if (file.entries.length === 0) return null;
  const lines = file.text.replace(/\s+$/, '').split(/\r?\n/);
  const last = lines.length;
  // The entries' own indentation; another would make it another list.
  const indent = /^([ ]*)-/.exec(lines[(file.entries[0]?.location.range.start.line ?? 1) - 1] ?? '')?.[1];
  if (indent === undefined) return null;
  const added = entryLines(indent, kind, name);
  return { path: file.path, first: last, last, text: [lines[last - 1] ?? '', ...added].join('\n') };
}

function entryLines(indent: string, kind: Delivery['kind'], name: string): readonly string[] {
  const asked = ASKED[kind === 'image-archive' ? kind : 'registry-push'];
  const optional = (Object.keys(WHAT) as AnswerName[]).filter((each) => !asked.includes(each));
  return [
    `${indent}- destination: ${JSON.stringify(name)}`,
    ...asked.map((each) => `${indent}  # ${each}: ${WHAT[each]}`),
    ...optional.map((each) => `${indent}  # ${each}: ${WHAT[each]} (may be left out)`),
  ];
}
