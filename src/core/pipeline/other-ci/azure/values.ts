// Azure's `$(macro)`, `${{ template }}` and condition functions → values and three-valued truth.
import type { Truth, Value } from '../../../model/value.ts';
import { both, either, hole, join, known, not, prefix, suffix, text } from '../../../value.ts';
import { childOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth, factOperand, type Operand, truthOf, truthOperand } from '../condition.ts';
import { ABSENT, type Fact, factOf, openFact, sameFact, textFact } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import type { Environment } from '../run.ts';
import { type Fill, filledValue } from '../template.ts';

export type Values = {
  readonly at: RefPoint;
  readonly variables: Environment;
  /** Parameters of the template or the pipeline: texts, or nodes for lists of steps and the like. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly nodes: ReadonlyMap<string, YamlNode>;
  /** Variables of `${{ each x in … }}` around here. */
  readonly loops: ReadonlyMap<string, YamlNode>;
};

/** What `parameters.x`, a loop's variable, or a member of these stands for. */
export function nodeOf(expression: string, values: Values): YamlNode | null {
  const [scope = '', ...rest] = expression.trim().split('.');
  const [name = '', ...members] = scope === 'parameters' ? rest : [scope, ...rest];
  const whole = (scope === 'parameters' ? values.nodes : values.loops).get(name) ?? null;
  return members.reduce<YamlNode | null>((node, member) => childOf(node, member), whole);
}

const REASONS: Readonly<Record<string, string>> = {
  'push-branch': 'IndividualCI',
  'push-tag': 'IndividualCI',
  pull_request: 'PullRequest',
  schedule: 'Schedule',
  workflow_dispatch: 'Manual',
};

function predefined(name: string, at: RefPoint): Fact | null {
  switch (name.toLowerCase()) {
    case 'build.sourcebranch':
      if (at.event === 'push-tag') return factOf(join(['refs/tags/', at.tag.value]));
      if (at.event === 'pull_request')
        return factOf(
          join([
            'refs/pull/',
            hole('$(System.PullRequest.PullRequestId)', 'the pull request decides it'),
            '/merge',
          ]),
        );
      // A run that somebody starts may be for a tag as well.
      if (at.event === 'workflow_dispatch')
        return openFact('$(Build.SourceBranch)', 'whoever starts the run decides it', 'no');
      return {
        ...factOf(join(['refs/heads/', at.branch.value])),
        not: at.branch.not.map((one) => `refs/heads/${one}`),
      };
    case 'build.sourcebranchname':
      return at.event === 'push-tag' ? at.tag : at.event === 'pull_request' ? textFact('merge') : at.branch;
    case 'build.reason':
      return textFact(REASONS[at.event] ?? 'Manual');
    case 'system.pullrequest.targetbranch':
    case 'system.pullrequest.pullrequestid':
    case 'system.pullrequest.sourcebranch':
      return at.event === 'pull_request'
        ? openFact(`$(${name})`, 'the pull request decides it', 'no')
        : ABSENT;
    case 'build.sourcesdirectory':
    case 'build.repository.localpath':
    case 'system.defaultworkingdirectory':
      return textFact('.');
    default:
      return null;
  }
}

/** Names of variables are the same in upper and lower case. */
function variable(name: string, values: Values): Value | null {
  const own = values.variables.get(name) ?? caseless(values.variables, name);
  if (own !== undefined) return own;
  const fact = predefined(name, values.at);
  return fact === null || fact.empty === 'unknown' ? null : fact.value;
}

function caseless(variables: Environment, name: string): Value | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of variables) if (key.toLowerCase() === wanted) return value;
  return undefined;
}

const PLACEHOLDER = /\$\{\{\s*([^}]*?)\s*\}\}|\$\(([A-Za-z_][\w.-]*)\)|\$\[[^\]]*\]/g;
/** Programs that people call in `$(…)` of a shell; no pipeline names a variable like this. */
const PROGRAMS = new Set(['pwd', 'date', 'whoami', 'hostname', 'nproc', 'ls', 'uname', 'id', 'mktemp']);

export function fillOf(values: Values): Fill {
  return {
    pattern: PLACEHOLDER,
    resolve: (match) => {
      const [whole, expression, macro] = match;
      if (macro !== undefined) {
        if (PROGRAMS.has(macro) && variable(macro, values) === null) return null;
        return variable(macro, values) ?? hole(whole, 'the pipeline or its settings set it');
      }
      if (expression === undefined) return hole(whole, 'it is computed when the run starts');
      return named(expression, values) ?? hole(whole, 'a template expression computes it');
    },
  };
}

/** `parameters.x`, `variables.x`, `variables['x']`, and what a loop goes through. */
function named(expression: string, values: Values): Value | null {
  const node = nodeOf(expression, values);
  if (node?.kind === 'scalar' && !values.parameters.has(expression.trim().replace('parameters.', '')))
    return /\$\{\{/.test(node.text) ? null : text(node.text);
  const match = /^(parameters|variables)(?:\.([\w.-]+)|\['([^']+)'\])$/.exec(expression.trim());
  const name = match?.[2] ?? match?.[3];
  if (match === null || name === undefined) return null;
  return match[1] === 'parameters' ? (values.parameters.get(name) ?? null) : variable(name, values);
}

export function filled(written: string, values: Values): Value {
  return filledValue(written, fillOf(values));
}

/** A `condition:` or the text of a `${{ if … }}`. */
export function azureTruth(written: string, values: Values): Truth {
  const bare = written.trim().replace(/^\$\{\{\s*|(?<!\s)\s*\}\}$/g, '');
  return conditionTruth(bare.replace(/\s+/g, ' '), {
    ignoreCase: true,
    name: (name) => {
      const [scope, ...rest] = name.split('.');
      const key = rest.join('.');
      if (scope === 'variables') {
        const own = values.variables.get(key) ?? caseless(values.variables, key);
        return own === undefined ? predefined(key, values.at) : factOf(own);
      }
      const parameter = scope === 'parameters' ? values.parameters.get(key) : undefined;
      if (parameter !== undefined) return factOf(parameter);
      const written = textOf(nodeOf(name, values));
      return written === null ? null : textFact(written);
    },
    call: (name, operands) => called(name.toLowerCase(), operands),
  });
}

function called(name: string, operands: readonly Operand[]): Operand | null {
  const [first, second, ...others] = operands;
  switch (name) {
    case 'and':
      return truthOperand(operands.map(truthOf).reduce<Truth>(both, 'yes'));
    case 'or':
      return truthOperand(operands.map(truthOf).reduce<Truth>(either, 'no'));
    case 'not':
      return first === undefined ? null : truthOperand(not(truthOf(first)));
    case 'succeeded':
    case 'always':
    case 'succeededorfailed':
      return truthOperand('yes');
    case 'failed':
    case 'canceled':
      return truthOperand('unknown');
    case 'eq':
    case 'ne': {
      if (first === undefined || second === undefined) return null;
      const equal = sameFact(asFact(first), asFact(second), true);
      return truthOperand(name === 'ne' ? not(equal) : equal);
    }
    case 'in':
    case 'notin': {
      if (first === undefined) return null;
      const found = [second, ...others].reduce<Truth>(
        (sum, one) => (one === undefined ? sum : either(sum, sameFact(asFact(first), asFact(one), true))),
        'no',
      );
      return truthOperand(name === 'notin' ? not(found) : found);
    }
    case 'startswith':
    case 'endswith':
    case 'contains':
      return first === undefined || second === undefined
        ? null
        : truthOperand(partTruth(name, asFact(first), known(asFact(second).value)));
    case 'coalesce':
      return operands.find((one) => one.fact.empty !== 'yes') ?? factOperand(ABSENT);
    case 'lower':
    case 'upper':
    case 'trim':
      return first ?? null;
    default:
      return null;
  }
}

function asFact(operand: Operand): Fact {
  if (operand.truth === 'yes' || operand.truth === 'no')
    return textFact(operand.truth === 'yes' ? 'true' : 'false');
  return operand.fact;
}

function partTruth(name: string, fact: Fact, part: string | null): Truth {
  if (part === null) return 'unknown';
  const wanted = part.toLowerCase();
  const whole = fact.empty === 'yes' ? '' : known(fact.value)?.toLowerCase();
  if (whole !== undefined) {
    const holds =
      name === 'startswith'
        ? whole.startsWith(wanted)
        : name === 'endswith'
          ? whole.endsWith(wanted)
          : whole.includes(wanted);
    return holds ? 'yes' : 'no';
  }
  const start = prefix(fact.value).toLowerCase();
  if (name === 'startswith')
    return start.startsWith(wanted) ? 'yes' : wanted.startsWith(start) ? 'unknown' : 'no';
  const end = suffix(fact.value).toLowerCase();
  if (name === 'endswith') return end.endsWith(wanted) ? 'yes' : wanted.endsWith(end) ? 'unknown' : 'no';
  return start.includes(wanted) ? 'yes' : 'unknown';
}
