import { describe, expect, test } from '@jest/globals';
import {
  dockerfilePath,
  isDockerfilePath,
  templatesFor,
} from '../../../src/core/dockerfile/dockerfile-path.ts';

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

describe('a Dockerfile that is not there may be made from', () => {
  const paths = [
    'Dockerfile.j2',
    'api/Dockerfile',
    'api/Dockerfile.alpine.tmpl',
    'api/Dockerfile.TMPL',
    'readme.md',
  ];

  test.each([
    ['Dockerfile', ['Dockerfile.j2']],
    ['api/Dockerfile.alpine', ['api/Dockerfile.alpine.tmpl']],
    ['api/Dockerfile', ['api/Dockerfile.TMPL']],
    ['out/Dockerfile', ['Dockerfile.j2', 'api/Dockerfile.alpine.tmpl', 'api/Dockerfile.TMPL']],
  ])('%s: %s', (path, expected) => {
    expect(templatesFor(path, paths)).toEqual(expected);
  });
});
