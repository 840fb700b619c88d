import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXPLODES, processorTime } from '../../../support/cpu-time.ts';
import { found, short } from '../judged.ts';

/** One file per system with the shapes its reader knows. */
const SEEDS: readonly (readonly [string, string])[] = [
  [
    '.gitlab-ci.yml',
    'include: [{local: a.yml}, {project: x/y, file: z.yml}]\nvariables: {A: "$B", B: "$A"}\n.b: &b\n  script: &s [docker push acme/$A:1]\nc:\n  extends: .b\n  <<: *b\n  rules:\n    - if: $CI_COMMIT_BRANCH =~ /^(a|b)$/ && ($X == "1" || !$Y)\n      when: manual\n  script:\n    - !reference [.b, script]\n    - *s\n  parallel: {matrix: [{A: [1, 2]}]}\n  artifacts: {paths: [out]}\n',
  ],
  [
    '.circleci/config.yml',
    'version: 2.1\norbs: {d: circleci/docker@1}\nparameters: {p: {type: boolean, default: true}}\ncommands:\n  c: {parameters: {t: {default: "1"}}, steps: [{run: "docker push a/b:<< parameters.t >>"}, c]}\njobs:\n  j: {steps: [c, {when: {condition: {equal: [1, "<< pipeline.number >>"]}, steps: [c]}}, d/push]}\nworkflows:\n  w:\n    when: {or: [{not: "<< pipeline.parameters.p >>"}]}\n    jobs: [j, {d/publish: {image: a/b, filters: {tags: {only: /^v.*/}}}}]\n',
  ],
  [
    'azure-pipelines.yml',
    "trigger: {branches: {include: [main]}}\nvariables: [{name: T, value: '$(U)'}]\nextends: {template: azure-pipelines.yml, parameters: {s: [{script: x}]}}\nstages:\n- ${{ if eq(variables.T, 'x') }}:\n  - stage: s\n    condition: and(succeeded(), ne(variables['Build.Reason'], 'PullRequest'))\n    jobs: [{job: j, strategy: {matrix: {a: {B: 1}}}, steps: [{task: Docker@2, inputs: {repository: a/b, tags: '$(T)'}}, {bash: 'docker push a/b:$(T)'}]}]\n",
  ],
  [
    'Jenkinsfile',
    "pipeline {\n environment { A = \"x${B}\" }\n stages { stage('s') { when { anyOf { branch 'main'; expression { a == 'b' } } }\n steps { script { def i = docker.build(\"a/b:${A}\"); i.push('1') }\n sh '''docker push a/b\n'''\n if (x) { sh \"docker push $A\" } else { f(1) } } } }\n}\ndef f(x) { f(x); parallel(a: { sh 'x' }) }\n",
  ],
  [
    '.travis.yml',
    'if: branch IN (a, b) AND NOT type = cron\nenv: {global: [A=1], jobs: ["B=2 C=3"]}\nbranches: {only: [/^[av].*$/]}\njobs:\n  include: [{stage: s, if: branch = a, script: [docker push a/$B]}]\ndeploy: [{provider: script, script: sh x.sh, on: {tags: true, condition: "$A = 1"}}]\n',
  ],
  [
    'cloudbuild.yaml',
    'steps:\n- {name: gcr.io/cloud-builders/docker, entrypoint: bash, args: [-c, "docker push $_A:${B}"], env: [A=$$B]}\nsubstitutions: {_A: a/b}\nimages: ["gcr.io/$PROJECT_ID/x"]\n',
  ],
  [
    '.drone.yml',
    'kind: pipeline\ntrigger: {event: {exclude: [push]}}\nsteps:\n- {name: a, image: plugins/docker, settings: {repo: [a/b, c/d], tags: "1,2"}, when: {ref: ["refs/tags/*"]}}\n- {name: b, image: x, commands: [docker push a/b]}\n---\nkind: pipeline\n',
  ],
  [
    'bitbucket-pipelines.yml',
    'pipelines:\n  default: [{parallel: [{step: {script: [a, {pipe: "acme/docker-push:1", variables: {IMAGE_NAME: a}}, docker push a/b]}}]}]\n  tags: {"v*": [{stage: {steps: [{step: {script: [x]}}]}}]}\n',
  ],
  [
    '.buildkite/pipeline.yml',
    "steps:\n- block\n- {command: docker push a/b, if: build.branch == 'a' || build.tag =~ /^v/, plugins: [{docker-compose#v1: {push: [a, 'b:c/d']}}], matrix: {setup: {x: [1]}}}\n",
  ],
  [
    '.tekton/a.yaml',
    'apiVersion: tekton.dev/v1\nkind: Pipeline\nspec:\n  params: [{name: a, default: b}]\n  tasks: [{name: t, taskSpec: {steps: [{image: kaniko/executor, args: ["--destination=$(params.a)"]}]}}, {taskRef: {name: buildah}}]\n',
  ],
  [
    'appveyor.yml',
    'environment: {A: 1}\nbuild_script: [{ps: docker push a/b}, cmd: x]\nartifacts: [{path: a.tar}]\n',
  ],
  [
    'buildspec.yml',
    'phases: {build: {commands: [docker push a/b], finally: [x]}}\nartifacts: {files: [a]}\n',
  ],
];

const BITS = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  "'",
  '\n',
  '  ',
  ': ',
  '- ',
  '*s',
  '&s',
  '!reference ',
  '<<: ',
  '${',
  '$(',
  '<< ',
  '>>',
  '#',
  '\\',
  '&&',
  '||',
  '=~ /',
  'null',
  '0',
  '\u{1F600}',
  "'''",
  '/*',
  '- *b',
];

describe('damaged files', () => {
  test.each(SEEDS)('%s is read without an error, the same each time', (path, content) => {
    const damage = fc.array(
      fc.record({
        at: fc.nat({ max: content.length }),
        cut: fc.nat({ max: 12 }),
        bit: fc.constantFrom(...BITS, ''),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(damage, (edits) => {
        const damaged = edits.reduce(
          (text, { at, cut, bit }) => text.slice(0, at) + bit + text.slice(at + cut),
          content,
        );
        const first = found({ [path]: damaged });
        expect(found({ [path]: damaged }).deliveries.map(short)).toEqual(first.deliveries.map(short));
      }),
      { numRuns: 60 },
    );
  });

  test.each(SEEDS)('%s is found as it stands', (path, content) => {
    expect(found({ [path]: content }).deliveries.length).toBeGreaterThan(0);
  });

  test.each([
    ['Jenkinsfile', (size: number) => 'node { if (a) { '.repeat(size)],
    ['Jenkinsfile', (size: number) => `node { ${"sh 'docker push a/b'\n".repeat(size)} }`],
    [
      '.gitlab-ci.yml',
      (size: number) =>
        Array.from(
          { length: size },
          (_, at) => `j${at}: {script: [docker push a/b:${at}], rules: [{if: $A == "${at}"}]}\n`,
        ).join(''),
    ],
    ['.travis.yml', (size: number) => `script: docker push a/b\nif: ${'('.repeat(size)}branch = a`],
  ])('%s does not explode', (path, make) => {
    expect(processorTime(() => found({ [path]: make(400) }))).toBeLessThan(EXPLODES);
  });
});
