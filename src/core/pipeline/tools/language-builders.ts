// Builders that live in a language's build tool: ko, Jib, Spring Boot, Cloud Native Buildpacks, .NET, sbt.
import type { Truth, Value } from '../../model/value.ts';
import { EMPTY, format, join, known, prefix, split, text } from '../../value.ts';
import { booleanOf, readCommandLine } from '../command-line.ts';
import { archiveEffect, buildSource, type Effect, opaqueEffect, PLAIN, pushEffect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

const unseen = (expression: string, why: string): Value => [{ expression, why }];

export const ko: Tool = {
  id: 'ko',
  family: 'ko',
  documentation: 'https://ko.build/reference/ko_build/',
  commands: ['ko build', 'ko publish', 'ko resolve', 'ko apply', 'ko create', 'ko run'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tags',
        '-t',
        '--platform',
        '--image-refs',
        '--tarball',
        '--oci-layout-path',
        '--image-label',
        '--sbom',
        '--sbom-dir',
        '-f',
        '--filename',
        '--tag-only',
        '--jobs',
        '-j',
        '--image-annotation',
        '--image-user',
        '--debug',
      ].filter((name) => name !== '--tag-only' && name !== '--debug'),
      switches: [
        '--local',
        '-L',
        '--push',
        '--bare',
        '-B',
        '--base-import-paths',
        '--preserve-import-paths',
        '-P',
        '--insecure-registry',
        '--tag-only',
      ],
    });
    const repository = call.variable('KO_DOCKER_REPO');
    const where = repository === null ? null : known(repository);
    if (line.on('--local', '-L') === 'yes' || where === 'ko.local' || where === 'kind.local') return [];
    const push: Truth = line.value('--push') === null ? 'yes' : line.on('--push');
    const tags = line.all('--tags', '-t').flatMap((tag) => split(tag, ','));
    const base =
      repository ??
      unseen('$KO_DOCKER_REPO', 'ko takes the registry from KO_DOCKER_REPO, which nothing in sight sets');
    const bare = line.on('--bare', '-B');
    const image = bare === 'yes' ? base : join([base, '/', packageName(line.operands[0] ?? text('.'))]);
    const names = tags.length === 0 ? [image] : tags.map((tag) => join([image, ':', tag]));
    const sbom = line.value('--sbom');
    const options = {
      ...PLAIN,
      sbom: sbom !== null && known(sbom) !== 'none' ? ('yes' as const) : ('no' as const),
    };
    const effects: Effect[] = [pushEffect({ names, happens: push, source: buildSource({}), options })];
    for (const path of line.all('--tarball', '--oci-layout-path'))
      effects.push(archiveEffect({ path: call.path(path), names }));
    return effects;
  },
  actions: [],
  examples: [
    {
      script: 'KO_DOCKER_REPO=ghcr.io/acme/api ko build --bare -t 1 ./cmd/api',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'ko build --local ./cmd/api', delivers: [] },
    { script: 'export KO_DOCKER_REPO=kind.local; ko apply -f x.yaml', delivers: [] },
  ],
};

/** ko names an image after the import path; without its module only the folder is certain. */
function packageName(path: Value): Value {
  const leaf = split(path, '/').at(-1) ?? path;
  return known(leaf) === '.' || leaf.length === 0
    ? unseen('import path', 'ko names the image after the import path')
    : leaf;
}

const MAVEN = ['mvn', './mvnw', 'mvnw', 'mvnd'];
const GRADLE = ['gradle', './gradlew', 'gradlew'];

export const jib: Tool = {
  id: 'jib',
  family: 'jib',
  documentation: 'https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage',
  commands: [...MAVEN, ...GRADLE],
  command: (call) => {
    const words = call.words.map((word) => known(word) ?? prefix(word));
    const maven = MAVEN.includes(call.command);
    const task = words.find((word) =>
      /(^|:)jib$|jib-maven-plugin[^:]*(:[\d.]+)?:build$|^jib:build$/.test(word),
    );
    if (task !== undefined) return [pushEffect({ names: jibNames(call), source: buildSource({}) })];
    const tar = words.some((word) => /jib:buildTar$|(^|:)jibBuildTar$/.test(word));
    if (tar)
      return [
        archiveEffect({
          path: call.path(text(maven ? 'target/jib-image.tar' : 'build/jib-image.tar')),
          names: jibNames(call),
        }),
      ];
    const boot = words.some((word) => /spring-boot:build-image(-no-fork)?$|(^|:)bootBuildImage$/.test(word));
    if (boot) return springBoot(call, words);
    return [];
  },
  actions: [],
  examples: [
    {
      script: 'mvn compile jib:build -Dimage=ghcr.io/acme/api:1',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: './gradlew jib --image=acme/api', delivers: ['registry-push docker.io/acme/api:latest'] },
    { script: 'mvn jib:dockerBuild -Dimage=acme/api', delivers: [] },
    { script: './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api', delivers: [] },
    {
      script:
        './mvnw spring-boot:build-image -Dspring-boot.build-image.imageName=acme/api -Dspring-boot.build-image.publish=true',
      delivers: ['registry-push docker.io/acme/api:latest'],
    },
  ],
};

function property(words: readonly Value[], ...names: readonly string[]): Value | null {
  for (const word of words) {
    const start = prefix(word);
    for (const name of names) {
      if (start.startsWith(`${name}=`)) return join([start.slice(name.length + 1), word.slice(1)]);
    }
  }
  return null;
}

function jibNames(call: CommandCall): readonly Value[] {
  const image = property(call.words, '-Dimage', '-Djib.to.image', '--image', '-Pjib.to.image');
  const tags = property(call.words, '-Djib.to.tags');
  if (image === null) return [unseen('jib.to.image', 'the build file names the image')];
  if (tags === null) return [image];
  return [image, ...split(tags, ',').map((tag) => join([image, ':', tag]))];
}

function springBoot(call: CommandCall, words: readonly string[]): readonly Effect[] {
  const name = property(call.words, '-Dspring-boot.build-image.imageName', '--imageName');
  const names = [name ?? unseen('imageName', 'the build file names the image')];
  const publish = property(call.words, '-Dspring-boot.build-image.publish');
  const push: Truth = words.includes('--publishImage') ? 'yes' : publish === null ? 'no' : booleanOf(publish);
  const source = buildSource({});
  return [{ kind: 'build', names, source, options: PLAIN }, pushEffect({ names, source, happens: push })];
}

export const pack: Tool = {
  id: 'pack',
  family: 'buildpacks',
  documentation: 'https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/cli/pack_build/',
  commands: ['pack build', 'pack builder create', 'pack buildpack package'],
  command: (call) => {
    const line = readCommandLine(call.words, {
      values: [
        '--tag',
        '-t',
        '--builder',
        '-B',
        '--path',
        '-p',
        '--env',
        '-e',
        '--env-file',
        '--buildpack',
        '-b',
        '--run-image',
        '--cache-image',
        '--cache',
        '--volume',
        '--network',
        '--descriptor',
        '-d',
        '--lifecycle-image',
        '--pull-policy',
        '--default-process',
        '-D',
        '--docker-host',
        '--gid',
        '--uid',
        '--creation-time',
        '--previous-image',
        '--post-buildpack',
        '--pre-buildpack',
        '--report-output-dir',
        '--sbom-output-dir',
        '--workspace',
        '--config',
        '-c',
        '--platform',
        '--target',
        '--format',
        '-f',
        '--extension',
        '--insecure-registry',
      ],
      switches: [
        '--publish',
        '--trust-builder',
        '--clear-cache',
        '--verbose',
        '-v',
        '--no-color',
        '--quiet',
        '-q',
      ],
    });
    const names = [line.operands[0] ?? EMPTY, ...line.all('--tag', '-t')];
    const source = buildSource({ context: call.path(line.value('--path', '-p') ?? text('.')) });
    return [
      { kind: 'build', names, source, options: PLAIN },
      pushEffect({ names, source, happens: line.on('--publish') }),
    ];
  },
  actions: [],
  examples: [
    {
      script: 'pack build ghcr.io/acme/api:1 --builder b --publish',
      delivers: ['registry-push ghcr.io/acme/api:1'],
    },
    { script: 'pack build acme/api --builder b', delivers: [] },
  ],
};

export const dotnet: Tool = {
  id: 'dotnet',
  family: 'dotnet',
  documentation: 'https://learn.microsoft.com/dotnet/core/containers/publish-configuration',
  commands: ['dotnet publish', 'dotnet build', 'dotnet msbuild'],
  command: (call) => {
    const container = call.words.some((word) =>
      /[/-]t:PublishContainer|PublishProfile=DefaultContainer|-target:PublishContainer/i.test(format(word)),
    );
    if (!container) return [];
    const option = (name: string) => property(call.words, `-p:${name}`, `/p:${name}`, `--property:${name}`);
    const archive = option('ContainerArchiveOutputPath');
    const image =
      option('ContainerRepository') ??
      option('ContainerImageName') ??
      unseen('ContainerRepository', 'the project file names the image');
    if (archive !== null) return [archiveEffect({ path: call.path(archive), names: [image] })];
    const registry = option('ContainerRegistry');
    if (registry === null) return [];
    const tag = option('ContainerImageTag') ?? option('ContainerImageTags');
    return [
      pushEffect({
        names: [join([registry, '/', image, ...(tag === null ? [] : [':', tag])])],
        source: buildSource({}),
      }),
    ];
  },
  actions: [],
  examples: [
    {
      script:
        'dotnet publish /t:PublishContainer -p:ContainerRegistry=ghcr.io -p:ContainerRepository=acme/api',
      delivers: ['registry-push ghcr.io/acme/api:latest'],
    },
    { script: 'dotnet publish -c Release', delivers: [] },
  ],
};

/** Build systems whose own files say what they push: `bazel run //:push`, `sbt docker:publish`, `earthly --push`. */
export const bazel: Tool = {
  id: 'bazel',
  family: 'bazel',
  documentation: 'https://github.com/bazel-contrib/rules_oci/blob/main/docs/push.md',
  commands: ['bazel run', 'bazelisk run', 'sbt', 'pants publish', 'pants', 'buck2 run'],
  command: (call) => {
    const pushing = call.words
      .map(format)
      .find((word) => /push|publish|docker:publish/i.test(word) && !/publishLocal|local/i.test(word));
    const verb = call.command === 'pants publish' ? 'publish' : pushing;
    if (verb === undefined || (call.command === 'sbt' && !/docker/i.test(verb)) || call.command === 'pants')
      return [];
    return [
      opaqueEffect({
        what: `${call.command} ${verb}`,
        doubt: {
          what: `what ${verb} pushes, and where`,
          settledBy: 'write the image name in the workflow, or approve it as it is',
        },
      }),
    ];
  },
  actions: [],
  examples: [
    { script: 'bazel run //api:push', delivers: ['opaque bazel run //api:push?'] },
    { script: 'bazel run //api:test', delivers: [] },
  ],
};
