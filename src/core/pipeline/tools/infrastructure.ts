// Infrastructure as code: Terraform, Pulumi, Ansible and Packer push images where their files say so.
import type { Value } from '../../model/value.ts';
import { EMPTY, format, join, known, prefix, text } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { Files } from '../files.ts';
import { filesAt, filesBelow, handedFiles } from '../handed-files.ts';
import type { CommandCall, Tool } from '../tool.ts';

export const infrastructure: Tool = {
  id: 'infrastructure',
  family: 'wrapper',
  documentation:
    'https://registry.terraform.io/providers/kreuzwerker/docker/latest/docs/resources/registry_image',
  commands: ['terraform', 'tofu', 'terragrunt', 'pulumi', 'ansible-playbook', 'packer build'],
  command: (call) => {
    const [program = ''] = call.command.split(' ');
    if (program === 'ansible-playbook') return playbooks(call);
    if (program === 'packer') return packer(call);
    return applied(program, call);
  },
  actions: [
    'pulumi/actions',
    'dflook/terraform-apply',
    'dflook/tofu-apply',
    'dawidd6/action-ansible-playbook',
  ],
  action: (call) => {
    const isPlaybook = call.action === 'dawidd6/action-ansible-playbook';
    if (call.action === 'pulumi/actions' && known(call.input('command') ?? text('up')) === 'preview')
      return [];
    const folder = call.input('work-dir') ?? call.input('path') ?? call.input('directory') ?? text('.');
    if (isPlaybook) {
      const playbook = call.input('playbook') ?? EMPTY;
      return playbookEffects(call.action, [call.path(join([folder, '/', playbook]))], call.files);
    }
    return folderEffects(call.action, call.path(folder), call.files);
  },
  examples: [
    {
      script: 'terraform -chdir=infra apply -auto-approve',
      files: { 'infra/main.tf': 'resource "docker_registry_image" "api" {\n  name = "acme/api"\n}\n' },
      delivers: ['opaque terraform apply?'],
    },
    {
      script: 'terraform plan',
      files: { 'main.tf': 'resource "docker_registry_image" "api" {\n  name = "acme/api"\n}\n' },
      delivers: [],
    },
    {
      script: 'tofu apply -auto-approve',
      files: { 'main.tf': 'resource "aws_s3_bucket" "b" {}\n' },
      delivers: [],
    },
    {
      script: 'pulumi up --yes --stack prod',
      files: { 'index.ts': 'new docker.Image("api", { imageName: "acme/api" });\n' },
      delivers: ['opaque pulumi up?'],
    },
    {
      script: 'ansible-playbook -i hosts release.yml',
      files: {
        'release.yml':
          '- hosts: localhost\n  tasks:\n    - community.docker.docker_image:\n        name: acme/api\n        push: true\n        source: local\n',
      },
      delivers: ['opaque ansible-playbook release.yml?'],
    },
    {
      script: 'ansible-playbook site.yml',
      files: {
        'site.yml': '- hosts: web\n  roles: [api]\n',
        'roles/api/tasks/main.yml': '- shell: docker push acme/api\n',
      },
      delivers: ['opaque ansible-playbook site.yml?'],
    },
    {
      script: 'ansible-playbook site.yml',
      files: { 'site.yml': '- hosts: web\n  tasks:\n    - apt: {name: nginx}\n' },
      delivers: [],
    },
    {
      steps: '- uses: pulumi/actions@v6\n  with: {command: up, work-dir: infra}\n',
      files: { 'infra/__main__.py': 'docker.RegistryImage("api", name="acme/api")\n' },
      delivers: ['opaque pulumi/actions?'],
    },
    {
      script: 'packer build image.pkr.hcl',
      files: {
        'image.pkr.hcl': 'build {\n  post-processors {\n    post-processor "docker-push" {}\n  }\n}\n',
      },
      delivers: ['opaque packer build image.pkr.hcl?'],
    },
  ],
};

const PROGRAM = /\.(?:tf|tf\.json|tofu|hcl|ts|mts|js|mjs|py|go|cs|java|ya?ml)$/;
const APPLIES = new Set(['apply', 'up', 'update', 'run-all', 'destroy', 'stack', 'run']);

function applied(program: string, call: CommandCall): readonly Effect[] {
  const line = readCommandLine(call.words, {
    values: ['--stack', '-s', '--cwd', '-C', '--config', '-var', '-var-file', '--terragrunt-working-dir'],
    switches: ['-auto-approve', '--yes', '-y', '--skip-preview'],
  });
  const verb = known(line.operands[0] ?? EMPTY);
  if (verb === null || !APPLIES.has(verb) || verb === 'destroy') return [];
  const chdir = call.words.find((word) => prefix(word).startsWith('-chdir='));
  const given = line.value('--cwd', '-C', '--terragrunt-working-dir');
  const folder = chdir === undefined ? (given ?? text('.')) : cutStart(chdir, '-chdir='.length);
  return folderEffects(`${program} ${verb}`, call.path(folder), call.files);
}

function cutStart(word: Value, count: number): Value {
  return [...text(prefix(word).slice(count)), ...word.slice(1)];
}

function folderEffects(what: string, folder: Value, files: Files): readonly Effect[] {
  const paths = filesAt(files, folder, PROGRAM) ?? [];
  const effect = handedFiles(what, paths.filter(isOfInfrastructure), files);
  return effect === null ? [] : [effect];
}

/** Pipelines are judged by themselves, and what package managers bring is no plan. */
function isOfInfrastructure(path: string): boolean {
  return !/(?:^|\/)(?:\.github|node_modules|vendor|\.terraform)\//.test(path);
}

function packer(call: CommandCall): readonly Effect[] {
  const { operands } = readCommandLine(call.words, {
    values: ['-var', '-var-file', '-only'],
    switches: ['-force'],
  });
  return operands.flatMap((place) => {
    const paths = filesAt(call.files, call.path(place), /\.(?:pkr\.hcl|json)$/) ?? [];
    const effect = handedFiles(`packer build ${format(place)}`, paths, call.files);
    return effect === null ? [] : [effect];
  });
}

function playbooks(call: CommandCall): readonly Effect[] {
  const { operands } = readCommandLine(call.words, {
    values: [
      '-i',
      '--inventory',
      '-e',
      '--extra-vars',
      '-l',
      '--limit',
      '-t',
      '--tags',
      '-u',
      '--user',
      '-f',
      '--forks',
    ],
    switches: ['-v', '-vv', '-vvv', '-b', '--become', '--check', '--diff', '-K'],
  });
  return playbookEffects('ansible-playbook', operands.map(call.path), call.files);
}

/** A playbook, and the roles and task files beside it, of which it takes some. */
function playbookEffects(what: string, playbooks: readonly Value[], files: Files): readonly Effect[] {
  return playbooks.flatMap((place) => {
    const path = known(place);
    if (path === null || !files.has(path)) return [];
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const lead = folder === '' ? '' : `${folder}/`;
    const beside = ['roles', 'tasks', 'playbooks'].flatMap((name) =>
      filesBelow(files, `${lead}${name}`, /\.ya?ml$/),
    );
    const effect = handedFiles(`${what} ${path}`, [path, ...beside.filter((one) => one !== path)], files);
    return effect === null ? [] : [effect];
  });
}
