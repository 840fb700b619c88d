// CircleCI's `<< … >>` placeholders, filters and `when` conditions → values and three-valued truth.
import type { Truth, Value } from '../../../model/value.ts';
import { both, either, hole, not, text } from '../../../value.ts';
import { childOf, itemsOf, textOf, type YamlNode } from '../../yaml.ts';
import { conditionTruth, factOperand, truthOf } from '../condition.ts';
import { ABSENT, type Fact, factOf, matches, sameFact } from '../fact.ts';
import type { RefPoint } from '../ref-points.ts';
import { type Fill, filledValue } from '../template.ts';

export type Values = {
  readonly at: RefPoint;
  /** Parameters of the job or command that is being read. */
  readonly parameters: ReadonlyMap<string, Value>;
  /** Those that are steps. */
  readonly nodes: ReadonlyMap<string, YamlNode>;
  /** Parameters of the pipeline by their defaults. */
  readonly pipeline: ReadonlyMap<string, Value>;
};

const PLACEHOLDER = /<<\s*([\w.-]+)\s*>>/g;

export function fillOf(values: Values): Fill {
  return {
    pattern: PLACEHOLDER,
    resolve: (match) =>
      lookup(match[1] ?? '', values) ?? hole(match[0], 'CircleCI fills it in when the pipeline starts'),
  };
}

function lookup(name: string, values: Values): Value | null {
  const [scope, key = '', ...rest] = name.split('.');
  if (scope === 'parameters' || scope === 'matrix') return values.parameters.get(key) ?? null;
  if (name.startsWith('pipeline.parameters.')) {
    // Whoever starts a pipeline through the API may give other parameters.
    return values.at.event === 'workflow_dispatch' ? null : (values.pipeline.get(rest.join('.')) ?? null);
  }
  const fact = pipelineFact(name, values.at);
  return fact === null || fact.empty === 'unknown' ? null : fact.value;
}

function pipelineFact(name: string, at: RefPoint): Fact | null {
  switch (name) {
    case 'pipeline.git.branch':
      return at.event === 'push-tag' ? ABSENT : at.branch;
    case 'pipeline.git.tag':
      return at.event === 'push-tag' ? at.tag : at.event === 'push-branch' ? ABSENT : null;
    case 'pipeline.trigger_source':
      return at.event === 'schedule'
        ? factOf(text('scheduled_pipeline'))
        : at.event === 'workflow_dispatch'
          ? factOf(text('api'))
          : factOf(text('webhook'));
    default:
      return null;
  }
}

function factFor(written: string, values: Values): Fact {
  const whole = /^\s*<<\s*([\w.-]+)\s*>>\s*$/.exec(written)?.[1];
  const known = whole === undefined ? null : pipelineFact(whole, values.at);
  if (known !== null) return known;
  return factOf(filledValue(written, fillOf(values)));
}

const DEPTH_LIMIT = 12;

/** https://circleci.com/docs/reference/configuration-reference/#logic-statements */
export function logicTruth(node: YamlNode | null, values: Values, depth = 0): Truth {
  if (node === null || depth > DEPTH_LIMIT) return 'unknown';
  if (node.kind === 'scalar') {
    if (/^(false|0|)$/.test(node.text)) return 'no';
    if (node.text === 'true') return 'yes';
    if (!node.text.includes('<<') && /pipeline\./.test(node.text)) return expressionTruth(node.text, values);
    return truthOf(factOperand(factFor(node.text, values)));
  }
  if (node.kind === 'list') return 'unknown';
  const parts = node.entries.map(({ key, value }): Truth => {
    switch (key.text) {
      case 'and':
        return itemsAll(value).reduce<Truth>(
          (sum, item) => both(sum, logicTruth(item, values, depth + 1)),
          'yes',
        );
      case 'or':
        return itemsAll(value).reduce<Truth>(
          (sum, item) => either(sum, logicTruth(item, values, depth + 1)),
          'no',
        );
      case 'not':
        return not(logicTruth(value, values, depth + 1));
      case 'equal': {
        const [first, ...others] = itemsOf(value).map((item) => factFor(textOf(item) ?? '', values));
        return first === undefined
          ? 'unknown'
          : others.reduce<Truth>((sum, one) => both(sum, sameFact(first, one)), 'yes');
      }
      case 'matches': {
        const pattern = textOf(childOf(value, 'pattern'));
        const subject = factFor(textOf(childOf(value, 'value')) ?? '', values);
        return pattern === null ? 'unknown' : matches(subject, pattern.replace(/^\/(.*)\/$/, '$1'));
      }
      default:
        return 'unknown';
    }
  });
  return parts.reduce<Truth>(both, 'yes');
}

function itemsAll(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [];
}

function expressionTruth(written: string, values: Values): Truth {
  return conditionTruth(written, {
    name: (name) => {
      const value = lookup(name, values);
      return pipelineFact(name, values.at) ?? (value === null ? null : factOf(value));
    },
  });
}

/** Jobs run for all branches and, unless a filter asks for them, for no tag. */
export function filterTruth(filters: YamlNode | null, values: Values): Truth {
  const { at } = values;
  if (filters?.kind === 'scalar') return expressionTruth(filters.text, values);
  if (at.event === 'push-tag') {
    const tags = childOf(filters, 'tags');
    return tags === null ? 'no' : listTruth(tags, at.tag, 'no');
  }
  const branches = childOf(filters, 'branches');
  return branches === null ? 'yes' : listTruth(branches, at.branch, 'yes');
}

function listTruth(node: YamlNode, subject: Fact, otherwise: Truth): Truth {
  const only = childOf(node, 'only');
  const ignore = childOf(node, 'ignore');
  const included = only === null ? (ignore === null ? otherwise : 'yes') : anyMatch(only, subject);
  return both(included, ignore === null ? 'yes' : not(anyMatch(ignore, subject)));
}

function anyMatch(node: YamlNode, subject: Fact): Truth {
  return itemsOf(node).reduce<Truth>((sum, item) => {
    const written = textOf(item) ?? '';
    const pattern = /^\/(.*)\/$/.exec(written)?.[1] ?? `^${written.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}$`;
    // Patterns have to take the whole name.
    return either(
      sum,
      matches(subject, /^\^?.*\$?$/.test(pattern) ? `^${pattern.replace(/^\^|\$$/g, '')}$` : pattern),
    );
  }, 'no');
}
