// `npm run bench:fuzz -- [COUNT] [SEED]`: mutated files of every language the core reads; none may throw or take long.
import { review } from '../../src/core/review.ts';
import { RULES } from '../../src/core/rules/index.ts';
import { evidenceOf } from '../support/samples.ts';
import { generatedRepository } from './generated.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const SEED = Number(process.argv[3] ?? 1);
/** A single small repository that takes longer than this is as bad as one that throws. */
const SLOW_MS = 2_000;

const MAKEFILE = `IMAGE ?= ghcr.io/acme/app
TAG := $(shell git describe --tags)
.PHONY: image push
image:
\tdocker build -t $(IMAGE):$(TAG) .
push: image
\tdocker push $(IMAGE):$(TAG)
%.tar: image
\tdocker save $(IMAGE):$(TAG) -o $@
`;
const LANGUAGE = `include make/*.mk
NAMES = api web
define rule
push-$(1): TAG = $(or $(VERSION),$(shell cat VERSION))
push-$(1): build-$(1)
\tdocker push ghcr.io/acme/$(1):$(TAG)
endef
$(foreach n,$(NAMES),$(eval $(call rule,$(n))))
ifeq ($(filter x y,$(KIND)),)
OUT := $(if $(PUSH),--push,--load)
else ifdef KIND
OUT += --push
endif
build-%: %.in | prepare
\tdocker buildx build $(OUT) -t $(patsubst %,acme/%,$*) $(@D) $(wordlist 1,2,$^)
all: $(addprefix push-,$(NAMES:.x=))
`;
const TASKFILE = `version: '3'
includes: {images: ./images}
vars: {N: '{{default "api" .N}}', V: {sh: git describe}}
tasks:
  push:
    deps: [build]
    cmds:
      - for: [a, b]
        cmd: docker push acme/{{.N}}:{{.ITEM}}
      - task: images:push
        vars: {N: '{{if .V}}x{{else}}y{{end}}'}
  build: docker build .
`;
const JUSTFILE = `set export
n := env("N", "a" + 'pi')
import? 'more.just'
push tag="1" *rest: (build tag) && after
    docker push acme/{{ if n == "api" { n } else { uppercase(n) } }}:{{tag}}
build tag:
    #!/usr/bin/env bash
    docker build -t acme/$n:{{tag}} .
after:
    @echo done
`;
const EARTHFILE = `VERSION 0.8
ARG --global TAG=1
all:
  BUILD ./web+image --TAG=$TAG
  IF [ -f x ]
    FROM +base
    SAVE IMAGE --push acme/api:$TAG
  END
base:
  FROM alpine
`;
const BUILD_FILE = `load("@rules_oci//oci:defs.bzl", "oci_push")
HOST = "ghcr.io"
oci_push(name = "push", image = ":image", repository = HOST + "/acme/api", remote_tags = ["1", "2"])
multirun(name = "all", commands = [":push" for x in y] + [":push"])
`;
const POM = `<project><version>1</version><properties><h>ghcr.io</h></properties><modules><module>web</module></modules>
<build><plugins><plugin><artifactId>jib-maven-plugin</artifactId><configuration><to><image>\${h}/acme/api:\${project.version}</image></to></configuration>
<executions><execution><phase>package</phase><goals><goal>build</goal></goals></execution></executions></plugin></plugins></build></project>
`;
const GRADLE = `jib { to { image = "ghcr.io/acme/\${project.name}"; tags = setOf("1", '2') } } // done
`;
const RUNNERS = `on: {push: {tags: ['v*']}}
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: make -C deploy all PUSH=1
      - run: task push N=x -- --quiet
      - run: just push 2
      - run: earthly --push +all
      - run: bazel run //:all -- --tag 3
      - run: mvn deploy && ./gradlew jib
      - run: for d in deploy/*.mk; do cat $d | xargs -n1 docker push; done
      - run: find . -name '*.in' | while read -r f; do docker push acme/$f; done
`;
const BAKE = `variable "TAG" { default = "latest" }
group "default" { targets = ["app", "db"] }
target "app" {
  dockerfile = "Dockerfile"
  tags = ["ghcr.io/acme/app:\${TAG}"]
  output = ["type=registry"]
}
target "db" { inherits = ["app"] args = { VERSION = "1" } }
`;
const CALLER = `on: {push: {tags: ['v*']}}
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: make push
      - run: docker buildx bake --push
      - run: docker compose push
      - uses: ./.github/actions/publish
`;
const COMPOSE = 'services:\n  app: {build: ., image: ghcr.io/acme/app}\n  db: {image: postgres:17}\n';
const ACTION =
  'runs:\n  using: composite\n  steps:\n    - run: docker push quay.io/acme/x\n      shell: bash\n';

/** Small, fast and the same everywhere (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const TOKENS = [
  '${',
  '}}',
  '${{ ',
  '$(',
  '`',
  '"',
  "'",
  '\\\n',
  '\\',
  '\t',
  '\r\n',
  '<<EOF\n',
  '&&',
  '||',
  '|',
  ';',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ':',
  '- ',
  '#',
  '&a',
  '*a',
  '!ref',
  '\u0000',
  '\ufeff',
  '\u202e',
  '😀',
  'eval ',
  'FROM ',
  'RUN ',
  '--push',
  'fi\n',
  'done\n',
  'esac\n',
  '%',
  '$@',
  '${X:-',
  '${X//',
  'if: ',
  'uses: ',
  '? ',
  '|-\n',
];

function mutated(text: string, random: () => number): string {
  let result = text;
  for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits -= 1) {
    const at = Math.floor(random() * (result.length + 1));
    const span = Math.floor(random() * 40);
    const token = TOKENS[Math.floor(random() * TOKENS.length)] ?? '';
    const kind = Math.floor(random() * 5);
    if (kind === 0) result = result.slice(0, at) + token + result.slice(at);
    else if (kind === 1) result = result.slice(0, at) + result.slice(at + span);
    else if (kind === 2)
      result = result.slice(0, at) + result.slice(at, at + span).repeat(3) + result.slice(at + span);
    else if (kind === 3)
      result = result.slice(0, at) + token.repeat(1 + Math.floor(random() * 30)) + result.slice(at + span);
    else result = result.slice(0, at);
  }
  return result;
}

function seeds(): Record<string, string>[] {
  const generated = generatedRepository(3);
  const samples = RULES.flatMap(({ examples }) =>
    [...examples.accepts, ...examples.rejects].map(({ files }) => ({ ...files })),
  );
  const built = {
    '.github/workflows/release.yml': CALLER,
    Makefile: MAKEFILE,
    'docker-bake.hcl': BAKE,
    'compose.yaml': COMPOSE,
    '.github/actions/publish/action.yml': ACTION,
    Dockerfile: generated['images/i0/Dockerfile'] ?? '',
  };
  const runners = {
    '.github/workflows/release.yml': RUNNERS,
    'deploy/Makefile': LANGUAGE,
    'deploy/api.in': '',
    'Taskfile.yml': TASKFILE,
    'images/Taskfile.yml': TASKFILE,
    justfile: JUSTFILE,
    Earthfile: EARTHFILE,
    'BUILD.bazel': BUILD_FILE,
    'pom.xml': POM,
    'build.gradle.kts': GRADLE,
  };
  return [built, runners, generated, ...samples];
}

const random = randomFrom(SEED);
const repositories = seeds();
let [threw, slow, slowest] = [0, 0, 0];
const start = performance.now();
for (let index = 0; index < COUNT; index += 1) {
  const files = { ...repositories[index % repositories.length] };
  const paths = Object.keys(files);
  const path = paths[Math.floor(random() * paths.length)] ?? '';
  files[path] = mutated(files[path] ?? '', random);
  const before = process.cpuUsage();
  try {
    review(evidenceOf({ title: 'fuzz', files, visibility: 'public' }));
  } catch (error) {
    threw += 1;
    if (threw <= 5)
      process.stdout.write(
        `threw on mutation ${index} of ${path}: ${(error as Error).stack?.split('\n').slice(0, 3).join(' | ')}\n`,
      );
  }
  // A wall clock would count the neighbours as well.
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1000;
  slowest = Math.max(slowest, took);
  if (took > SLOW_MS) slow += 1;
  if (process.stderr.isTTY && index % 1000 === 0) process.stderr.write(`\r${index}`);
}
const seconds = (performance.now() - start) / 1000;
process.stdout.write(
  `${COUNT} mutations from seed ${SEED} in ${seconds.toFixed(0)} s: ${threw} threw, ${slow} took over ${SLOW_MS} ms of the processor, the slowest ${slowest.toFixed(0)} ms\n`,
);
process.exitCode = threw + slow > 0 ? 1 : 0;
