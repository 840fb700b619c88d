// pom.xml → the images that Maven pushes: Jib's own, and what plugins push in a phase they are bound to.
import type { Value } from '../model/value.ts';
import { hole, join } from '../value.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { childNamed, childrenNamed, readXml, type XmlElement } from './xml.ts';

type Project = { readonly element: XmlElement; readonly properties: ReadonlyMap<string, string> };

export type MavenPush = { readonly names: readonly Value[]; readonly plugin: string };

/** Modules that are read of one project; what those beyond it push may be anything. */
const MODULE_LIMIT = 200;
/** https://maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html */
const PHASES = [
  'validate',
  'initialize',
  'generate-sources',
  'process-sources',
  'generate-resources',
  'process-resources',
  'compile',
  'process-classes',
  'generate-test-sources',
  'test-compile',
  'test',
  'prepare-package',
  'package',
  'pre-integration-test',
  'integration-test',
  'post-integration-test',
  'verify',
  'install',
  'deploy',
];
/** Goals that push, by plugin. */
const PUSHING: Readonly<Record<string, readonly string[]>> = {
  'jib-maven-plugin': ['build'],
  'docker-maven-plugin': ['push'],
  'dockerfile-maven-plugin': ['push'],
};

/** Where Jib sends its images, one entry for each module that says so; empty when no file in sight does. */
export function jibImages(folder: string, files: Files): readonly (readonly Value[])[] {
  const { found, isCut } = projects(folder, files);
  const images = found.flatMap(({ element, properties }) => {
    const plugin = pluginsOf(element).find((one) => idOf(one) === 'jib-maven-plugin');
    const names = namesOf(childNamed(plugin, 'configuration', 'to'), properties);
    return names.length === 0 ? [] : [names];
  });
  return isCut ? [...images, [BEYOND]] : images;
}

const BEYOND: Value = hole(
  'a module',
  `the project has more than ${MODULE_LIMIT} modules; the others were not read`,
);

/** What plugins push when these phases are run, because an execution binds a pushing goal to one of them. */
export function boundPushes(phases: readonly string[], folder: string, files: Files): readonly MavenPush[] {
  const last = Math.max(...phases.map((phase) => PHASES.indexOf(phase)));
  if (last < 0) return [];
  const { found, isCut } = projects(folder, files);
  const pushes = found.flatMap(({ element, properties }) =>
    pluginsOf(element).flatMap((plugin): readonly MavenPush[] => {
      const id = idOf(plugin);
      const goals = PUSHING[id];
      const execution = childrenNamed(childNamed(plugin, 'executions'), 'execution').find((one) => {
        const bound = PHASES.indexOf(textOf(childNamed(one, 'phase')));
        const own = childrenNamed(childNamed(one, 'goals'), 'goal').map(textOf);
        return bound >= 0 && bound <= last && own.some((goal) => goals?.includes(goal) === true);
      });
      if (goals === undefined || execution === undefined) return [];
      const settings = [childNamed(execution, 'configuration'), childNamed(plugin, 'configuration')];
      const names = settings.flatMap((one) => pushedNames(one, properties));
      return [
        { plugin: id, names: names.length > 0 ? names : [hole(id, 'pom.xml does not say it in the open')] },
      ];
    }),
  );
  return isCut ? [...pushes, { names: [BEYOND], plugin: 'a module' }] : pushes;
}

function pushedNames(settings: XmlElement | null, properties: ReadonlyMap<string, string>): readonly Value[] {
  const jib = namesOf(childNamed(settings, 'to'), properties);
  if (jib.length > 0) return jib;
  const images = childrenNamed(childNamed(settings, 'images'), 'image')
    .map((image) => textOf(childNamed(image, 'name')))
    .filter((name) => name !== '');
  const repository = textOf(childNamed(settings, 'repository')) || textOf(childNamed(settings, 'imageName'));
  const tag = textOf(childNamed(settings, 'tag'));
  const named = repository === '' ? [] : [tag === '' ? repository : `${repository}:${tag}`];
  return [...images, ...named].map((name) => filledIn(name, properties));
}

function namesOf(to: XmlElement | null, properties: ReadonlyMap<string, string>): readonly Value[] {
  const image = textOf(childNamed(to, 'image'));
  if (image === '') return [];
  const name = filledIn(image, properties);
  const tags = childrenNamed(childNamed(to, 'tags'), 'tag').map((tag) => filledIn(textOf(tag), properties));
  const plain = image.replace(/:[^/:]*$/, '');
  return [name, ...tags.map((tag) => join([filledIn(plain, properties), ':', tag]))];
}

/** `${name}` by the properties of the file; nothing else is known of one. */
function filledIn(content: string, properties: ReadonlyMap<string, string>, depth = 0): Value {
  const parts: (Value | string)[] = [];
  let last = 0;
  for (const match of content.matchAll(/\$\{([^{}]+)\}/g)) {
    const found = properties.get(match[1] ?? '');
    parts.push(content.slice(last, match.index));
    parts.push(
      found === undefined || depth > 8
        ? hole(match[0], 'Maven sets the property')
        : filledIn(found, properties, depth + 1),
    );
    last = match.index + match[0].length;
  }
  return join([...parts, content.slice(last)]);
}

/** The project of a folder and its modules. */
function projects(
  folder: string,
  files: Files,
): { readonly found: readonly Project[]; readonly isCut: boolean } {
  const found: Project[] = [];
  const open: { readonly folder: string; readonly outer: ReadonlyMap<string, string> }[] = [
    { folder, outer: new Map() },
  ];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (found.length >= MODULE_LIMIT) return { found, isCut: true };
    const base = next.folder;
    const path = repositoryPath(base === '' ? 'pom.xml' : `${base}/pom.xml`);
    const read = path === null ? null : files.read(path);
    if (read === null || read === 'unread' || isGap(read)) continue;
    const element = readXml(read.text);
    if (element === null) continue;
    const own = (childNamed(element, 'properties')?.children ?? []).map(
      (one) => [one.name, textOf(one)] as const,
    );
    const facts = ['version', 'artifactId', 'groupId', 'name'].flatMap((name) => {
      const value =
        textOf(childNamed(element, name)) ||
        (name === 'artifactId' || name === 'name' ? '' : textOf(childNamed(element, 'parent', name)));
      return value === '' ? [] : [[`project.${name}`, value] as const];
    });
    const properties = new Map([...next.outer, ...own, ...facts]);
    found.push({ element, properties });
    for (const module of childrenNamed(childNamed(element, 'modules'), 'module'))
      open.push({
        folder: repositoryPath(base === '' ? textOf(module) : `${base}/${textOf(module)}`) ?? '',
        outer: properties,
      });
  }
  return { found, isCut: false };
}

/** Plugins of the build, of its management, and of profiles. */
function pluginsOf(project: XmlElement): readonly XmlElement[] {
  const builds = [project, ...childrenNamed(childNamed(project, 'profiles'), 'profile')].map((one) =>
    childNamed(one, 'build'),
  );
  return builds.flatMap((build) => [
    ...childrenNamed(childNamed(build, 'plugins'), 'plugin'),
    ...childrenNamed(childNamed(build, 'pluginManagement', 'plugins'), 'plugin'),
  ]);
}

function idOf(plugin: XmlElement): string {
  return textOf(childNamed(plugin, 'artifactId'));
}

function textOf(element: XmlElement | null | undefined): string {
  return element?.text.trim() ?? '';
}
