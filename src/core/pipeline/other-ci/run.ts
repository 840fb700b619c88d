// What all other CI systems share: the places of runs, jobs and steps, their scripts, and acts that need no script.
import type { Location } from '../../model/position.ts';
import type { Truth, Value } from '../../model/value.ts';
import { both, EMPTY } from '../../value.ts';
import { addGap, type Ledger, type Place } from '../act.ts';
import { type Effect, opaqueEffect } from '../effect.ts';
import { type Files, isGap } from '../files.ts';
import { runScript, type ScriptResult } from '../script.ts';
import { readYaml, type YamlFile } from '../yaml.ts';
import type { RefPoint } from './ref-points.ts';
import type { ScriptText } from './template.ts';

export type Environment = ReadonlyMap<string, Value>;

/** The files of one system in a snapshot, read; a file that can't be read is a gap. */
export function readTexts(
  files: Files,
  isPath: (path: string) => boolean,
  ledger: Ledger,
): readonly { readonly path: string; readonly text: string }[] {
  return files.list().flatMap((path) => {
    if (!isPath(path) || isForeign(path)) return [];
    const text = readText(path, files, ledger);
    return text === null ? [] : [{ path, text }];
  });
}

/** Copies of other projects bring their CI files along; nothing runs these here. */
export function isForeign(path: string): boolean {
  return /(^|\/)(vendor|node_modules|third_party|testdata)\//.test(path);
}

/** A cap that was met is said, with its name: what lies behind it was not read. */
export function addLimit(ledger: Ledger, location: Location, what: string): void {
  addGap(ledger, {
    kind: 'limit',
    cause: 'content',
    subject: location.path,
    location,
    reason: `${location.path} has ${what}, more than is followed.`,
    remedy: 'Make it smaller or less nested.',
  });
}

/** Null when the file is not there, not read yet (then it is wanted), or can't be read (then there is a gap). */
export function readText(path: string, files: Files, ledger: Ledger): string | null {
  const read = files.read(path);
  if (read === null || read === 'unread') return null;
  if (!isGap(read)) return read.text;
  addGap(ledger, read);
  return null;
}

export function readYamlText(path: string, text: string, ledger: Ledger): YamlFile {
  const yaml = readYaml(path, text);
  for (const gap of yaml.gaps) addGap(ledger, gap);
  return yaml;
}

export function placeAt(path: string, files: Files, point: RefPoint): Place {
  const run = `${path}@${point.point.event}:${point.point.filter ?? ''}`;
  return {
    files,
    point: point.point,
    happens: 'yes',
    conditions: [],
    path: [{ label: path.split('/').at(-1) ?? path, location: { path, range: START } }],
    job: run,
    run,
    credentials: false,
    open: [path],
  };
}

const START = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };

/** The place of a job: its images, files and log-ins are its own. */
export function jobPlace(place: Place, name: string, location: Location, holdsCredentials: boolean): Place {
  return {
    ...place,
    job: `${place.job}/${name}`,
    path: [...place.path, { label: `job ${name}`, location }],
    credentials: place.credentials || holdsCredentials,
  };
}

export function stepPlace(place: Place, label: string, location: Location): Place {
  return { ...place, path: [...place.path, { label: `step '${label}'`, location }] };
}

/** The place behind a condition; null when the condition never holds. */
export function under(place: Place, truth: Truth, condition: string | null): Place | null {
  const happens = both(place.happens, truth);
  if (happens === 'no') return null;
  const conditions =
    condition === null || condition === '' ? place.conditions : [...place.conditions, condition];
  return { ...place, happens, conditions };
}

/** Words that show a job can push images: a log-in, a registry's name, or the variables people keep passwords in. */
export function showsCredentials(text: string): boolean {
  return /(docker|podman|buildah|skopeo|crane|oras|az acr|helm registry) login|docker-login|get-login|REGISTRY|DOCKER_?(HUB|USER|PASS|TOKEN|AUTH|LOGIN|CONFIG|CRED)|docker-?hub|\bQUAY|\b(ghcr|gcr|quay)\.io|azurecr\.io|\.pkg\.dev|dkr\.ecr|docker-?(credential|registry)|withDocker/i.test(
    text,
  );
}

export type Shell = {
  readonly environment: Environment;
  readonly workingDirectory?: Value;
  readonly shell?: string;
  readonly positional?: readonly Value[];
};

export function runShell(script: ScriptText, given: Shell, place: Place, ledger: Ledger): ScriptResult {
  if (script.text.trim() === '') return { writes: [], environment: new Map() };
  return runScript(
    {
      text: script.text,
      locate: script.locate,
      environment: given.environment,
      expression: script.expression,
      workingDirectory: given.workingDirectory ?? EMPTY,
      shell: given.shell ?? 'bash -e',
      ...(given.positional === undefined ? {} : { positional: given.positional }),
    },
    place,
    ledger,
  );
}

export function addAct(
  ledger: Ledger,
  place: Place,
  effect: Effect,
  by: { readonly tool: string; readonly family: string; readonly location: Location },
): void {
  ledger.acts.push({
    effect,
    tool: by.tool,
    family: by.family,
    location: by.location,
    happens: place.happens,
    conditions: place.conditions,
    path: place.path,
    point: place.point,
    job: place.job,
    run: place.run,
    credentials: place.credentials,
  });
}

/** Says that something may deliver and can't be seen into. */
export function addOpaque(
  ledger: Ledger,
  place: Place,
  given: {
    readonly what: string;
    readonly doubt: string;
    readonly settledBy: string;
    readonly family: string;
    readonly location: Location;
    readonly needsCredentials?: boolean;
    readonly names?: readonly Value[];
    /** All that can be known of it, so that an approval ends when it changes. */
    readonly content?: readonly string[];
  },
): void {
  addAct(
    ledger,
    place,
    opaqueEffect({
      what: given.what,
      doubt: { what: given.doubt, settledBy: given.settledBy },
      needsCredentials: given.needsCredentials ?? false,
      names: given.names ?? [],
      content: given.content ?? [],
    }),
    { tool: given.what, family: given.family, location: given.location },
  );
}
