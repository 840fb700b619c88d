// AppVeyor's `appveyor.yml` and AWS CodeBuild's `buildspec.yml` → acts: lists of commands in phases.
import type { Value } from '../../model/value.ts';
import { text } from '../../value.ts';
import { type Ledger, newLedger, type Place } from '../act.ts';
import type { Files } from '../files.ts';
import { locate, type SourceText } from '../source-text.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../yaml.ts';
import { refPoints } from './ref-points.ts';
import {
  addAct,
  type Environment,
  jobPlace,
  placeAt,
  readTexts,
  readYamlText,
  runShell,
  showsCredentials,
  under,
} from './run.ts';
import { scriptScalars } from './sourced.ts';
import { pieceOf, scriptText } from './template.ts';
import { withVariables } from './variables.ts';

function isAppVeyorPath(path: string): boolean {
  return /^\.?appveyor\.ya?ml$/.test(path);
}

function isCodeBuildPath(path: string): boolean {
  return /(^|\/)buildspec[\w.-]*\.ya?ml$/.test(path);
}

const APPVEYOR_PHASES = [
  'init',
  'install',
  'before_build',
  'build_script',
  'after_build',
  'before_test',
  'test_script',
  'after_test',
  'before_deploy',
  'deploy_script',
  'after_deploy',
  'on_success',
  'on_finish',
];

export function readAppVeyor(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isAppVeyorPath, ledger)) {
    const { root, source } = readYamlText(path, content, ledger);
    if (root === null) continue;
    const isLinux = /ubuntu|linux|macos/i.test(
      itemsOf(childOf(root, 'image'))
        .map((item) => textOf(item) ?? '')
        .join(' '),
    );
    for (const at of refPoints(['push-branch', 'push-tag', 'pull_request'], [])) {
      const place = jobPlace(
        placeAt(path, files, at),
        'build',
        locate(source, root.start, root.end),
        showsCredentials(content),
      );
      const variables = childOf(root, 'environment');
      const environment = withVariables(withVariables(new Map(), variables), childOf(variables, 'global'));
      for (const phase of APPVEYOR_PHASES) {
        const deploys = /deploy/.test(phase) && at.event === 'pull_request' ? 'unknown' : 'yes';
        const inside = under(place, deploys, null);
        if (inside !== null)
          appVeyorPhase(childOf(root, phase), isLinux, environment, inside, source, ledger);
      }
      carried(
        itemsOf(childOf(root, 'artifacts')).map((item) => childOf(item, 'path') ?? item),
        'workflow-artifact',
        place,
        source,
        ledger,
      );
    }
  }
  return ledger;
}

/** Each command runs by itself, in cmd unless it says otherwise. */
function appVeyorPhase(
  node: YamlNode | null,
  isLinux: boolean,
  environment: Environment,
  place: Place,
  source: SourceText,
  ledger: Ledger,
): void {
  for (const item of itemsOf(node)) {
    const [entry] = item.kind === 'map' ? item.entries : [];
    const scalar = item.kind === 'scalar' ? item : entry?.value.kind === 'scalar' ? entry.value : null;
    if (scalar === null) continue;
    const kind = entry?.key.text ?? (isLinux ? 'sh' : 'cmd');
    const shell = kind === 'sh' ? 'bash' : kind === 'cmd' ? 'cmd' : 'pwsh';
    runShell(scriptText([pieceOf(scalar, source)]), { environment, shell }, place, ledger);
  }
}

export function readCodeBuild(files: Files): Ledger {
  const ledger = newLedger();
  for (const { path, text: content } of readTexts(files, isCodeBuildPath, ledger)) {
    const { root, source } = readYamlText(path, content, ledger);
    const phases = childOf(root, 'phases');
    if (root === null || phases?.kind !== 'map') continue;
    // Who starts a build, and when, is set up in AWS and not in the file.
    for (const at of refPoints(['codebuild'], [])) {
      const place = jobPlace(placeAt(path, files, at), 'build', locate(source, root.start, root.end), true);
      const settled = new Map<string, Value>([['CODEBUILD_SRC_DIR', text('.')]]);
      let environment: Environment = withVariables(settled, childOf(childOf(root, 'env'), 'variables'));
      for (const { key, value } of phases.entries) {
        const commands = [
          ...scriptScalars(childOf(value, 'commands')),
          ...scriptScalars(childOf(value, 'finally')),
        ];
        const pieces = commands.map((scalar) => pieceOf(scalar, source));
        const inside = {
          ...place,
          path: [...place.path, { label: `phase ${key.text}`, location: locate(source, key.start, key.end) }],
        };
        environment = runShell(scriptText(pieces), { environment, shell: 'sh' }, inside, ledger).environment;
      }
      carried(itemsOf(childOf(childOf(root, 'artifacts'), 'files')), 'object-storage', place, source, ledger);
    }
  }
  return ledger;
}

function carried(
  nodes: readonly YamlNode[],
  channel: 'workflow-artifact' | 'object-storage',
  place: Place,
  source: SourceText,
  ledger: Ledger,
): void {
  const [first] = nodes;
  if (first === undefined) return;
  addAct(
    ledger,
    place,
    { kind: 'carry', channel, paths: nodes.map((node) => text(textOf(node) ?? '')) },
    {
      tool: 'artifacts',
      family: 'archive',
      location: locate(source, first.start, first.end),
    },
  );
}
