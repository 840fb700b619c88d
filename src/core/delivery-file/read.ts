// `.github/delivery.yml` → the answers in it with their places, or gaps that say which line is wrong.
import type { AnswerName, DeliveryAnswers, DeliveryFile } from '../model/delivery-file.ts';
import type { Gap } from '../model/evidence.ts';
import type { Location } from '../model/position.ts';
import { type Files, isGap, repositoryPath } from '../pipeline/files.ts';
import { locate } from '../pipeline/source-text.ts';
import { readYaml, type YamlFile, type YamlNode } from '../pipeline/yaml.ts';
import { ANSWER_NAMES, DELIVERY_FILE, deliveryFile, PATHS } from './schema.ts';

export type ReadDeliveryFile = { readonly file: DeliveryFile | null; readonly gaps: readonly Gap[] };

/** More problems of one file than this help nobody. */
const MOST_PROBLEMS = 20;

/** No file is no gap; a file with anything wrong answers nothing. */
export function readDeliveryFile(files: Files): ReadDeliveryFile {
  if (!files.has(DELIVERY_FILE)) return { file: null, gaps: [] };
  const read = files.read(DELIVERY_FILE);
  if (read === null || read === 'unread') return { file: null, gaps: [] };
  if (isGap(read)) return { file: null, gaps: [read] };
  const yaml = readYaml(DELIVERY_FILE, read.text);
  if (yaml.gaps.length > 0) return { file: null, gaps: yaml.gaps };
  const parsed = deliveryFile.safeParse(plain(yaml.root));
  if (!parsed.success) {
    const gaps = parsed.error.issues
      .slice(0, MOST_PROBLEMS)
      .map((issue) => problem(yaml, issue.path, issue.message));
    return { file: null, gaps };
  }
  const entries = parsed.data.deliveries.map(({ destination, ...given }, index): DeliveryAnswers => {
    const answers = Object.fromEntries(Object.entries(given).filter(([, answer]) => answer !== undefined));
    return {
      destination,
      answers,
      absent: PATHS.filter((name) => isAbsent(answers, name, files)),
      location: placeOf(yaml, ['deliveries', index, 'destination']),
    };
  });
  return { file: { path: DELIVERY_FILE, text: read.text, entries }, gaps: [] };
}

function isAbsent(answers: DeliveryAnswers['answers'], name: AnswerName, files: Files): boolean {
  const answer = answers[name];
  if (answer === undefined) return false;
  const path = repositoryPath(answer);
  return path === null || !(files.has(path) || files.list().some((each) => each.startsWith(`${path}/`)));
}

/** Keys that would change what the object is are kept as keys of it, so that the schema refuses them. */
function plain(node: YamlNode | null): unknown {
  if (node === null) return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plain(value)]));
}

function placeOf({ source, root }: YamlFile, path: readonly PropertyKey[]): Location {
  let node = root;
  for (const step of path) {
    const child: YamlNode | undefined =
      node?.kind === 'list'
        ? node.items[Number(step)]
        : node?.kind === 'map'
          ? node.entries.find(({ key }) => key.text === String(step))?.value
          : undefined;
    if (child === undefined) break;
    node = child;
  }
  return locate(source, node?.start ?? 0, node?.end ?? 0);
}

/** Every answer an entry may give. */
const KEYS = ANSWER_NAMES.map((name) => `\`${name}\``).join(', ');

function problem(yaml: YamlFile, path: readonly PropertyKey[], message: string): Gap {
  const location = placeOf(yaml, path);
  const where = path.length === 0 ? 'the file' : path.join('.');
  return {
    kind: 'syntax',
    cause: 'content',
    subject: DELIVERY_FILE,
    location,
    reason: `${DELIVERY_FILE}, line ${location.range.start.line}: ${where}: ${message}.`,
    remedy: `Correct the line; an entry has \`destination\` and any of ${KEYS}.`,
  };
}
