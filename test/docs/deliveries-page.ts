// The tools the prover knows, and the CI systems it reads → docs/deliveries.md.
import { UNREAD_SYSTEMS } from '../../src/core/pipeline/other-ci/unread-systems.ts';
import type { Tool } from '../../src/core/pipeline/tool.ts';
import { TOOLS } from '../../src/core/pipeline/tools/index.ts';

/** A CI system, where it is documented, and one file of it that is read. */
export const CI_SYSTEMS: readonly {
  readonly name: string;
  readonly documentation: string;
  readonly file: string;
}[] = [
  { name: 'AppVeyor', documentation: 'https://www.appveyor.com/docs/appveyor-yml/', file: 'appveyor.yml' },
  {
    name: 'AWS CodeBuild',
    documentation: 'https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html',
    file: 'buildspec.yml',
  },
  {
    name: 'Azure Pipelines',
    documentation: 'https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/',
    file: 'azure-pipelines.yml',
  },
  {
    name: 'Bitbucket Pipelines',
    documentation:
      'https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/',
    file: 'bitbucket-pipelines.yml',
  },
  {
    name: 'Buildkite',
    documentation: 'https://buildkite.com/docs/pipelines/configure/defining-steps',
    file: '.buildkite/pipeline.yml',
  },
  {
    name: 'CircleCI',
    documentation: 'https://circleci.com/docs/configuration-reference/',
    file: '.circleci/config.yml',
  },
  {
    name: 'Drone, Woodpecker',
    documentation: 'https://docs.drone.io/pipeline/overview/',
    file: '.drone.yml',
  },
  {
    name: 'GitHub Actions',
    documentation: 'https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax',
    file: '.github/workflows/ci.yml',
  },
  { name: 'GitLab CI', documentation: 'https://docs.gitlab.com/ci/yaml/', file: '.gitlab-ci.yml' },
  {
    name: 'Google Cloud Build',
    documentation: 'https://cloud.google.com/build/docs/build-config-file-schema',
    file: 'cloudbuild.yaml',
  },
  { name: 'Jenkins', documentation: 'https://www.jenkins.io/doc/book/pipeline/syntax/', file: 'Jenkinsfile' },
  {
    name: 'Kubernetes objects that build images (kaniko, BuildConfig, kpack, Shipwright, Argo Workflows)',
    documentation:
      'https://docs.openshift.com/container-platform/latest/cicd/builds/understanding-buildconfigs.html',
    file: 'openshift/build-config.yml',
  },
  { name: 'Tekton', documentation: 'https://tekton.dev/docs/pipelines/', file: '.tekton/push.yaml' },
  { name: 'Travis CI', documentation: 'https://docs.travis-ci.com/', file: '.travis.yml' },
];

export function deliveriesPage(): string {
  return [
    '<!-- Generated from src/core/pipeline/tools by `npm run docs`. -->',
    '# What is recognised as a delivery',
    'Every example below is run by a test. `?` behind a delivery means that it may happen: the files don’t settle it, so it is asked about and never passes silently.',
    '## CI systems',
    [
      '| system | for example |',
      '| --- | --- |',
      ...CI_SYSTEMS.map(({ name, documentation, file }) => `| [${name}](${documentation}) | \`${file}\` |`),
    ].join('\n'),
    'Shell scripts, Makefiles, package.json scripts, local actions and called workflows of the repository are followed from there.',
    `Files of ${UNREAD_SYSTEMS.map(([name]) => name).join(', ')} are not interpreted: where one speaks of pushing an image, it may deliver.`,
    '## By hand',
    'Of the shell scripts and Makefiles that a change touches, the pushes are told too ("when a person runs it"), unless a pipeline runs them anyway.',
    '## Tools',
    ...TOOLS.flatMap(toolSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function toolSection(tool: Tool): readonly string[] {
  return [
    `### ${tool.id}`,
    `Family \`${tool.family}\`, [documentation](${tool.documentation}).`,
    ...listed('Commands', tool.commands),
    ...listed('Actions', tool.actions),
    ...tool.examples.flatMap((example) => [
      fence(example.script === undefined ? 'yaml' : 'sh', example.script ?? example.steps ?? ''),
      ...Object.entries(example.files ?? {}).map(
        ([path, content]) => `With \`${path}\`:\n\n${fence('text', content)}`,
      ),
      example.delivers.length === 0
        ? 'Delivers nothing.'
        : `Delivers ${example.delivers.map((one) => `\`${one}\``).join(', ')}.`,
    ]),
  ];
}

function listed(label: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${label}: ${names.map((name) => `\`${name}\``).join(', ')}.`];
}

function fence(language: string, content: string): string {
  return `\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
}
