// The configuration of an image → how containers of it are started.
import { isRecord, textOf } from '../bom/json.ts';

export type Runtime = {
  readonly user: string | null;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string | null;
  /** Sorted. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  /** Names only, sorted: values may be secrets. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
};

/** `document` is the parsed configuration; what it has not is empty. */
export function runtimeOf(document: unknown): Runtime {
  const config = isRecord(document) && isRecord(document.config) ? document.config : {};
  return {
    user: textOf(config.User),
    entrypoint: texts(config.Entrypoint),
    command: texts(config.Cmd),
    workingDirectory: textOf(config.WorkingDir),
    ports: keys(config.ExposedPorts),
    volumes: keys(config.Volumes),
    environment: texts(config.Env)
      .map((each) => each.replace(/=.*$/s, ''))
      .toSorted(),
    labels: Object.fromEntries(
      Object.entries(isRecord(config.Labels) ? config.Labels : {})
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function keys(value: unknown): readonly string[] {
  return isRecord(value) ? Object.keys(value).sort() : [];
}
