// All tools, and which of them takes a command or an action; a test checks the list against the folder.
import type { Value } from '../../model/value.ts';
import { known } from '../../value.ts';
import type { Tool } from '../tool.ts';
import { artifacts } from './artifacts.ts';
import { azure } from './azure.ts';
import { bake } from './bake.ts';
import { bazel } from './bazel.ts';
import { buildPushAction } from './build-push-action.ts';
import { buildctl } from './buildctl.ts';
import { buildkiteUpload } from './buildkite-upload.ts';
import { clusters } from './clusters.ts';
import { compose } from './compose.ts';
import { containerRun } from './container-run.ts';
import { cosign } from './cosign.ts';
import { crane } from './crane.ts';
import { dagger } from './dagger.ts';
import { depot } from './depot.ts';
import { dispatches } from './dispatches.ts';
import { dockerBuild } from './docker-build.ts';
import { dockerPush } from './docker-push.ts';
import { dockerSave } from './docker-save.ts';
import { dockerTag } from './docker-tag.ts';
import { dotnet } from './dotnet.ts';
import { earthly } from './earthly.ts';
import { gcloud } from './gcloud.ts';
import { goreleaser } from './goreleaser.ts';
import { ibmcloud } from './ibmcloud.ts';
import { imagetools } from './imagetools.ts';
import { infrastructure } from './infrastructure.ts';
import { jib } from './jib.ts';
import { kaniko } from './kaniko.ts';
import { ko } from './ko.ts';
import { login } from './login.ts';
import { metadataAction } from './metadata-action.ts';
import { nix } from './nix.ts';
import { oras } from './oras.ts';
import { pack } from './pack.ts';
import { platforms } from './platforms.ts';
import { podmanBuild } from './podman-build.ts';
import { podmanPush } from './podman-push.ts';
import { regctl } from './regctl.ts';
import { releases } from './releases.ts';
import { repacking } from './repacking.ts';
import { skaffold } from './skaffold.ts';
import { skopeo } from './skopeo.ts';
import { squashing } from './squashing.ts';
import { storage } from './storage.ts';
import { stringCase } from './string-case.ts';
import { transfers } from './transfers.ts';

export const TOOLS: readonly Tool[] = [
  artifacts,
  azure,
  bake,
  bazel,
  buildPushAction,
  buildctl,
  buildkiteUpload,
  clusters,
  compose,
  containerRun,
  cosign,
  crane,
  dagger,
  depot,
  dispatches,
  dockerBuild,
  dockerPush,
  dockerSave,
  dockerTag,
  dotnet,
  earthly,
  gcloud,
  goreleaser,
  ibmcloud,
  imagetools,
  infrastructure,
  jib,
  kaniko,
  ko,
  login,
  metadataAction,
  nix,
  oras,
  pack,
  platforms,
  podmanBuild,
  podmanPush,
  regctl,
  releases,
  repacking,
  skaffold,
  skopeo,
  squashing,
  storage,
  stringCase,
  transfers,
];

type Match = { readonly tool: Tool; readonly command: string; readonly rest: readonly Value[] };

const COMMANDS = new Map<string, Tool>(
  TOOLS.flatMap((tool) => tool.commands.map((command) => [command, tool] as const)),
);
const ACTIONS = new Map<string, Tool>(
  TOOLS.flatMap((tool) => tool.actions.map((action) => [action, tool] as const)),
);
const LONGEST = Math.max(...[...COMMANDS.keys()].map((command) => command.split(' ').length));

/** Options in front of the sub-command that take a value, per program. */
const GLOBAL_VALUES: Readonly<Record<string, readonly string[]>> = {
  docker: [
    '--config',
    '-c',
    '--context',
    '-H',
    '--host',
    '-l',
    '--log-level',
    '--tlscacert',
    '--tlscert',
    '--tlskey',
  ],
  podman: [
    '--root',
    '--runroot',
    '--storage-driver',
    '--log-level',
    '--connection',
    '-c',
    '--url',
    '--identity',
    '--storage-opt',
    '--cgroup-manager',
    '--runtime',
    '--tmpdir',
  ],
  buildah: ['--root', '--runroot', '--storage-driver', '--log-level', '--storage-opt', '--registries-conf'],
  skopeo: [
    '--policy',
    '--registries.d',
    '--override-arch',
    '--override-os',
    '--override-variant',
    '--command-timeout',
    '--tmpdir',
    '--registries-conf',
  ],
  crane: ['--platform'],
  dagger: ['-m', '--mod', '--progress', '--model', '--env', '-w', '--workdir'],
  regctl: ['--user-agent', '--verbosity', '-v', '--host', '--logopt'],
  gcloud: [
    '--project',
    '--account',
    '--configuration',
    '--verbosity',
    '--format',
    '--impersonate-service-account',
  ],
  aws: ['--region', '--profile', '--output', '--endpoint-url'],
  az: ['--subscription', '--output', '-o'],
  nix: ['--option', '--extra-experimental-features', '--experimental-features'],
  gsutil: ['-o', '-h'],
  notary: [
    '-d',
    '--trustDir',
    '-s',
    '--server',
    '-c',
    '--configFile',
    '--tlscacert',
    '--tlscert',
    '--tlskey',
  ],
  gh: ['-R', '--repo'],
  kubectl: ['-n', '--namespace', '--context', '--kubeconfig', '--cluster', '--as'],
  oc: ['-n', '--namespace', '--context', '--kubeconfig'],
  cosign: ['--output-file', '-t', '--timeout'],
};
/** Programs that take options in front of their sub-command at all. */
const PROGRAMS_WITH_VERBS = new Set([
  'docker',
  'podman',
  'buildah',
  'skopeo',
  'crane',
  'dagger',
  'regctl',
  'gcloud',
  'aws',
  'az',
  'nix',
  'gsutil',
  'cosign',
  'notary',
  'notation',
  'ko',
  'skaffold',
  'helm',
  'kubectl',
  'oc',
  'gh',
  'oras',
  'docker compose',
]);

/** The tool that takes a command, by the longest words that name one. */
export function toolForCommand(argv: readonly Value[]): Match | null {
  const [first, ...rest] = argv;
  const written = first === undefined ? null : known(first);
  if (written === null) return null;
  const program = COMMANDS.has(written) ? written : (written.split('/').at(-1) ?? written);
  const { words, positions } = verbs(program, rest);
  for (let count = Math.min(LONGEST - 1, words.length); count >= 0; count -= 1) {
    const command = [program, ...words.slice(0, count)].join(' ');
    const tool = COMMANDS.get(command);
    if (tool?.command === undefined) continue;
    const last = positions[count - 1];
    // Options in front of the sub-command belong to the program, not to the tool's own words.
    return { tool, command, rest: last === undefined ? rest : rest.slice(last + 1) };
  }
  return null;
}

/** The leading plain words of a command, options between them skipped. */
function verbs(
  program: string,
  rest: readonly Value[],
): { readonly words: readonly string[]; readonly positions: readonly number[] } {
  const words: string[] = [];
  const positions: number[] = [];
  const values = GLOBAL_VALUES[program] ?? [];
  for (let at = 0; at < rest.length && words.length < LONGEST - 1; at += 1) {
    const word = known(rest[at] ?? []);
    if (word?.startsWith('-') && PROGRAMS_WITH_VERBS.has(program)) {
      if (values.includes(word)) at += 1;
      continue;
    }
    if (word === null || word.startsWith('-')) break;
    words.push(word);
    positions.push(at);
  }
  return { words, positions };
}

export function toolForAction(action: string): Tool | null {
  const found = ACTIONS.get(action);
  if (found !== undefined) return found;
  const [owner, name] = action.split('/');
  return ACTIONS.get(`${owner}/${name}/*`) ?? null;
}
