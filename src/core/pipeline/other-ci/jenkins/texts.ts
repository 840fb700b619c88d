// Groovy texts, names and arguments → values; what Groovy computes stays a hole.
import type { Value } from '../../../model/value.ts';
import { choice } from '../../../shell/variables.ts';
import { hole, join, known, text } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { locate } from '../../source-text.ts';
import { runShell } from '../run.ts';
import { type Fill, filledValue, givenPiece, type Piece, scriptText } from '../template.ts';
import type { Frame } from './frame.ts';
import type { GroovyGroup, GroovyText, GroovyToken } from './groovy.ts';

/** Arguments in brackets, or those that follow without: each as its tokens. */
export function argumentsOf(
  second: GroovyToken | undefined,
  bare: readonly GroovyToken[],
): readonly (readonly GroovyToken[])[] {
  const items = second?.kind === 'group' && second.open === '(' ? second.items : bare;
  const result: GroovyToken[][] = [[]];
  for (const token of items) {
    if (token.kind === 'sign' && token.text === ',') result.push([]);
    else if (!(token.kind === 'sign' && token.text === '\n')) result.at(-1)?.push(token);
  }
  return result.filter((one) => one.length > 0);
}

/** A named argument (`script: 'x'`), or the first one without a name. */
export function argumentNamed(
  name: string,
  list: readonly (readonly GroovyToken[])[],
  orFirst: boolean,
): readonly GroovyToken[] | null {
  const isNamed = (one: readonly GroovyToken[]): boolean =>
    one[0]?.kind === 'word' && one[1]?.kind === 'sign' && one[1].text === ':';
  const found = list.find((one) => isNamed(one) && one[0]?.kind === 'word' && one[0].text === name);
  if (found !== undefined) return found.slice(2);
  return orFirst ? (list.find((one) => !isNamed(one)) ?? null) : null;
}

/** Texts and known names joined by `+`; null when it is something else. */
export function expressionValue(tokens: readonly GroovyToken[], frame: Frame): Value | null {
  const decided = eitherValue(tokens, frame);
  if (decided !== undefined) return decided;
  const parts: Value[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'sign' && token.text === '+') continue;
    if (token.kind === 'text') parts.push(textValue(token, frame));
    else if (token.kind === 'word' && tokens[index + 1]?.kind !== 'group')
      parts.push(nameValue(token.text, frame));
    else if (token.kind === 'word' && /^(\w+\.)*(trim|toString)$/.test(token.text))
      parts.push(nameValue(token.text.replace(/\.(trim|toString)$/, ''), frame));
    else if (token.kind === 'group' && token.items.length === 0) continue;
    else if (token.kind === 'group' && token.open === '(' && tokens[index - 1]?.kind !== 'word') {
      const inner = expressionValue(token.items, frame);
      if (inner === null) return null;
      parts.push(inner);
    } else return null;
  }
  return parts.length === 0 ? null : join(parts);
}

/** `a ?: b` and `x ? a : b`; undefined when it is neither. */
function eitherValue(tokens: readonly GroovyToken[], frame: Frame): Value | null | undefined {
  const signAt = (sign: string): number =>
    tokens.findIndex((token) => token.kind === 'sign' && token.text === sign);
  const elvis = signAt('?:');
  if (elvis !== -1) {
    const [first, otherwise] = [tokens.slice(0, elvis), tokens.slice(elvis + 1)].map((part) =>
      expressionValue(part, frame),
    );
    const own = first ?? null;
    if (own !== null && known(own) !== null) return own.length > 0 ? own : otherwise;
    return otherwise === null || otherwise === undefined
      ? null
      : [
          {
            expression: writtenText(tokens, frame),
            why: 'whether it is set is not known',
            fallback: otherwise,
          },
        ];
  }
  const [question, colon] = [signAt('?'), signAt(':')];
  if (question === -1 || colon < question) return undefined;
  const ways = [tokens.slice(question + 1, colon), tokens.slice(colon + 1)].map((part) =>
    expressionValue(part, frame),
  );
  const values = ways.filter((way) => way !== null);
  return values.length < ways.length ? null : [choice(writtenText(tokens, frame), values)];
}

function writtenText(tokens: readonly GroovyToken[], { source }: Frame): string {
  return `\${${source.text.slice(tokens[0]?.start, tokens.at(-1)?.end).replace(/\s+/g, ' ')}}`;
}

function nameValue(name: string, frame: Frame): Value {
  const bare = name.replace(/^(env|this|params)\./, '');
  if (/^(true|false|\d+)$/.test(bare)) return text(bare);
  return frame.variables.get(bare) ?? hole(`\${${name}}`, 'the pipeline sets it when it runs');
}

const FILLED = /\\(u[0-9a-fA-F]{4}|[\s\S])|\$\{([^{}]*)\}|\$([A-Za-z_][\w.]*)/g;
const PLAIN_TEXT = /\\(u[0-9a-fA-F]{4}|[\s\S])/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '', f: '' };

function fillOf(isFilled: boolean, frame: Frame): Fill {
  return {
    pattern: isFilled ? FILLED : PLAIN_TEXT,
    resolve: (match) => {
      const [whole, escaped, expression, name] = match;
      if (escaped !== undefined) return text(escaped === '\n' ? '' : (ESCAPES[escaped] ?? escaped));
      const written = (expression ?? name ?? '').trim();
      return /^[\w.]+$/.test(written) ? nameShown(written, whole, frame) : hole(whole, 'Groovy fills it in');
    },
  };
}

function nameShown(name: string, whole: string, frame: Frame): Value {
  return (
    frame.variables.get(name.replace(/^(env|this|params)\./, '')) ??
    hole(whole, 'the pipeline sets it when it runs')
  );
}

export function textValue(token: GroovyText, frame: Frame): Value {
  return filledValue(frame.source.text.slice(token.start, token.end), fillOf(token.filled, frame));
}

export function shellBlock(script: readonly GroovyToken[], shell: string, frame: Frame, place: Place): void {
  const { source } = frame;
  const end = script.findIndex((token) => token.kind === 'sign' && token.text === '.');
  const words = end === -1 ? script : script.slice(0, end);
  const strips = script.some((token) => token.kind === 'word' && token.text.startsWith('stripIndent'));
  const pieces = words.flatMap((token): readonly { readonly piece: Piece; readonly filled: boolean }[] => {
    if (token.kind === 'text') {
      const written = source.text.slice(token.start, token.end);
      const locateIn: Piece['locate'] = (start, until) =>
        locate(source, token.start + start, token.start + until);
      return [{ piece: { text: written, locate: locateIn }, filled: token.filled }];
    }
    if (token.kind === 'word')
      return [
        { piece: givenPiece(`\${${token.text}}`, locate(source, token.start, token.end)), filled: true },
      ];
    return [];
  });
  const isFilled = pieces.some((one) => one.filled);
  const fill = fillOf(isFilled, frame);
  const ready = scriptText(
    pieces.map((one) => one.piece),
    strips ? withoutIndent(fill, pieces.map((one) => one.piece.text).join('')) : fill,
    '',
  );
  runShell(
    ready,
    { environment: frame.variables, shell, workingDirectory: frame.folder },
    place,
    frame.ledger,
  );
}

/** Groovy's `stripIndent()` takes the smallest indentation off every line; here-documents depend on it. */
function withoutIndent(fill: Fill, content: string): Fill {
  const indents = content
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  if (least === 0) return fill;
  return {
    pattern: new RegExp(`(?<=\\n)[ \\t]{${least}}|${fill.pattern.source}`, 'g'),
    resolve: (match) => (/^[ \t]+$/.test(match[0]) ? [] : fill.resolve(match)),
  };
}

export function directBlock(block: GroovyGroup, name: string): GroovyGroup | null {
  const at = block.items.findIndex((token) => token.kind === 'word' && token.text === name);
  const next = block.items.slice(at + 1, at + 4).find((token) => token.kind === 'group');
  return at !== -1 && next?.kind === 'group' && next.open === '{' ? next : null;
}
