// Which paths hold Dockerfiles by the naming conventions of Docker, BuildKit and Podman.

/** Endings that make a file something about a Dockerfile, or a template that only becomes one. */
const NO_DOCKERFILE = new Set(
  'dockerignore md markdown rst adoc txt html json yml yaml toml lock sh bash py js ts go rb pl patch diff orig rej bak swp sha256 asc sig log csv golden snap expected license spdx'.split(
    ' ',
  ),
);

/**
 * Endings of templates: their text is not a Dockerfile before a tool has filled it in (`{{`, `<%`, `@x@`), so reading
 * it as one would give facts about text nobody builds.
 */
const TEMPLATE = new Set(
  'j2 jinja jinja2 tmpl tpl template erb mustache hbs ejs m4 in cue jsonnet'.split(' '),
);

export type DockerfilePath = 'dockerfile' | 'template' | 'no';

/**
 * `Dockerfile`, `Containerfile` and `dockerfile` in any case, with a suffix (`Dockerfile.debug`, `Dockerfile-alpine`,
 * `Dockerfile_x`) or a prefix (`api.Dockerfile`, `api.containerfile`). Templates are told apart, since a gate has to
 * name them; `.dockerignore` files and documents beside a Dockerfile are none.
 */
export function dockerfilePath(path: string): DockerfilePath {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const match = /^(?:(?:.+\.)?(?:dockerfile|containerfile)|(?:dockerfile|containerfile)[._-].+)$/.exec(name);
  if (!match) return 'no';
  const endings = name.split('.').slice(1);
  if (endings.some((ending) => TEMPLATE.has(ending))) return 'template';
  return NO_DOCKERFILE.has(endings.at(-1) ?? '') ? 'no' : 'dockerfile';
}

/**
 * The templates that a Dockerfile which is not there may be made from: those beside it that are called as it is but
 * for their ending, else all of `paths`, since the name of what a tool writes can't be told from its input.
 */
export function templatesFor(path: string, paths: readonly string[]): readonly string[] {
  const templates = paths.filter((one) => dockerfilePath(one) === 'template');
  const own = templates.filter((one) => withoutTemplateEnding(one) === path.toLowerCase());
  return own.length > 0 ? own : templates;
}

function withoutTemplateEnding(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const endings = path.slice(folder.length).split('.');
  return `${folder}${endings.filter((ending) => !TEMPLATE.has(ending.toLowerCase())).join('.')}`.toLowerCase();
}

export function isDockerfilePath(path: string): boolean {
  return dockerfilePath(path) === 'dockerfile';
}
