import { expect, test } from '@jest/globals';
import { dockerfilePath, isDockerfilePath } from '../../../src/core/dockerfile/dockerfile-path.ts';

test.each([
  ['Dockerfile', 'dockerfile'],
  ['a/b/dockerfile', 'dockerfile'],
  ['Containerfile', 'dockerfile'],
  ['Dockerfile.debian', 'dockerfile'],
  ['Dockerfile.linux.aot', 'dockerfile'],
  ['Dockerfile-alpine', 'dockerfile'],
  ['Dockerfile_test', 'dockerfile'],
  ['api.Dockerfile', 'dockerfile'],
  ['x/api.v2.containerfile', 'dockerfile'],
  ['Dockerfile.3.12', 'dockerfile'],
  ['Dockerfile.j2', 'template'],
  ['Dockerfile.template', 'template'],
  ['Dockerfile.alpine.tmpl', 'template'],
  ['Dockerfile.in', 'template'],
  ['Dockerfile.md', 'no'],
  ['.dockerignore', 'no'],
  ['Dockerfile.dockerignore', 'no'],
  ['api.Dockerfile.dockerignore', 'no'],
  ['Dockerfile.sh', 'no'],
  ['Dockerfiles/readme', 'no'],
  ['mydockerfile', 'no'],
  ['dockerfile.test.ts', 'no'],
  ['docker-compose.yml', 'no'],
])('%s: %s', (path, expected) => {
  expect(dockerfilePath(path)).toBe(expected);
  expect(isDockerfilePath(path)).toBe(expected === 'dockerfile');
});
