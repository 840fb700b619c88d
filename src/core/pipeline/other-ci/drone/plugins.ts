// Plugins of Drone and Woodpecker → the images they build and push, and those that nobody knows.
import type { Truth, Value } from '../../../model/value.ts';
import { format, join, known, prefix, text } from '../../../value.ts';
import type { Ledger, Place } from '../../act.ts';
import { buildSource, PLAIN, pushEffect } from '../../effect.ts';
import { isGap, repositoryPath } from '../../files.ts';
import { underRegistry } from '../../image-name.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { addAct, addOpaque, type Environment } from '../run.ts';
import { expanded } from '../variables.ts';

export function runPlugin(
  image: string,
  settings: YamlNode,
  environment: Environment,
  place: Place,
  location: Place['path'][number]['location'],
  ledger: Ledger,
): void {
  const plugin = image
    .replace(/@.*$/s, '')
    .replace(/:[^/]*$/, '')
    .replace(/^(docker\.io|index\.docker\.io)\//, '');
  // Settings reach a plugin as variables with this prefix, whoever sets them.
  const variable = (name: string): Value | undefined =>
    environment.get(`PLUGIN_${name.toUpperCase().replaceAll('-', '_')}`);
  const value = (...names: readonly string[]): readonly Value[] =>
    names.flatMap((name) => {
      const written = childOf(settings, name);
      if (written === null) return [variable(name)].filter((one) => one !== undefined);
      return itemsOf(written)
        .flatMap((item) => (textOf(item) ?? '').split(','))
        .filter((one) => one.trim() !== '')
        .map((one) => expanded(one.trim(), (inner) => environment.get(inner) ?? null));
    });
  const by = { tool: plugin, family: /kaniko/.test(plugin) ? 'kaniko' : 'plugin', location };
  if (
    /(^|[/-])(docker|kaniko|ecr|gcr|gar|acr|buildx|buildah|heroku)([/-]|$)/.test(plugin) &&
    value('repo').length > 0
  ) {
    const dry = value('dry_run', 'dry-run', 'no_push', 'no-push', 'skip_push').map(format);
    if (dry.includes('true')) return;
    const [registry] = value('registry');
    const prefixed = /ecr|gcr|gar|kaniko/.test(plugin);
    const host = registry ?? (/gcr/.test(plugin) ? text('gcr.io') : null);
    const repositories = value('repo').map((repository) =>
      host !== null && prefixed && !prefix(repository).startsWith(format(host))
        ? underRegistry(host, repository)
        : repository,
    );
    const tags = value('tags', 'tag');
    const names = repositories.flatMap((repository) =>
      tags.length === 0
        ? [repository]
        : tags.map((tag) => join([repository.slice(0, -1), glue(repository.at(-1), tag)])),
    );
    const [dockerfile] = value('dockerfile');
    const [context = text('.')] = value('context');
    const source = buildSource({
      dockerfile: dockerfile === undefined ? 'Dockerfile' : format(dockerfile),
      context,
      target: value('target')[0] ?? null,
    });
    const squash: Truth = value('squash').map(format).includes('true') ? 'yes' : 'no';
    addAct(ledger, place, pushEffect({ names, source, options: { ...PLAIN, squash } }), by);
    return;
  }
  if (/(^|[/-])manifest([/-]|$)/.test(plugin)) {
    const written = value('target');
    const names = written.length > 0 ? written : value('spec').flatMap((spec) => specified(spec, place));
    addAct(ledger, place, pushEffect({ names, happens: 'yes' }), by);
    return;
  }
  if (/release|s3|artifact/.test(plugin)) {
    const paths = value('files', 'source', 'target_files');
    const channel = /s3/.test(plugin) ? 'object-storage' : 'release-asset';
    if (paths.length > 0)
      addAct(ledger, place, { kind: 'carry', channel, paths }, { ...by, family: 'archive' });
    return;
  }
  const looksLike = /docker|kaniko|buildah|podman|skopeo|image|container|registry/i.test(plugin);
  const isTold = looksLike ? settingNames(settings) !== '' : holdsSecret(settings) && !HARMLESS.test(plugin);
  if (isTold)
    addOpaque(ledger, place, {
      what: image,
      doubt: `the plugin ${image} is not known here, and it is given what a push needs`,
      settledBy: 'use a plugin that is known, push in the open, or approve it as it is',
      family: 'plugin',
      location,
    });
}

/** The image that a manifest's template names first; what the template fills in is a hole. */
function specified(spec: Value, place: Place): readonly Value[] {
  const path = repositoryPath(known(spec) ?? '');
  const read = path === null || path === '' ? null : place.files.read(path);
  if (read === null || read === 'unread' || isGap(read)) return [];
  const written = /^image:\s*(\S.*)$/m.exec(read.text)?.[1]?.trim();
  if (written === undefined) return [];
  const open = written.indexOf('{{');
  if (open === -1) return [text(written)];
  return [
    [...text(written.slice(0, open)), { expression: written.slice(open), why: 'the plugin fills it in' }],
  ];
}

/** Plugins that tell people, look at code, or carry other things than images. */
const HARMLESS =
  /slack|discord|telegram|matrix|mattermost|irc|mail|notif|webhook|codecov|coverage|sonar|trivy|snyk|scan|lint|prettier|spell|cache|npm|pypi|maven|\bgit\b|gitea|github|comment|surge|transifex|crowdin|ansible|\bssh\b|scp|sftp|ftp|rsync|hugo|pages|renovate|label|crates|gem|downstream|jira|helm|translat|changelog|ready|bots?\b/i;

function holdsSecret(settings: YamlNode, depth = 0): boolean {
  if (depth > 6 || settings.kind === 'scalar') return false;
  if (settings.kind === 'list') return settings.items.some((item) => holdsSecret(item, depth + 1));
  return settings.entries.some(
    ({ key, value }) => key.text === 'from_secret' || key.text === 'secrets' || holdsSecret(value, depth + 1),
  );
}

function settingNames(settings: YamlNode): string {
  return settings.kind === 'map'
    ? settings.entries
        .map(({ key }) => key.text)
        .filter((key) => /repo|registry|password|push|tags?$/.test(key))
        .join(' ')
    : '';
}

function glue(last: Value[number] | undefined, tag: Value): Value {
  const start: Value = last === undefined ? [] : [last];
  return format(start).includes(':') ? start : join([start, ':', tag]);
}
