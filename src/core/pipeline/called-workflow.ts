// A job that calls a workflow: its inputs, or that it can't be seen into.
import { type Datum, recordDatum, textDatum } from './datum.ts';
import { inputsDatum } from './event-context.ts';
import type { Scope } from './expressions.ts';
import { nodeDatum } from './matrix.ts';
import type { JobSyntax, Workflow } from './workflow.ts';
import { childOf, type YamlNode } from './yaml.ts';

export function callInputs(called: Workflow, job: JobSyntax, scope: Scope): Datum {
  const declared = called.callInputs;
  const open = inputsDatum(declared, 'inputs', false);
  const entries = new Map<string, Datum>();
  if (declared?.kind === 'map') {
    for (const { key, value } of declared.entries) {
      const fallback = childOf(value, 'default');
      const type = childOf(value, 'type');
      const empty =
        type?.kind === 'scalar' && type.text === 'boolean' ? nodeDatum(FALSE, scope) : textDatum('');
      entries.set(key.text.toLowerCase(), fallback === null ? empty : nodeDatum(fallback, scope));
    }
  }
  for (const { key, value } of job.inputs?.entries ?? [])
    entries.set(key.text.toLowerCase(), nodeDatum(value, scope));
  return recordDatum(entries, open.kind === 'record' ? open.others : null);
}

const FALSE: YamlNode = {
  kind: 'scalar',
  start: 0,
  end: 0,
  value: false,
  text: 'false',
  block: false,
  tag: null,
};
