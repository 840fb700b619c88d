// skaffold.yaml → the images it builds and what from.
import type { BuildSource } from '../model/delivery.ts';
import { hole, text } from '../value.ts';
import { buildSource } from './effect.ts';
import { type Files, isGap, repositoryPath } from './files.ts';
import { childOf, entryOf, itemsOf, readYaml, textOf, type YamlNode } from './yaml.ts';

/** `source` is null where another builder than Docker makes the image. */
export type SkaffoldArtifact = { readonly image: string; readonly source: BuildSource | null };

/** `verb` as in `skaffold run`; `profiles` as given by option, null when those are not known. */
export type SkaffoldRun = { readonly verb: string; readonly profiles: readonly string[] | null };

/**
 * Null when the file can't be read, names no image, or leaves open what is built: modules from elsewhere, or a profile
 * that changes the build.
 */
export function skaffoldArtifacts(
  files: Files,
  path: string,
  run: SkaffoldRun,
): readonly SkaffoldArtifact[] | null {
  const file = files.read(path);
  if (file === null || file === 'unread' || isGap(file)) return null;
  const yaml = readYaml(path, file.text);
  if (yaml.gaps.length > 0) return null;
  const isOpen = yaml.roots.some(
    (root) =>
      itemsOf(childOf(root, 'requires')).some(comesFromElsewhere) ||
      itemsOf(childOf(root, 'profiles')).some((profile) => changesBuild(profile) && mayCount(profile, run)),
  );
  if (isOpen) return null;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  const artifacts = yaml.roots.flatMap((root) =>
    itemsOf(childOf(childOf(root, 'build'), 'artifacts')).map((node) => artifactOf(node, folder)),
  );
  const known = artifacts.filter((artifact) => artifact !== null);
  return known.length === 0 || known.length < artifacts.length ? null : known;
}

/** Without a place of its own a module is one of the same file. */
function comesFromElsewhere(module: YamlNode): boolean {
  return ['path', 'git', 'googleCloudStorage', 'googleCloudBuildRepoV2'].some(
    (place) => entryOf(module, place) !== null,
  );
}

function changesBuild(profile: YamlNode): boolean {
  const patched = itemsOf(childOf(profile, 'patches')).map((patch) => textOf(childOf(patch, 'path')) ?? '');
  return (
    entryOf(childOf(profile, 'build'), 'artifacts') !== null ||
    patched.some((path) => path === '' || path === '/build' || path.startsWith('/build/artifacts'))
  );
}

/** Profiles are chosen by option or switch themselves on; only for a command it is known whether they do. */
function mayCount(profile: YamlNode, { verb, profiles }: SkaffoldRun): boolean {
  const name = textOf(childOf(profile, 'name'));
  if (profiles === null || name === null || profiles.includes(name)) return true;
  return itemsOf(childOf(profile, 'activation')).some((rule) => {
    const command = textOf(childOf(rule, 'command'));
    return command === null || !/^\w+$/.test(command) || command === verb;
  });
}

const OTHER_BUILDERS = ['ko', 'jib', 'bazel', 'buildpacks', 'custom'];

function artifactOf(node: YamlNode, folder: string): SkaffoldArtifact | null {
  const image = textOf(childOf(node, 'image'));
  // A template in a name is filled in by the run.
  if (image === null || image.includes('{{')) return null;
  if (OTHER_BUILDERS.some((builder) => entryOf(node, builder) !== null)) return { image, source: null };
  const docker = childOf(node, 'docker') ?? childOf(node, 'kaniko');
  const context = repositoryPath(`${folder}${textOf(childOf(node, 'context')) ?? '.'}`);
  const name = textOf(childOf(docker, 'dockerfile')) ?? 'Dockerfile';
  const target = textOf(childOf(docker, 'target'));
  const given = childOf(docker, 'buildArgs');
  const pairs = given?.kind === 'map' ? given.entries : [];
  const dockerfile =
    context === null || name.includes('{{')
      ? null
      : repositoryPath(context === '' ? name : `${context}/${name}`);
  return {
    image,
    source: buildSource({
      dockerfile,
      context: context === null ? null : text(context === '' ? '.' : context),
      target: target === null ? null : text(target),
      arguments: Object.fromEntries(
        pairs.map(({ key, value }) => {
          const content = textOf(value) ?? '';
          const isTemplate = content.includes('{{');
          return [
            key.text,
            isTemplate ? hole(content, 'a template of skaffold.yaml computes it') : text(content),
          ];
        }),
      ),
    }),
  };
}
