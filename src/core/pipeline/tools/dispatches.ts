// Work that is started in another repository or on another CI system: what that pushes is decided there.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, known } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import { type Effect, opaqueEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const dispatches: Tool = {
  id: 'dispatches',
  family: 'reusable-workflow',
  documentation: 'https://docs.github.com/rest/repos/repos#create-a-repository-dispatch-event',
  commands: ['gh workflow run', 'gh api'],
  command: (call) => (call.command === 'gh api' ? byRequest(call) : byName(call)),
  actions: [
    'peter-evans/repository-dispatch',
    'benc-uk/workflow-dispatch',
    'aurelien-baudet/workflow-dispatch',
    'the-actions-org/workflow-dispatch',
    'convictional/trigger-workflow-and-wait',
    'codex-/return-dispatch',
    'passeidireto/trigger-external-workflow-action',
  ],
  action: (call) => {
    const owner = call.input('owner');
    const repository = call.input('repository') ?? call.input('repo') ?? call.input('target_repo');
    if (repository === null || isThisRepository(repository)) return [];
    const named = ['event-type', 'workflow', 'workflow_file_name', 'event'].map((name) => call.input(name));
    const target = owner === null ? format(repository) : `${format(owner)}/${format(repository)}`;
    return [
      startedElsewhere(
        call.action,
        target,
        named.flatMap((name) => (name === null ? [] : [name])),
      ),
    ];
  },
  examples: [
    {
      script: 'gh workflow run images.yml --repo acme/images --field tag=1',
      delivers: ['opaque gh workflow run acme/images?'],
    },
    {
      steps:
        '- uses: peter-evans/repository-dispatch@v3\n  with: {repository: acme/images, event-type: publish}\n',
      delivers: ['opaque peter-evans/repository-dispatch acme/images?'],
    },
    {
      script: 'gh api repos/acme/images/dispatches -f event_type=publish',
      delivers: ['opaque gh api acme/images?'],
    },
    { script: `gh workflow run docs.yml -R "\${GITHUB_REPOSITORY}"`, delivers: [] },
    { script: 'gh workflow run images.yml', delivers: [] },
    { script: 'gh api repos/acme/images/releases/latest', delivers: [] },
    { steps: '- uses: benc-uk/workflow-dispatch@v1\n  with: {workflow: images.yml}\n', delivers: [] },
  ],
};

/** Workflows of this repository are judged by themselves, for all their triggers. */
function isThisRepository(repository: Value): boolean {
  return /^(?:\$\{\{\s*github\.repository\s*\}\}|\$\{?GITHUB_REPOSITORY\}?)$/.test(format(repository));
}

function byName(call: CommandCall): readonly Effect[] {
  const line = readCommandLine(call.words, {
    values: ['-R', '--repo', '-r', '--ref', '-f', '--raw-field', '-F', '--field'],
    switches: ['--json'],
  });
  const repository = line.value('-R', '--repo') ?? call.variable('GH_REPO');
  if (repository === null || isThisRepository(repository)) return [];
  return [startedElsewhere('gh workflow run', format(repository), call.words)];
}

/** https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event */
const DISPATCH = /(?:^|\/)repos\/(.{1,200}?)\/(?:actions\/workflows\/[^/\s]{1,200}\/)?dispatches$/;

function byRequest(call: CommandCall): readonly Effect[] {
  for (const word of call.words) {
    const effect = dispatchRequest('gh api', word, call.words);
    if (effect !== null) return [effect];
  }
  return [];
}

/** A request that starts work in another repository or a Jenkins job; null for any other. */
export function dispatchRequest(what: string, url: Value, words: readonly Value[]): Effect | null {
  const written = format(url);
  const repository = DISPATCH.exec(written)?.[1];
  if (repository !== undefined) {
    const isOwn =
      /^(?:\$\{\{\s*github\.repository\s*\}\}|\$\{?GITHUB_REPOSITORY\}?|[{:]owner\}?\/[{:]repo\}?)$/.test(
        repository,
      );
    return isOwn ? null : startedElsewhere(what, repository, words);
  }
  return /^https?:\/\/\S{1,2000}\/(?:buildWithParameters|build\?\S*|trigger\/pipeline)$|\/buildWithParameters\?/.test(
    written,
  )
    ? startedElsewhere(what, written.replace(/[?#].*$/s, ''), words)
    : null;
}

const SPEAKS = /image|docker|container|publish|release|deploy|push|registry/i;

function startedElsewhere(what: string, target: string, words: readonly Value[]): Effect {
  const said = words.map((word) => known(word) ?? format(word));
  return opaqueEffect({
    what: `${what} ${target}`,
    needsCredentials: !said.some((word) => SPEAKS.test(word)),
    content: [what, target, ...said],
    doubt: {
      what: `it starts work in ${target === '' ? format(EMPTY) : target}, and what that pushes is decided there`,
      settledBy: 'approve it as it is, or push in this repository',
    },
  });
}
