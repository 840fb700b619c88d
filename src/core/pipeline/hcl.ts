// HCL files, and JSON files in HCL's JSON form → their blocks and attributes, expressions unevaluated.
import { FILE_LIMIT } from './files.ts';
import { fixedText, type HclExpression, readExpression } from './hcl-expression.ts';
import { type HclReader, hclReader, matchAt, skipBlank, skipSpace, takeName, takes } from './hcl-reader.ts';
import { templateOf } from './hcl-template.ts';

export type HclBlock = {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: ReadonlyMap<string, HclExpression>;
};

export type HclFile = {
  readonly blocks: readonly HclBlock[];
  readonly attributes: ReadonlyMap<string, HclExpression>;
  readonly broken: boolean;
};

const BROKEN: HclFile = { blocks: [], attributes: new Map(), broken: true };
const BODY_DEPTH = 20;

export function readHcl(source: string): HclFile {
  if (source.length > FILE_LIMIT) return BROKEN;
  const reader = hclReader(source);
  const blocks: HclBlock[] = [];
  const attributes = readBody(reader, blocks, 0);
  return { blocks, attributes, broken: reader.broken || reader.at < source.length };
}

/** Attributes of one body; its blocks are added to `blocks`. */
function readBody(reader: HclReader, blocks: HclBlock[], depth: number): ReadonlyMap<string, HclExpression> {
  const attributes = new Map<string, HclExpression>();
  for (;;) {
    skipBlank(reader);
    if (reader.broken || reader.at >= reader.source.length || reader.source[reader.at] === '}') break;
    const name = takeName(reader);
    if (name === null || depth > BODY_DEPTH) {
      reader.broken = true;
      break;
    }
    if (takes(reader, '=')) {
      attributes.set(name, readExpression(reader));
      skipSpace(reader);
      // An attribute ends with its line, or with the block that it is alone in.
      if (!/[\n}]/.test(reader.source[reader.at] ?? '\n')) reader.broken = true;
      continue;
    }
    const block = readBlock(reader, name, depth);
    if (block !== null) blocks.push(block);
  }
  return attributes;
}

function readBlock(reader: HclReader, type: string, depth: number): HclBlock | null {
  const labels: string[] = [];
  for (;;) {
    skipSpace(reader);
    const quoted = matchAt(reader, /"([^"\\\n]*)"/y)?.[1];
    const label = quoted ?? takeName(reader);
    if (label === null) break;
    labels.push(label);
  }
  if (!takes(reader, '{')) {
    reader.broken = true;
    return null;
  }
  const inner: HclBlock[] = [];
  const attributes = readBody(reader, inner, depth + 1);
  if (reader.source[reader.at] === '}') reader.at += 1;
  else reader.broken = true;
  return { type, labels, attributes };
}

const JSON_DEPTH = 20;

/** `{"target": {"api": {"tags": ["${REPO}:1"]}}}`: texts are templates. https://github.com/hashicorp/hcl/blob/main/json/spec.md */
export function readHclJson(source: string, types: readonly string[]): HclFile {
  const root = source.length > FILE_LIMIT ? null : parsed(source);
  if (root === null) return BROKEN;
  const blocks: HclBlock[] = [];
  const attributes = new Map<string, HclExpression>();
  let broken = false;
  for (const [type, content] of Object.entries(root)) {
    if (!types.includes(type)) {
      const value = jsonExpression(content, 0);
      if (value !== null) attributes.set(type, value);
      continue;
    }
    for (const labelled of listOf(content)) {
      for (const [label, body] of Object.entries(recordOf(labelled) ?? {})) {
        for (const one of listOf(body)) {
          const fields = new Map<string, HclExpression>();
          for (const [key, value] of Object.entries(recordOf(one) ?? {})) {
            const expression = jsonExpression(value, 0);
            if (expression === null) broken = true;
            else fields.set(key, expression);
          }
          blocks.push({ type, labels: [label], attributes: fields });
        }
      }
    }
  }
  return { blocks, attributes, broken };
}

function parsed(source: string): Readonly<Record<string, unknown>> | null {
  try {
    return recordOf(JSON.parse(source));
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function jsonExpression(value: unknown, depth: number): HclExpression | null {
  if (depth > JSON_DEPTH) return null;
  if (typeof value === 'string') return templateOf(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return { kind: 'literal', value, text: String(value) };
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonExpression(item, depth + 1));
    return items.some((item) => item === null)
      ? null
      : { kind: 'list', items: items.filter((item) => item !== null), text: '[…]' };
  }
  const fields: (readonly [HclExpression, HclExpression])[] = [];
  for (const [key, field] of Object.entries(recordOf(value) ?? {})) {
    const expression = jsonExpression(field, depth + 1);
    if (expression === null) return null;
    fields.push([templateOf(key) ?? fixedText(key), expression]);
  }
  return { kind: 'object', fields, text: '{…}' };
}
