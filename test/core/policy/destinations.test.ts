import { describe, expect, test } from '@jest/globals';
import type { DestinationClass } from '../../../src/core/model/delivery.ts';
import type { Registries } from '../../../src/core/model/policy.ts';
import type { Hole, Value } from '../../../src/core/model/value.ts';
import { DEFAULT_REGISTRIES } from '../../../src/core/policy/defaults.ts';
import { classifyDestination } from '../../../src/core/policy/destinations.ts';
import { hole, join, text } from '../../../src/core/value.ts';

const registries: Registries = {
  ...DEFAULT_REGISTRIES,
  internal: ['ghcr.io/acme-internal', '*.corp.acme.example', 'hub.acme.example/**/private/**'],
  own: ['registry.acme.example', 'registry.acme.example:8443/released', 'quay.io/acme-*'],
  variables: {
    'secrets.REGISTRY': 'registry.acme.example',
    'vars.NAMESPACE': 'acme-internal',
    CI_REGISTRY: 'quay.io/acme-lab',
  },
};

function secret(expression: string): Value {
  return hole(expression, 'a secret is only known to the run');
}

function among(...choices: string[]): Value {
  const one: Hole = { expression: '$X', why: 'it is one of several', choices: choices.map(text) };
  return [one];
}

describe('known names', () => {
  test.each<[string, string, DestinationClass]>([
    ['docker.io', 'acme/api', 'public'],
    ['index.docker.io', 'acme/api', 'public'],
    ['registry-1.docker.io', 'acme/api', 'public'],
    ['GHCR.IO', 'Acme/Api', 'public'],
    ['ghcr.io', 'acme-internal/api', 'internal'],
    ['ghcr.io', 'acme-internal-not/api', 'public'],
    ['ghcr.io', 'acme-internal', 'internal'],
    ['quay.io', 'acme-lab/api', 'own'],
    ['quay.io', 'acme/api', 'public'],
    ['registry.acme.example', 'a/b', 'own'],
    ['registry.acme.example:8443', 'a/b', 'unknown'],
    ['registry.acme.example:8443', 'released/b', 'own'],
    ['build.corp.acme.example', 'x', 'internal'],
    ['corp.acme.example.evil.example', 'x', 'unknown'],
    ['hub.acme.example', 'a/private/b', 'internal'],
    ['hub.acme.example', 'a/shared/b', 'unknown'],
    ['localhost', 'x', 'local'],
    ['localhost:5000', 'x', 'local'],
    ['127.0.0.1:5000', 'x', 'local'],
    ['[::1]:5000', 'x', 'local'],
    ['registry.local:5000', 'x', 'local'],
    ['127.evil.example', 'x', 'unknown'],
    ['localhost.evil.example', 'x', 'unknown'],
    ['evil-docker.io', 'x', 'unknown'],
    ['docker.io.evil.example', 'x', 'unknown'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'x', 'unknown'],
    ['', 'image.tar', 'unknown'],
  ])('%s/%s is %s', (registry, repository, expected) => {
    expect(classifyDestination(registries, text(registry), text(repository))).toBe(expected);
  });
});

describe('names with unknown parts', () => {
  test('a host that can’t be known is unknown', () => {
    expect(classifyDestination(registries, secret('$HOST'), text('acme/api'))).toBe('unknown');
    expect(classifyDestination(registries, join(['ghcr.io', secret('$SUFFIX')]), text('a/b'))).toBe(
      'unknown',
    );
  });

  test('the host alone decides where no class looks further', () => {
    expect(classifyDestination(registries, text('docker.io'), secret('$NAME'))).toBe('public');
    expect(classifyDestination(registries, text('registry.acme.example'), secret('$NAME'))).toBe('own');
  });

  test('a namespace that can’t be known is unknown where it would decide', () => {
    expect(classifyDestination(registries, text('ghcr.io'), join([secret('$OWNER'), '/api']))).toBe(
      'unknown',
    );
    expect(classifyDestination(registries, text('quay.io'), join(['acme-', secret('$X'), '/api']))).toBe(
      'unknown',
    );
  });

  test('what follows a namespace that decides does not matter', () => {
    expect(classifyDestination(registries, text('ghcr.io'), join(['acme-internal/', secret('$X')]))).toBe(
      'internal',
    );
  });

  test('alternatives that agree decide, others do not', () => {
    expect(classifyDestination(registries, among('docker.io', 'quay.io'), text('a/b'))).toBe('public');
    expect(classifyDestination(registries, among('docker.io', 'localhost:5000'), text('a/b'))).toBe(
      'unknown',
    );
  });

  test('so many alternatives that nobody can list them are open', () => {
    const many = among(...Array.from({ length: 200 }, () => 'localhost:5000'));
    expect(classifyDestination(registries, many, text('a/b'))).toBe('unknown');
  });
});

describe('what policy says a variable stands for', () => {
  test.each<[string, DestinationClass]>([
    ['${{ secrets.REGISTRY }}', 'own'],
    ['${{secrets.registry}}', 'own'],
    ["${{ secrets['REGISTRY'] }}", 'own'],
    ['$CI_REGISTRY', 'own'],
    ['${CI_REGISTRY}', 'own'],
    ['${{ env.CI_REGISTRY }}', 'own'],
    ['$ci_registry', 'unknown'],
    ['${{ secrets.OTHER }}', 'unknown'],
    ['$constructor', 'unknown'],
    ['${{ vars.__proto__ }}', 'unknown'],
  ])('%s is %s', (expression, expected) => {
    expect(classifyDestination(registries, secret(expression), text('a/b'))).toBe(expected);
  });

  test('inside a namespace', () => {
    const namespace = join([secret('${{ vars.NAMESPACE }}'), '/api']);
    expect(classifyDestination(registries, text('ghcr.io'), namespace)).toBe('internal');
  });
});
