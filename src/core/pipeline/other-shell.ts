// Scripts for PowerShell and cmd: only lines that read the same in every shell are understood, and nothing is certain.
import type { Value } from '../model/value.ts';
import { isPowerShell, shellName } from '../shell/shells.ts';
import { EMPTY, join, text } from '../value.ts';
import type { Act, Ledger, Place } from './act.ts';
import { inside } from './command-call.ts';
import { handedText, scriptText } from './handed-text.ts';
import { lineLabel, type Script, type ScriptResult } from './script.ts';
import type { CommandCall } from './tool.ts';
import { toolForCommand } from './tools/index.ts';
import { unseenProgram } from './unseen.ts';

export function otherShell(script: Script, place: Place, ledger: Ledger): ScriptResult {
  if (!isPowerShell(script.shell) && shellName(script.shell) !== 'cmd') {
    otherLanguage(script, place, ledger);
    return { writes: [], environment: new Map() };
  }
  const lines = script.text.split('\n');
  let offset = 0;
  for (const line of lines) {
    plainCommand(line, offset, script, place, ledger);
    offset += line.length + 1;
  }
  return { writes: [], environment: new Map() };
}

/** Python and the like, and programs of the repository that are given a script to run. */
function otherLanguage(script: Script, place: Place, ledger: Ledger): void {
  const [program = ''] = script.shell.trim().split(/\s+/, 1);
  const effect = scriptText(shellName(script.shell), script.text);
  const own = program.includes('/') ? [text(program)] : [];
  const unseen = effect === null ? unseenProgram(own, place.files, EMPTY)?.effect : effect;
  if (unseen?.kind !== 'opaque') return;
  const location = script.locate(0, script.text.length);
  ledger.acts.push({
    location,
    conditions: place.conditions,
    path: [...place.path, { label: lineLabel(location), location }],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
    effect: unseen,
    tool: unseen.what,
    family: 'wrapper',
    happens: place.happens,
  });
}

/** A line that is one plain command reads the same in every shell. */
function plainCommand(line: string, offset: number, script: Script, place: Place, ledger: Ledger): void {
  const trimmed = line.trim();
  if (
    trimmed === '' ||
    trimmed.startsWith('#') ||
    trimmed.toLowerCase().startsWith('rem ') ||
    trimmed.startsWith('::')
  )
    return;
  const location = script.locate(offset + line.indexOf(trimmed), offset + line.length);
  const words = trimmed
    .replace(/[`^]$/, '')
    .split(/\s+/)
    .map((word): Value => shellWord(word, script));
  const match = toolForCommand(words);
  const base = {
    location,
    conditions: place.conditions,
    path: [...place.path, { label: lineLabel(location), location }],
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  };
  // The shell's own conditions around the line are not read, so nothing is certain.
  const happens: Act['happens'] = 'unknown';
  const call: CommandCall = {
    command: match?.command ?? '',
    words: match?.rest ?? [],
    variable: (name) => script.environment.get(name) ?? null,
    output: null,
    feeds: [],
    fedBy: [],
    stdin: null,
    path: (path) => inside(script.workingDirectory, path),
    files: place.files,
  };
  if (match !== null) {
    for (const effect of match.tool.command?.(call) ?? []) {
      ledger.acts.push({ ...base, effect, tool: match.tool.id, family: match.tool.family, happens });
    }
    return;
  }
  const handed = handedText(words, null);
  const unseen =
    handed === null
      ? unseenProgram(words, place.files, script.workingDirectory)
      : { effect: handed, family: 'wrapper' };
  if (unseen !== null && unseen.effect.kind === 'opaque')
    ledger.acts.push({
      ...base,
      effect: unseen.effect,
      tool: unseen.effect.what,
      family: unseen.family,
      happens,
    });
}

function shellWord(word: string, script: Script): Value {
  const bare = word.replace(/^["']|["']$/g, '');
  return join(
    bare.split(/(\$\{\{.*?\}\}|\$\{?(?:env:)?\w+\}?|%\w+%)/).map((part): Value => {
      if (part.startsWith('${{')) return script.expression(part);
      const name = /^\$\{?(?:env:)?(\w+)\}?$|^%(\w+)%$/i.exec(part);
      const variable = name?.[1] ?? name?.[2];
      if (variable === undefined) return text(part);
      return (
        script.environment.get(variable) ?? [{ expression: part, why: 'the script sets it when it runs' }]
      );
    }),
  );
}
