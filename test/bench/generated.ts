// A repository of any size, generated: every kind of workflow, script and Dockerfile that the prover has to follow.

const REGISTRIES = ['ghcr.io/acme', 'docker.io/acme', 'quay.io/acme', 'registry.acme.internal/team'];

/** `size` workflows, `size` scripts and `size` Dockerfiles; the same for the same size. */
export function generatedRepository(size: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let index = 0; index < size; index += 1) {
    files[`.github/workflows/w${index}.yml`] = workflow(index);
    files[`scripts/s${index}.sh`] = script(index);
    files[`images/i${index}/Dockerfile`] = dockerfile(index);
  }
  return files;
}

function workflow(index: number): string {
  const registry = REGISTRIES[index % REGISTRIES.length];
  const trigger = [
    'push: {branches: [main]}',
    "push: {tags: ['v*']}",
    'pull_request: {}',
    'schedule: [{cron: "0 3 * * 1"}]',
    'workflow_dispatch: {}',
  ][index % 5];
  return `name: Workflow ${index}
on:
  ${trigger}
env:
  IMAGE: ${registry}/service-${index}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t test images/i${index}
  publish:
    needs: test
    if: github.event_name != 'pull_request'
    runs-on: ubuntu-latest
    strategy:
      matrix:
        variant: [slim, full]
        platform: [linux/amd64, linux/arm64]
    steps:
      - uses: actions/checkout@v5
      - uses: docker/login-action@v3
        with: {registry: ${registry?.split('/')[0]}, username: acme, password: '\${{ secrets.TOKEN }}'}
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: \${{ env.IMAGE }}
          tags: |
            type=semver,pattern={{version}}
            type=sha
      - uses: docker/build-push-action@v6
        with:
          context: images/i${index}
          push: true
          platforms: \${{ matrix.platform }}
          build-args: VARIANT=\${{ matrix.variant }}
          tags: \${{ steps.meta.outputs.tags }}
      - run: ./scripts/s${index}.sh "\${{ matrix.variant }}"
`;
}

function script(index: number): string {
  return `#!/usr/bin/env bash
set -euo pipefail
VARIANT=\${1:-slim}
IMAGE="${REGISTRIES[(index + 1) % REGISTRIES.length]}/tool-${index}"
build() {
  local tag=$1
  docker build --build-arg "VARIANT=$VARIANT" -t "$IMAGE:$tag" images/i${index}
}
for tag in latest "\${GITHUB_SHA::7}"; do
  build "$tag"
  if [ "\${DRY_RUN:-}" != "true" ]; then
    docker push "$IMAGE:$tag"
  fi
done
docker save "$IMAGE:latest" | gzip > image-${index}.tar.gz
`;
}

function dockerfile(index: number): string {
  return `# syntax=docker/dockerfile:1
ARG VARIANT=slim
FROM golang:1.25-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache go build -o /out/app-${index} ./cmd/app
FROM debian:12.12-\${VARIANT}
ARG TOOL_VERSION=1.${index}.0
ARG TOOL_SHA256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
RUN apt-get update \\
  && apt-get install -y --no-install-recommends ca-certificates curl \\
  && curl -fsSL -o /tmp/tool.tar.gz "https://downloads.example.com/tool-\${TOOL_VERSION}.tar.gz" \\
  && echo "\${TOOL_SHA256}  /tmp/tool.tar.gz" | sha256sum -c - \\
  && tar -xzf /tmp/tool.tar.gz -C /usr/local/bin \\
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/app-${index} /usr/local/bin/app
USER 1000
ENTRYPOINT ["/usr/local/bin/app"]
`;
}
