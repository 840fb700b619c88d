// What most stories are about: a container file, and the workflow that ships it.

export const APPROVED = 'delivery: approved';
export const REJECTED = 'delivery: rejected';

export const DOCKERFILE = '# SPDX-License-Identifier: Apache-2.0\nFROM debian:12.12-slim\nCOPY app /app\n';

export const RELEASE = `on:
  push:
    tags: ['v*']
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Push
        uses: docker/build-push-action@v6
        with:
          context: .
          push: true
          tags: ghcr.io/acme/api:\${{ github.ref_name }}
`;
