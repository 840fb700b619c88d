// The demo's pull requests: what is in them, written after what real ones hold.

const HEADER = `# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Acme Corporation
`;

/** The organisation's policy: who approves, which registry is asked, what was vetted and where its copies are. */
export const policyAsking = (host: string): string => `version: 1
approval:
  teams: [acme/ospo]
registries:
  internal: [registry.acme.internal]
  own: [registry.acme.example]
  ask: ['${host}']
base-images:
  allow:
    - {image: docker.io/library/**, owner: acme/ospo, reason: Docker Official Images}
    - {image: '${host}/base/**', owner: acme/platform, reason: the runtime of our services}
vetting:
  images:
    - {image: docker.io/library/**, vetted-by: acme/security, on: 2026-01-01, expires: 2026-12-31}
    - image: ${host}/base/runtime:*
      vetted-by: acme/security
      on: 2026-01-01
      expires: 2026-12-31
      copy: '${host}/inside/runtime:{tag}'
`;

/** A service that is delivered on a base from a registry that can be asked. */
export const workerOn = (base: string): { readonly Dockerfile: string } & Record<string, string> => ({
  ...release('release', 'worker'),
  LICENSE: 'Apache License 2.0\n',
  'worker.js': "console.log('at work');\n",
  Dockerfile: `${HEADER}
FROM ${base}
COPY worker.js /app/
USER 1000
CMD ["node", "/app/worker.js"]
`,
});

/** The repository before any of the pull requests. */
export const PRODUCT = {
  'README.md': '# Acme API\n',
  LICENSE: 'Apache License 2.0\n',
  'package.json': '{ "name": "acme-api", "version": "1.4.0", "license": "Apache-2.0" }\n',
  'src/server.js':
    "import { createServer } from 'node:http';\n\ncreateServer((_, response) => response.end('ok')).listen(8080);\n",
  Dockerfile: `${HEADER}
FROM node:24.18.0-bookworm-slim
WORKDIR /app
COPY package.json ./
COPY src ./src
USER node
CMD ["node", "src/server.js"]
`,
  '.github/workflows/test.yml': `name: Test
on: [pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t acme-api:test .
      - run: docker run --rm acme-api:test node --version
`,
};

export const DOCUMENTATION = { 'README.md': '# Acme API\n\nListens on port 8080.\n' };

/** A tools image that trusts whatever the network answers. */
export const UNVERIFIED = {
  'tools/Dockerfile': `FROM ubuntu:24.04
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl
RUN curl -sSL http://downloads.example.com/install.sh | sh
ADD https://github.com/acme-tools/cli/releases/download/v2.1.0/cli-linux-amd64 /usr/local/bin/cli
RUN chmod +x /usr/local/bin/cli
`,
};

const release = (file: string, image: string): Record<string, string> => ({
  [`.github/workflows/${file}.yml`]: `name: Release ${image}
on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    permissions:
      packages: write
    steps:
      - uses: actions/checkout@v5
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}
      - name: Push
        uses: docker/build-push-action@v6
        with:
          context: .
          push: true
          tags: ghcr.io/acme/${image}:\${{ github.ref_name }}
`,
});

/** Starts a delivery: the image goes to a public registry whenever a version is tagged. */
export const PUBLIC_PUSH = release('release', 'api');

/** The same delivery from another base image: not what was approved. */
export const NEW_BASE = {
  Dockerfile: PRODUCT.Dockerfile.replace('node:24.18.0-bookworm-slim', 'node:24.18.0-alpine3.22'),
};

/** A commit on the base branch, so that there is something to rebase on. */
export const ELSEWHERE = { 'docs/changelog.md': '## 1.4.1\n\n- Nothing yet.\n' };

export const ANOTHER_PUSH = release('preview', 'api-preview');
export const THIRD_PUSH = release('nightly', 'api-nightly');

/** A whole image leaves as a file: every layer of the base goes along. */
export const ARCHIVE = {
  '.github/workflows/offline.yml': `name: Offline bundle
on:
  release:
    types: [published]
jobs:
  bundle:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t acme-api .
      - run: docker save acme-api | gzip > acme-api.tar.gz
      - run: gh release upload \${{ github.event.release.tag_name }} acme-api.tar.gz
        env:
          GH_TOKEN: \${{ github.token }}
`,
};

/** Merges our layers with those of Debian into one. */
export const SQUASH = {
  '.github/workflows/small.yml': `name: Small image
on:
  push:
    branches: [main]
jobs:
  small:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          buildah build --squash-all -t registry.acme.internal/api:small .
          buildah push registry.acme.internal/api:small
`,
};

/** Another repository of the organisation, with a Dockerfile that others like to take. */
export const IMAGES = {
  'README.md': '# Images\n',
  'mirror/Dockerfile': `# SPDX-FileCopyrightText: 2024 Acme Corporation
# SPDX-License-Identifier: MIT
FROM debian:13.1-slim
RUN set -eu; apt-get update; \\
    apt-get install -y --no-install-recommends ca-certificates cron gnupg logrotate rsync xz-utils; \\
    rm -rf /var/lib/apt/lists/*
RUN useradd --system --home-dir /srv/mirror --shell /usr/sbin/nologin mirror; \\
    install -d -o mirror -g mirror -m 0750 /srv/mirror/pool /srv/mirror/dists /srv/mirror/state; \\
    printf '%s\\n' '17 * * * * mirror /usr/local/bin/sync-pool --state /srv/mirror/state' > /etc/cron.d/sync-pool
COPY --chmod=0755 sync-pool prune-dists verify-dists /usr/local/bin/
COPY logrotate.conf /etc/logrotate.d/mirror
VOLUME ["/srv/mirror/pool", "/srv/mirror/dists"]
HEALTHCHECK --interval=5m --timeout=10s CMD test -e /srv/mirror/state/.last-run && verify-dists --quiet /srv/mirror/dists
STOPSIGNAL SIGINT
CMD ["cron", "-f", "-L", "2"]
`,
};

/** Something to judge there, so that the app has seen what it holds. */
export const IMAGES_NOTE = { 'README.md': '# Images\n\nBuilt every night.\n' };

/** That Dockerfile in our repository: another base, one package more, and no word of where it is from. */
export const COPIED = {
  'packages/Dockerfile': IMAGES['mirror/Dockerfile']
    .replace(/^#.*\n/gm, '')
    .replace('debian:13.1-slim', 'debian:13.2-slim')
    .replace('gnupg logrotate', 'curl gnupg logrotate'),
};
