// The law of the house, checked on every module: core is pure, adapters don't know each other, programs are on top.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { breaches, partOf } from './rules.ts';
import { factsOf } from './syntax.ts';

const root = join(import.meta.dirname, '..', '..');

function modules(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .sort();
}

describe('every module', () => {
  test('keeps the rules', () => {
    const found = modules().flatMap((path) =>
      breaches(path, readFileSync(join(root, path), 'utf8')).map((breach) => `${path}: ${breach}`),
    );
    expect(found).toEqual([]);
  });

  test('is looked at, and so are its imports', () => {
    const parts = new Set(modules().map(partOf));
    for (const part of ['core', 'github', 'workspace', 'store', 'cli', 'ports', 'gate'])
      expect(parts).toContain(part);
    const gate = factsOf(readFileSync(join(root, 'src/gate.ts'), 'utf8'));
    expect(gate.imports.map(({ specifier }) => specifier)).toContain('./ports.ts');
    expect(gate.impurities).toEqual(expect.arrayContaining(['async', 'await']));
  });
});

describe('a breach is seen', () => {
  test.each<[path: string, source: string, breach: string]>([
    ['src/core/a.ts', "import { x } from '../github/x.ts';", 'core imports src/github/x.ts'],
    ['src/core/a/b.ts', "import type { X } from '../../ports.ts';", 'core imports src/ports.ts'],
    ['src/core/a.ts', "export { x } from '../gate.ts';", 'core imports src/gate.ts'],
    ['src/core/a.ts', "export * from '../store/x.ts';", 'core imports src/store/x.ts'],
    ['src/core/a.ts', "import '../env.ts';", 'core imports src/env.ts'],
    ['src/core/a.ts', "import { x } from '../../test/x.ts';", 'core imports test/x.ts, which is not in src'],
    ['src/core/a.ts', "import { readFileSync } from 'node:fs';", 'core imports the package node:fs'],
    ['src/core/a.ts', "import fs from 'fs';", 'core imports the package fs'],
    ['src/core/a.ts', "import { x } from 'yamljs';", 'core imports the package yamljs'],
    ['src/core/a.ts', "import { pino } from 'pino';", 'core imports the package pino'],
    ['src/core/a.ts', "import { createHash } from 'node:crypto';", 'core imports createHash of node:crypto'],
    [
      'src/core/verdict/fingerprint.ts',
      "import { createHash, randomUUID } from 'node:crypto';",
      'core imports createHash, randomUUID of node:crypto',
    ],
    [
      'src/core/verdict/fingerprint.ts',
      "import * as crypto from 'node:crypto';",
      'core imports * of node:crypto',
    ],
    ['src/core/a.ts', "import { verify } from 'node:crypto';", 'core imports verify of node:crypto'],
    ['src/core/trust/a.ts', "import { sign } from 'node:crypto';", 'core imports sign of node:crypto'],
    ['src/core/a.ts', 'export async function f(): Promise<void> {}', 'core uses async'],
    ['src/core/a.ts', 'const f = async () => 1;', 'core uses async'],
    ['src/core/a.ts', 'class A { async m() {} }', 'core uses async'],
    ['src/core/a.ts', 'const a = { async m() {} };', 'core uses async'],
    ['src/core/a.ts', 'const a = await b;', 'core uses await'],
    ['src/core/a.ts', 'const now = Date.now();', 'core uses Date.now'],
    ['src/core/a.ts', "const now = Date['now']();", 'core uses Date.now'],
    ['src/core/a.ts', 'const now = Date[name]();', 'core uses Date[…]'],
    ['src/core/a.ts', 'const now = new Date();', 'core uses new Date()'],
    ['src/core/a.ts', 'const now = new Date;', 'core uses new Date()'],
    ['src/core/a.ts', 'const now = Date();', 'core uses Date()'],
    ['src/core/a.ts', 'const n = Math.random();', 'core uses Math.random'],
    ['src/core/a.ts', 'const e = process.env.HOME;', 'core uses process'],
    ['src/core/a.ts', 'const { env } = process;', 'core uses process'],
    ['src/core/a.ts', 'const a = { process };', 'core uses process'],
    ['src/core/a.ts', "const p = globalThis['process'];", 'core uses globalThis'],
    ['src/core/a.ts', 'const f = (fetch: X) => fetch(); const g = () => fetch(address);', 'core uses fetch'],
    ['src/core/a.ts', 'for await (const x of y) f(x);', 'core uses for await'],
    ['src/core/a.ts', 'const r = fetch(address);', 'core uses fetch'],
    ['src/core/a.ts', 'setTimeout(f, 1);', 'core uses setTimeout'],
    ['src/core/a.ts', 'const t = performance.now();', 'core uses performance'],
    ['src/core/a.ts', 'console.log(1);', 'core uses console'],
    ['src/core/a.ts', 'const id = crypto.randomUUID();', 'core uses crypto'],
    ['src/core/a.ts', "const fs = import('node:fs');", 'core uses import()'],
    ['src/core/a.ts', 'const here = import.meta.url;', 'core uses import.meta'],
    ['src/core/a.ts', "const f = new Function('return 1');", 'core uses Function'],
    ['src/core/a.ts', 'names.sort((a, b) => a.localeCompare(b));', 'core uses .localeCompare'],
    ['src/core/a.ts', 'const t = date.toLocaleDateString();', 'core uses .toLocaleDateString'],
    ['src/core/a.ts', 'const x = (process as unknown as X).env!;', 'core uses process'],
    ['src/github/a.ts', "import { x } from '../store/x.ts';", 'github imports src/store/x.ts'],
    ['src/workspace/a.ts', "import type { X } from '../github/x.ts';", 'workspace imports src/github/x.ts'],
    ['src/store/a.ts', "import { x } from '../gate.ts';", 'store imports src/gate.ts'],
    ['src/dashboard/a.ts', "import { x } from '../registry/x.ts';", 'dashboard imports src/registry/x.ts'],
    ['src/github/a.ts', "import { x } from '../env.ts';", 'github imports src/env.ts'],
    ['src/gate.ts', "import { x } from './github/x.ts';", 'gate imports src/github/x.ts'],
    ['src/ports.ts', "import type { X } from './store/x.ts';", 'ports imports src/store/x.ts'],
    ['src/store/a.ts', "import { Probot } from 'probot';", 'store imports probot'],
    ['src/core/a.ts', "import type { Context } from 'probot/lib/context.js';", 'core imports probot'],
    ['src/cli.ts', "import { Probot } from 'probot';", 'cli imports probot'],
    ['src/app.ts', "import { x } from './main.ts';", 'app imports the program main'],
    ['src/cli/a.ts', "import { x } from '../cli.ts';", 'cli imports the program cli'],
    ['src/main.ts', "import { x } from './cli/x.ts';", 'main imports the command line’s src/cli/x.ts'],
    [
      'src/elsewhere/a.ts',
      "import { x } from '../core/x.ts';",
      'src/elsewhere/a.ts belongs to no part that has import rules',
    ],
  ])('%s: %s', (path, source, breach) => {
    expect(breaches(path, source)).toContain(breach);
  });
});

describe('what is no breach is let be', () => {
  test.each<[path: string, source: string]>([
    [
      'src/core/a/b.ts',
      "import { x } from '../c/d.ts'; import { z } from 'zod'; import ids from 'spdx-license-ids/index.json';",
    ],
    ['src/core/verdict/fingerprint.ts', "import { createHash } from 'node:crypto'; createHash('sha256');"],
    ['src/core/trust/a.ts', "import { createPublicKey, verify } from 'node:crypto';"],
    ['src/core/a.ts', "const day = new Date('2026-01-01').toISOString(); const t = Date.parse(at);"],
    ['src/core/a.ts', 'const step = { process: 1, fetch: 2 }; const p = step.process + step.fetch;'],
    ['src/core/a.ts', "type T = { process: string }; const text = 'await fetch(process.env)'; // new Date()"],
    ['src/core/a.ts', 'function f(x: Performance): x is Performance { return true; }'],
    ['src/core/a.ts', 'const f = (fetch: () => X, { self }: Y) => fetch() + self;'],
    ['src/core/a.ts', 'for (const x of y) { const global = x; f(global); }'],
    ['src/core/a.ts', 'const most = Math.max(1, 2); const name = kind.async;'],
    [
      'src/github/a.ts',
      "import { Probot } from 'probot'; import { x } from '../core/x.ts'; import { y } from '../ports.ts'; await y;",
    ],
    [
      'src/main.ts',
      "import { a } from './app.ts'; import { b } from './github/b.ts'; import { c } from './env.ts';",
    ],
    ['src/cli.ts', "import { a } from './cli/a.ts'; import { b } from './github/b.ts';"],
    ['src/cli/a.ts', "import { b } from '../workspace/b.ts'; import { c } from './c.ts';"],
  ])('%s: %s', (path, source) => {
    expect(breaches(path, source)).toEqual([]);
  });
});
