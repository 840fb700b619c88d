// One delivery → one English sentence, and the path a person follows to the deciding line.
import type { ArchiveChannel, Delivery, Trigger } from '../model/delivery.ts';
import type { Value } from '../model/value.ts';
import { format } from '../value.ts';
import { BY_HAND } from './by-hand.ts';

const CHANNEL_WORDS: Readonly<Record<ArchiveChannel, string>> = {
  'workflow-artifact': 'uploads it as a workflow artifact',
  'release-asset': 'attaches it to a release',
  'object-storage': 'copies it to object storage',
  'file-transfer': 'sends it to another machine',
  repository: 'commits it to a repository',
  none: 'leaves it on the runner',
  unknown: 'may carry it away',
};

/** E.g. `pushes docker.io/acme/api:<version> when a tag v* is pushed: release.yml → job image → step 'Push' → push.sh:14`. */
export function deliverySentence(delivery: Delivery): string {
  return `${deliveryStatement(delivery)}: ${evidencePathText(delivery)}`;
}

/** The sentence without the path, for pages that show that line by line. */
export function deliveryStatement(delivery: Delivery): string {
  const conditions = triggerWords(delivery.triggers);
  return `${act(delivery)}${conditions === '' ? '' : ` ${conditions}`}`;
}

function evidencePathText(delivery: Delivery): string {
  const labels = delivery.evidencePath.map((step) => step.label);
  const path = labels.filter((label, at) => label !== labels[at - 1]).join(' → ');
  const others = (delivery.ways ?? 1) - 1;
  return others === 0 ? path : `${path}, and ${others} other way${others === 1 ? '' : 's'} there`;
}

function act(delivery: Delivery): string {
  const may = delivery.happens === 'unknown';
  const { destination } = delivery;
  switch (delivery.kind) {
    case 'registry-push':
      return `${may ? 'may push' : 'pushes'} ${imageWords(delivery)}`;
    case 'image-archive': {
      const [image] = destination.tags;
      const what = image === undefined ? 'an image' : shownValue(image);
      return `${may ? 'may write' : 'writes'} ${what} to ${shownValue(destination.repository)} and ${CHANNEL_WORDS[destination.channel ?? 'unknown']}`;
    }
    case 'dockerfile-release':
      return `${may ? 'may release' : 'releases'} ${delivery.build?.dockerfile ?? 'a Dockerfile'}`;
    case 'opaque':
      return `may deliver through ${shortened(delivery.tool, 80)} (can't be seen into)`;
  }
}

function imageWords(delivery: Delivery): string {
  const { registry, repository, tags } = delivery.destination;
  const path = shownValue(repository);
  const name = format(registry) === format(repository) ? path : `${shownValue(registry)}/${path}`;
  const shown = tags.slice(0, 3).map(shownValue);
  const more = tags.length > 3 ? ` and ${tags.length - 3} more tags` : '';
  const [first, ...rest] = shown;
  if (first === undefined) return name;
  return `${name}:${first}${rest.map((tag) => `, :${tag}`).join('')}${more}`;
}

/** Unknown parts become placeholders people can read: `${{ github.sha }}` is `<github.sha>`, a command is `<command>`. */
function shownValue(value: Value): string {
  return value
    .map((part) =>
      typeof part === 'string' ? shortened(part, 120) : `<${placeholder(part.variable ?? part.expression)}>`,
    )
    .join('');
}

function placeholder(expression: string): string {
  const inner =
    /^\$\{\{\s*([\s\S]*?)\s*\}\}$/.exec(expression)?.[1] ??
    /^\$\{([A-Za-z_]\w*)[\s\S]*\}$/.exec(expression)?.[1] ??
    /^\$\(([\s\S]*)\)$/.exec(expression)?.[1] ??
    expression.replace(/^\$/, '');
  return shortened(inner, 48);
}

function shortened(content: string, limit: number): string {
  const line = content.replace(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

function triggerWords(triggers: readonly Trigger[]): string {
  const words = [...new Set(triggers.map(oneTrigger))];
  if (words.length === 0) return '';
  if (words.length <= 4) return words.join(', ').replace(/, ([^,]*)$/, ' or $1');
  return `${words.slice(0, 3).join(', ')} or on ${words.length - 3} more events`;
}

function oneTrigger({ event, filter }: Trigger): string {
  switch (event) {
    case 'push-branch':
      return filter === null ? 'when a branch is pushed' : `when ${branchWords(filter)} is pushed`;
    case 'push-tag':
      return filter === null ? 'when a tag is pushed' : `when a tag ${filter} is pushed`;
    case 'pull_request':
    case 'pull_request_target':
      return `on ${event}${filter === null ? '' : ` (${filter})`}`;
    case 'release':
      return `when a release is ${filter ?? 'made'}`;
    case 'schedule':
      return 'on a schedule';
    case 'workflow_dispatch':
      return 'when a person starts it';
    case BY_HAND:
      return 'when a person runs it';
    case 'workflow_call':
      return 'when another workflow calls it';
    case 'workflow_run':
      return filter === null ? 'after another workflow' : `after the workflow ${filter}`;
    case 'merge_group':
      return 'in the merge queue';
    case 'repository_dispatch':
      return 'when the API starts it';
    default:
      return `on ${event}${filter === null ? '' : ` (${filter})`}`;
  }
}

function branchWords(filter: string): string {
  return filter.startsWith('!') ? `a branch other than ${filter.replace(/!/g, '')}` : `branch ${filter}`;
}
