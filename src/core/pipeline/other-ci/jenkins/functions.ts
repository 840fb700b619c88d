// Functions of a Groovy file: where they stand, and those that nothing in sight calls.
import type { Place } from '../../act.ts';
import type { Frame } from './frame.ts';
import type { GroovyToken } from './groovy.ts';
import { walk } from './walk.ts';

/** `def name(parameters) { … }` and `void name(…) { … }` anywhere at the top. */
export function defineFunctions(tokens: readonly GroovyToken[], frame: Frame): void {
  for (let index = 0; index + 2 < tokens.length; index += 1) {
    const [type, name, parameters] = [tokens[index], tokens[index + 1], tokens[index + 2]];
    if (type?.kind !== 'word' || name?.kind !== 'word') continue;
    if (parameters?.kind !== 'group' || parameters.open !== '(') continue;
    const body = tokens
      .slice(index + 3, index + 6)
      .find((token) => token.kind === 'group' && token.open === '{');
    if (body?.kind !== 'group' || /^(return|new|else|throw|in)$/.test(type.text)) continue;
    const names = parameters.items.flatMap((token, at) => {
      const next = parameters.items[at + 1];
      const ends = next === undefined || (next.kind === 'sign' && (next.text === ',' || next.text === '='));
      return token.kind === 'word' && ends ? [token.text] : [];
    });
    frame.functions.set(name.text, { parameters: names, body, called: false });
  }
}

/** A function that nothing in sight calls may be called from elsewhere. */
export function uncalled(frame: Frame, place: Place): void {
  for (const own of frame.functions.values()) {
    if (own.called) continue;
    own.called = true;
    walk(own.body.items, frame, { ...place, happens: 'unknown' });
  }
}
