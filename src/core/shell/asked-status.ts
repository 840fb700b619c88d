// `cmd; [ $? -eq 0 ] || exit 1`: what comes of the way a command ends where a later statement of the list asks for it.
import type { AndOr, CompoundList, PipelineNode, Statement } from 'unbash';
import { type Consequences, ofList, ofQuestion, ofStatement } from './consequences.ts';
import type { Scene } from './ending.ts';

/** Statements behind `rc=$?` that are looked at for the question about `$rc`. */
const REACH = 8;

/** What follows by itself, and by what a later statement makes of its status. */
export function ofAskedStatement(
  around: Consequences,
  statements: readonly Statement[],
  index: number,
  scene: Scene,
): Consequences {
  const [statement, next] = [statements[index], statements[index + 1]];
  if (statement === undefined) return around;
  const own = ofStatement(around, statement, next === undefined, scene.exitOnError);
  if (next === undefined || statement.background === true) return own;
  const asked = askedIn(around, statements, index, scene);
  if (asked === null) return own;
  return { ...own, failure: own.failure || asked.failure, success: own.success || asked.success };
}

type Asked = Pick<Consequences, 'failure' | 'success'>;

function askedIn(
  around: Consequences,
  statements: readonly Statement[],
  index: number,
  scene: Scene,
): Asked | null {
  const kept = keptIn(statements[index + 1]);
  if (kept === null) return answer(around, statements, index + 1, '?', scene);
  for (let at = index + 2; at < Math.min(statements.length, index + 2 + REACH); at += 1) {
    if (keptIn(statements[at]) === kept) return null;
    const asked = answer(around, statements, at, kept, scene);
    if (asked !== null) return asked;
  }
  return null;
}

/** `rc=$?`: the variable; null for any other statement. */
function keptIn(statement: Statement | undefined): string | null {
  const node = statement?.command;
  if (node?.type !== 'Command' || node.name !== undefined) return null;
  const [only, ...others] = node.prefix;
  if (only?.type !== 'Assignment' || others.length > 0 || only.value.type !== 'Word') return null;
  return plain(only.value.text) === '?' ? only.name : null;
}

/** What comes of a status other than 0, and of 0, in the statement that asks for it. */
function answer(
  around: Consequences,
  statements: readonly Statement[],
  at: number,
  name: string,
  scene: Scene,
): Asked | null {
  const statement = statements[at];
  if (statement === undefined) return null;
  const own = ofStatement(around, statement, at === statements.length - 1, scene.exitOnError);
  const node = statement.command;
  if (node.type === 'Command' && /^(?:exit|return)$/.test(node.name?.text ?? '')) {
    const [code] = node.args;
    if (code?.type !== 'Word' || plain(code.text) !== name) return null;
    return { failure: node.name?.text === 'exit' ? around.exit : around.leave, success: false };
  }
  const question = node.type === 'AndOr' ? node.commands[0] : node.type === 'If' ? only(node.clause) : node;
  const asks = question === undefined || question === null ? null : asksFor(question, name);
  if (asks === null) return null;
  const [first = own] = node.type === 'AndOr' ? ofList(own, node, scene) : [];
  const found = node.type === 'If' ? ofQuestion(own, node, scene) : first;
  const heard = found.failure || (node.type !== 'If' && found.abort);
  return asks === 'zero'
    ? { failure: heard, success: found.success }
    : { failure: found.success, success: heard };
}

function only({ commands }: CompoundList): PipelineNode | AndOr | null {
  const [first, ...others] = commands;
  return first === undefined || others.length > 0 ? null : first.command;
}

/** Whether a test goes well for the status 0 or for any other one; null for what is no such test. */
function asksFor(node: PipelineNode | AndOr, name: string): 'zero' | 'other' | null {
  switch (node.type) {
    case 'Pipeline': {
      const [first, ...others] = node.commands;
      const inner = first === undefined || others.length > 0 ? null : asksFor(first, name);
      const isTurned = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
      return inner === null || !isTurned ? inner : inner === 'zero' ? 'other' : 'zero';
    }
    case 'Command': {
      if (!/^(?:\[|test)$/.test(node.name?.text ?? '')) return null;
      const words = node.args.map((word) => (word.type === 'Word' ? word.text : ''));
      const [left = '', operator = '', right = '', end = ']', ...others] = words;
      return others.length > 0 || end !== ']' ? null : compared(left, operator, right, name);
    }
    case 'TestCommand': {
      const { expression } = node;
      if (expression.type !== 'TestBinary') return null;
      return compared(expression.left.text, expression.operator, expression.right.text, name);
    }
    case 'ArithmeticCommand': {
      const [, left = '', operator = '', right = ''] =
        /^\s*(\$?\{?[\w?]+\}?)\s*(==|!=|>)\s*(\d+)\s*$/.exec(node.body) ?? [];
      return compared(left, operator, right, name);
    }
    default:
      return null;
  }
}

function compared(left: string, operator: string, right: string, name: string): 'zero' | 'other' | null {
  if (plain(left) !== name || plain(right) !== '0') return null;
  if (/^(?:=|==|-eq|-le)$/.test(operator)) return 'zero';
  return /^(?:!=|-ne|-gt|>)$/.test(operator) ? 'other' : null;
}

/** `"$?"`, `${rc}`, `'0'`: the name or number alone. */
function plain(word: string): string {
  return word.replace(/^["']|["']$/g, '').replace(/^\$\{?|\}$/g, '');
}
