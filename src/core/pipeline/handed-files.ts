// Files that a command hands to a machine elsewhere (manifests, plans, playbooks) → those that speak of pushing images.

import type { Value } from '../model/value.ts';
import { known } from '../value.ts';
import { type Effect, opaqueEffect } from './effect.ts';
import { type Files, isGap } from './files.ts';
import { speaksOfPushing } from './handed-text.ts';

/** Files that are read for one command. */
const FILE_COUNT = 200;

/** Builders and pushes as manifests, Terraform, Pulumi, CDK, Ansible and Packer name them. */
const BUILDS =
  /\bkaniko-project\/|\bdocker_registry_image\b|\bDockerImageAsset\b|\bContainerImage\.fromAsset\b|\bRegistryImage\b|\bdocker[-_](?:native|build)?\w*\.Image\b|\bdocker:(?:index\/)?(?:image:)?Image\b|\bnew docker(?:Build)?\.Image\b|\b(?:ecr|awsx\.ecr)\.Image\b|["\s]docker-push\b|\bdocker_image_push\b|\bquay\.io\/buildah\b/;
const ANSIBLE_IMAGE = /\b(?:docker_image|podman_image)\b/;
const ANSIBLE_PUSH = /^[ \t]*(?:-[ \t]*)?push:\s*(?:true|yes|on)\b|\bpush[:=]\s*(?:true|yes)\b/im;

/** What is known of a file of this snapshot, by blob: commands of one pipeline name the same files. */
const SPEAKING = new WeakMap<Files, Map<string, boolean>>();

/** Files below a folder with one of these endings, sorted. */
export function filesBelow(files: Files, folder: string, ending: RegExp): readonly string[] {
  const inside = folder === '' || folder === '.' ? '' : `${folder}/`;
  return files.list().filter((path) => path.startsWith(inside) && ending.test(path));
}

/** Files below a value that names a file or a folder; null when it is not known. */
export function filesAt(files: Files, place: Value, ending: RegExp): readonly string[] | null {
  const path = known(place);
  if (path === null) return null;
  const clean = path.replace(/(?<!\/)\/+$/, '');
  return files.has(clean) ? [clean] : filesBelow(files, clean, ending);
}

/** An effect that can't be seen into when one of the files speaks of pushing, or too many would have to be read. */
export function handedFiles(what: string, paths: readonly string[], files: Files): Effect | null {
  const read = paths.slice(0, FILE_COUNT);
  const speaking = read.filter((path) => speaks(path, files));
  if (speaking.length > 0) {
    const [first = ''] = speaking;
    const more = speaking.length > 1 ? ` and ${speaking.length - 1} more` : '';
    return unseenFiles(
      what,
      `${first}${more} speaks of pushing images, and what runs it is not followed`,
      read,
      files,
    );
  }
  if (paths.length <= FILE_COUNT) return null;
  return {
    ...unseenFiles(what, `it is made of more than ${FILE_COUNT} files, and not all were read`, read, files),
    needsCredentials: true,
  };
}

type Opaque = Extract<Effect, { kind: 'opaque' }>;

function unseenFiles(what: string, doubt: string, paths: readonly string[], files: Files): Opaque {
  const effect = opaqueEffect({
    what,
    content: [what, ...paths.map((path) => `${path} ${files.oid(path)}`)],
    doubt: { what: doubt, settledBy: 'push with a command that can be read, or approve it as it is' },
  });
  return effect as Opaque;
}

function speaks(path: string, files: Files): boolean {
  const oid = files.oid(path);
  const known = SPEAKING.get(files) ?? new Map<string, boolean>();
  SPEAKING.set(files, known);
  const found = oid === null ? undefined : known.get(oid);
  if (found !== undefined) return found;
  const read = files.read(path);
  if (read === null || read === 'unread' || isGap(read)) return false;
  const answer = speaksOfImages(read.text);
  if (oid !== null) known.set(oid, answer);
  return answer;
}

export function speaksOfImages(text: string): boolean {
  return BUILDS.test(text) || speaksOfPushing(text) || (ANSIBLE_IMAGE.test(text) && ANSIBLE_PUSH.test(text));
}
