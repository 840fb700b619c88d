// `parameters { … }` of a Jenkinsfile → variables that hold their default unless who starts the build sets them.
import type { Value } from '../../../model/value.ts';
import { known } from '../../../value.ts';
import { assign, type Frame } from './frame.ts';
import type { GroovyGroup } from './groovy.ts';
import { argumentNamed, argumentsOf, expressionValue } from './texts.ts';

/** `string(name: 'X', defaultValue: 'y')`: what X is unless who starts the build says otherwise. */
export function offered(parameters: GroovyGroup, frame: Frame): void {
  for (const [index, token] of parameters.items.entries()) {
    if (token.kind !== 'word' || !/^(string|text|choice)$/.test(token.text)) continue;
    const list = argumentsOf(parameters.items[index + 1], parameters.items.slice(index + 1));
    const named = (name: string): Value | null => {
      const given = argumentNamed(name, list, false);
      const [first] = given ?? [];
      const shown = first?.kind === 'group' ? first.items.slice(0, 1) : (given ?? []);
      return shown.length === 0 ? null : expressionValue(shown, frame);
    };
    const name = known(named('name') ?? []);
    const fallback = named(token.text === 'choice' ? 'choices' : 'defaultValue');
    if (name === null || name === '' || fallback === null || fallback.length === 0) continue;
    const why = 'who starts the build may set it';
    assign(frame, name, [{ expression: `\${params.${name}}`, why, fallback }], true);
  }
}
