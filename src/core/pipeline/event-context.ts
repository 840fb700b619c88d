// One event → what the `github` and `inputs` contexts hold when it starts a run.
import type { Value } from '../model/value.ts';
import { hole } from '../value.ts';
import {
  choiceDatum,
  type Datum,
  NULL,
  recordDatum,
  textDatum,
  truthDatum,
  unknownDatum,
  wrapped,
} from './datum.ts';
import { childOf, itemsOf, textOf, type YamlNode } from './yaml.ts';

export const EVENT_DECIDES = 'the event that starts the run decides it';

/** Keys of `github.event` that only some events carry; absent ones are null, which conditions rely on. */
export const EVENT_KEYS = [
  'pull_request',
  'release',
  'workflow_run',
  'issue',
  'comment',
  'inputs',
  'schedule',
  'head_commit',
  'merge_group',
  'client_payload',
  'number',
  'discussion',
  'label',
  'review',
  'deployment',
  'check_suite',
  'check_run',
  'registry_package',
];

type Facts = {
  readonly name: string;
  readonly ref: Value | null;
  readonly refType: 'branch' | 'tag' | null;
  readonly refName: Value | null;
  readonly baseRef: Datum;
  readonly headRef: Datum;
  readonly event: readonly (readonly [string, Datum])[];
};

export function texts(options: YamlNode | null, key: string): readonly string[] {
  return itemsOf(childOf(options, key))
    .map((item) => textOf(item) ?? '')
    .filter((pattern) => pattern !== '');
}

export function pullRequestDatum(base: Value): Datum {
  return recordDatum([['base', recordDatum([['ref', textDatum(base)]], EVENT_DECIDES)]], EVENT_DECIDES);
}

export function actionDatum(actions: readonly string[]): Datum {
  if (actions.length === 0) return unknownDatum(wrapped('github.event.action'), EVENT_DECIDES);
  return choiceDatum(
    actions.map((action) => textDatum(action)),
    {
      expression: wrapped('github.event.action'),
      why: EVENT_DECIDES,
    },
  );
}

/** The inputs a workflow declares, each as far as its type limits it. */
export function inputsDatum(declared: YamlNode | null, context: string, asText: boolean): Datum {
  if (declared?.kind !== 'map') return recordDatum([]);
  const why = 'whoever starts the run gives this input';
  return recordDatum(
    declared.entries.map(({ key, value }) => {
      const expression = wrapped(`${context}.${key.text}`);
      const type = textOf(childOf(value, 'type'));
      if (type === 'boolean' && !asText) return [key.text, truthDatum('unknown', expression, why)] as const;
      const options =
        type === 'boolean' ? ['true', 'false'] : type === 'choice' ? texts(value, 'options') : [];
      if (options.length > 0) {
        return [
          key.text,
          choiceDatum(
            options.map((option) => textDatum(option)),
            { expression, why },
          ),
        ] as const;
      }
      return [
        key.text,
        type === 'number' && !asText ? unknownDatum(expression, why) : textDatum(hole(expression, why)),
      ] as const;
    }),
  );
}

export function carries(event: string, key: string): boolean {
  if (event === 'repository_dispatch') return key === 'client_payload';
  if (event === 'issue_comment') return key === 'issue' || key === 'comment';
  if (event === 'issues') return key === 'issue' || key === 'label';
  return event === key || event.startsWith(`${key}_`);
}

export function choiceOfTexts(options: readonly string[], expression: string): Datum {
  if (options.length === 0) return unknownDatum(expression, EVENT_DECIDES);
  return choiceDatum(
    options.map((option) => textDatum(option)),
    { expression, why: EVENT_DECIDES },
  );
}

export function githubContext(facts: Facts): Datum {
  const own = new Set(facts.event.map(([key]) => key));
  const absent = EVENT_KEYS.filter((key) => !own.has(key)).map((key) => [key, NULL] as const);
  const entries: (readonly [string, Datum])[] = [
    ['event_name', textDatum(facts.name)],
    ['base_ref', facts.baseRef],
    ['head_ref', facts.headRef],
    ['event', recordDatum([...absent, ...facts.event], EVENT_DECIDES)],
  ];
  if (facts.ref !== null) entries.push(['ref', textDatum(facts.ref)]);
  if (facts.refType !== null) entries.push(['ref_type', textDatum(facts.refType)]);
  if (facts.refName !== null) entries.push(['ref_name', textDatum(facts.refName)]);
  return recordDatum(entries, 'GitHub fills it when the run starts');
}
