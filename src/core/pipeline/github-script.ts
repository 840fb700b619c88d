// The JavaScript of actions/github-script → what it may deliver: container commands, work started elsewhere, images
// attached to a release, and files of the repository that it loads.
import { type Files, isGap, repositoryPath } from './files.ts';

export type ScriptDoubt = {
  readonly what: string;
  readonly doubt: string;
  /** Only counts where the job could push. */
  readonly needsCredentials: boolean;
};

/** Scripts that load scripts. */
const DEPTH = 4;

/** Null when it does nothing of the kind. */
export function doubtOfScript(script: string, files: Files): ScriptDoubt | null {
  return doubtOf(script, files, 0);
}

function doubtOf(script: string, files: Files, depth: number): ScriptDoubt | null {
  if (
    /docker|podman|buildah|skopeo/.test(script) &&
    /push|save/.test(script) &&
    /exec|spawn|child_process/.test(script)
  )
    return {
      what: '',
      doubt: 'the JavaScript in it runs container commands',
      needsCredentials: false,
    };
  const target = startedElsewhere(script);
  if (target !== null)
    return {
      what: target,
      doubt: `it starts work in ${target}, and what that pushes is decided there`,
      needsCredentials: !/image|docker|container|publish|release|deploy|push|registry/i.test(script),
    };
  if (/uploadReleaseAsset/.test(script) && /image|docker|container|\boci\b/i.test(script))
    return {
      what: '',
      doubt: 'the JavaScript in it attaches files to a release, and which ones is not followed',
      needsCredentials: false,
    };
  for (const [, written = ''] of script.matchAll(LOADS)) {
    const doubt = doubtOfLoaded(written, files, depth);
    if (doubt !== null) return doubt;
  }
  return null;
}

/** https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event and its like, by Octokit's names. */
const DISPATCHES = /\b(?:createWorkflowDispatch|createDispatchEvent)\b|\/dispatches\b/g;

/** Characters of a call in which its arguments are looked for. */
const CALL = 600;

/** `OWNER/REPOSITORY` of another repository in which it starts work, as far as it is written; null when there is none. */
function startedElsewhere(script: string): string | null {
  const isOwnByName = /\{[^{}]{0,80}\brepo\b[^{}]{0,80}\}\s{0,9}=\s{0,9}context\.repo\b/.test(script);
  for (const match of script.matchAll(DISPATCHES)) {
    const before = script.slice(Math.max(0, match.index - 120), match.index);
    const call = script.slice(match.index, match.index + CALL);
    const [, path] =
      /repos\/([^\s'"`]{1,100})\/?$/.exec(before.replace(/\/actions\/workflows\/[^/\s]{1,90}$/, '')) ?? [];
    const isInPath = path !== undefined && !/^\{owner\}\/\{repo\}$/.test(path);
    if (isInPath && /^\$\{\{\s*github\.repository\s*\}\}$/.test(path)) continue;
    const owner = isInPath ? path : argument('owner', call);
    const repository = isInPath ? null : argument('repo', call);
    const isOwn =
      !isInPath &&
      [owner, repository].every((one) => one === null || /^context\.repo\b/.test(one)) &&
      (/context\.repo\b/.test(call) || isOwnByName);
    if (!isOwn) return isInPath ? path : `${plain(owner)}/${plain(repository)}`;
  }
  return null;
}

/** What stands behind `NAME:`; null when only its name does, or nothing. */
function argument(name: string, call: string): string | null {
  return new RegExp(`\\b${name}\\s{0,9}:\\s{0,9}([^\\s,})]{1,120})`).exec(call)?.[1] ?? null;
}

function plain(written: string | null): string {
  return written === null ? '?' : written.replace(/^['"`]|['"`]$/g, '');
}

const LOADS =
  /\b(?:require|import)\s{0,9}\(\s{0,9}['"`](?:\$\{\{\s{0,9}github\.workspace\s{0,9}\}\}|\$\{process\.env\.GITHUB_WORKSPACE\})?([^'"`\n]{1,200})['"`]\s{0,9}\)/g;

/** A file of the repository is read for the same; one that is not here may do anything. */
function doubtOfLoaded(written: string, files: Files, depth: number): ScriptDoubt | null {
  if (!/^\.{0,2}\//.test(written)) return null;
  const path = repositoryPath(written.replace(/^\/+/, ''));
  const unknown: ScriptDoubt = {
    what: written,
    doubt: `it runs ${written}, which can't be read here`,
    needsCredentials: true,
  };
  if (path === null || depth >= DEPTH) return unknown;
  for (const name of [path, `${path}.js`, `${path}.cjs`, `${path}.mjs`, `${path}/index.js`]) {
    const read = files.read(name);
    if (read === null) continue;
    return read === 'unread' || isGap(read) ? unknown : doubtOf(read.text, files, depth + 1);
  }
  return unknown;
}
