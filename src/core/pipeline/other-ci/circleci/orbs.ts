// Jobs and commands of the public Docker orbs → pushes; of other orbs, what looks like a delivery is said to be unseen.

import type { Location } from '../../../model/position.ts';
import type { Value } from '../../../model/value.ts';
import { format, hole, join, known, text } from '../../../value.ts';
import type { Ledger, Place } from '../../act.ts';
import { booleanOf } from '../../command-line.ts';
import { buildSource, pushEffect } from '../../effect.ts';
import { repositoryPath } from '../../files.ts';
import { locate, type SourceText } from '../../source-text.ts';
import { childOf, textOf, type YamlNode } from '../../yaml.ts';
import { addAct, addOpaque } from '../run.ts';
import { filledValue } from '../template.ts';
import { expanded } from '../variables.ts';
import { fillOf, type Values } from './values.ts';

export type OrbUse = {
  /** `orb/verb` as written. */
  readonly name: string;
  /** `circleci/docker@2.1.1`, as the file imports it; null when it does not. */
  readonly orb: string | null;
  readonly node: YamlNode;
  readonly options: YamlNode | null;
};

export function runOrb(
  use: OrbUse,
  values: Values,
  environment: ReadonlyMap<string, Value>,
  place: Place,
  source: SourceText,
  ledger: Ledger,
): void {
  const [alias = '', verb = ''] = use.name.split('/');
  const orb = (use.orb ?? alias).replace(/@.*$/s, '');
  const location = locate(source, use.node.start, use.node.end);
  const by = { tool: use.name, family: 'docker-push', location };
  const given = (...names: readonly string[]): Value | null => {
    for (const name of names) {
      const written = textOf(childOf(use.options, name));
      if (written === null) continue;
      const filled = filledValue(written, fillOf(values));
      return join(
        filled.map((part) =>
          typeof part === 'string' ? expanded(part, (variable) => environment.get(variable) ?? null) : [part],
        ),
      );
    }
    return null;
  };
  const off = (...names: readonly string[]): boolean => {
    const value = given(...names);
    return value !== null && booleanOf(value) === 'no';
  };
  const image = given('image', 'repo', 'repository') ?? hole('image', 'the orb is given no image');
  const tags = (fallback: Value): readonly Value[] => {
    const written = given('tag', 'tags');
    if (written === null) return [fallback];
    return format(written).includes(',')
      ? format(written)
          .split(',')
          .map((tag) => expanded(tag.trim(), () => null))
      : [written];
  };
  const source0 = buildSource({
    context: given('path', 'build-path', 'docker-context') ?? text('.'),
    dockerfile: format(given('dockerfile') ?? text('Dockerfile')),
  });
  const push = (registry: Value, fallbackTag: Value, isBuild: boolean): void => {
    const names = tags(fallbackTag).map((tag) =>
      join([registry.length === 0 ? [] : join([registry, '/']), image, ':', tag]),
    );
    addAct(ledger, place, pushEffect({ names, source: isBuild ? source0 : null }), by);
  };
  if (/(^|\/)docker(-publish)?$/.test(orb) && /^circleci\/|^docker/.test(orb)) {
    if (verb === 'publish' || verb === 'push')
      push(
        given('registry') ?? text('docker.io'),
        hole('$CIRCLE_SHA1', 'the commit decides it'),
        verb === 'publish',
      );
    if (verb === 'build')
      addAct(
        ledger,
        place,
        {
          kind: 'build',
          names: tags(text('latest')).map((tag) => join([image, ':', tag])),
          source: source0,
          options: { squash: 'no', provenance: 'no', sbom: 'no' },
        },
        by,
      );
    return;
  }
  const isPush = /build[-_]and[-_]push|push[-_]image|^push|publish/.test(verb);
  if (isPush && off('push-image', 'push_image')) return;
  if (isPush && /aws-ecr/.test(orb)) {
    const isPublic = given('public-registry', 'public_registry');
    const registry =
      given('account-url', 'account_url') ??
      (isPublic !== null && booleanOf(isPublic) === 'yes'
        ? text('public.ecr.aws')
        : join([
            given('account_id', 'account-id') ?? hole('$AWS_ACCOUNT_ID', 'the account decides it'),
            '.dkr.ecr.',
            given('region') ?? hole('$AWS_REGION', 'the account decides it'),
            '.amazonaws.com',
          ]));
    push(registry, text('latest'), /build/.test(verb));
  } else if (isPush && /gcp-(gcr|artifact-registry)/.test(orb)) {
    const host = given('registry-url', 'registry_url') ?? text('gcr.io');
    push(
      join([
        host,
        '/',
        given('google-project-id', 'google_project_id') ??
          hole('$GOOGLE_PROJECT_ID', 'the project decides it'),
      ]),
      text('latest'),
      /build/.test(verb),
    );
  } else if (isPush && /azure-acr/.test(orb)) {
    push(
      given('login-server-name', 'login-server') ??
        azureHost(given('registry-name') ?? hole('$ACR_NAME', 'the account decides it')),
      text('latest'),
      /build/.test(verb),
    );
  } else if (isPush && /(^|\/)heroku$/.test(orb)) {
    const app = given('app-name', 'app_name') ?? hole('$HEROKU_APP_NAME', 'the project decides it');
    const types = format(given('process-types', 'process_types') ?? text('web')).split(/[\s,]+/);
    const names = types.map((type) => join(['registry.heroku.com/', app, `/${type}`]));
    addAct(ledger, place, pushEffect({ names }), by);
  } else {
    const about = `${orb}/${verb}`;
    if (/^circleci\/(continuation|path-filtering)\//.test(about)) {
      continues(use, given, orb, location, place, ledger);
      return;
    }
    const isAboutImages = /docker|ecr|gcr|acr|kaniko|container|image|cimg|buildx|jib|\bko\b/i.test(about);
    if (isAboutImages ? /install|check|login|auth|setup|test|lint/i.test(verb) : HARMLESS_ORBS.test(about))
      return;
    addOpaque(ledger, place, {
      what: use.name,
      doubt: `${use.name} belongs to the orb ${use.orb ?? alias}, which can't be read here`,
      settledBy: 'use an orb that is known, push in the open, or approve it as it is',
      family: 'third-party-action',
      location,
      needsCredentials: !(isAboutImages && /push|publish|release|ship|deploy/i.test(about)),
    });
  }
}

/** The rest of the pipeline is another file: one of the repository is read by itself, one that is made can't be. */
function continues(
  use: OrbUse,
  given: (...names: readonly string[]) => Value | null,
  orb: string,
  location: Location,
  place: Place,
  ledger: Ledger,
): void {
  const written = given('configuration_path', 'config-path', 'config_path');
  const path = repositoryPath(known(written ?? text('.circleci/continue_config.yml')) ?? '');
  if (!/continue|filter/.test(use.name) || (path !== null && path !== '' && place.files.has(path))) return;
  addOpaque(ledger, place, {
    what: `${orb} ${format(written ?? text('continuation'))}`,
    doubt: 'the rest of the pipeline is a configuration that is made when it runs',
    settledBy: 'keep the configuration in the repository, or approve it as it is',
    family: 'reusable-workflow',
    location,
  });
}

/** Orbs of CircleCI and others that look at code, set tools up or tell people. */
const HARMLESS_ORBS =
  /^circleci\/(node|go|python|ruby|rust|php|java|android|macos|windows|browser-tools|jira|slack|shellcheck|terraform|kubernetes|aws-cli|aws-s3|gcp-cli|azure-cli|github-cli|welcome-orb|orb-tools)\/|(^|\/)(slack|codecov|coveralls|sonarcloud|snyk|cypress|eslint|shellcheck|node|python|gh|queue|jira|semantic-release|win|lighthouse)\/|\/(install|setup|test|tests|lint|notify|status|checkout|cache|restore|save)[\w-]*$/i;

function azureHost(name: Value): Value {
  return /\.azurecr\.io$/.test(format(name)) ? name : join([name, '.azurecr.io']);
}
