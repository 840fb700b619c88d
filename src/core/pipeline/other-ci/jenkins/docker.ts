// Calls of Jenkins' Docker plugin → builds and pushes: `docker.build(…)`, `image.push(…)`, both in one.
import type { Value } from '../../../model/value.ts';
import { format, hole, join, text } from '../../../value.ts';
import type { Place } from '../../act.ts';
import { buildSource, PLAIN, pushEffect } from '../../effect.ts';
import { locate } from '../../source-text.ts';
import { addAct } from '../run.ts';
import type { Frame } from './frame.ts';
import type { GroovyToken } from './groovy.ts';
import { argumentsOf, expressionValue } from './texts.ts';

/** The name of `docker.build('name', …)` or `docker.image('name')`. */
export function imageValue(tokens: readonly GroovyToken[], frame: Frame): Value | null {
  const [first, second] = tokens;
  if (first?.kind !== 'word') return null;
  if (!/^docker\.(build|image)$/.test(first.text)) return frame.images.get(first.text) ?? null;
  const [argument] = argumentsOf(second, tokens.slice(1));
  return argument === undefined ? null : expressionValue(argument, frame);
}

export function registryHost(url: Value | null): Value | null {
  if (url === null || url.length === 0) return null;
  const [first, ...rest] = url;
  if (typeof first !== 'string') return url;
  const host = first.replace(/^https?:\/\//, '');
  const ends = rest.length === 0 ? host.replace(/\/.*$/s, '') : host;
  return /^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)/.test(ends)
    ? null
    : [...text(ends), ...rest];
}

/** `docker.build(…)`, `x.push(…)`, and the two in one. */
export function dockerCall(
  token: Extract<GroovyToken, { kind: 'word' }>,
  list: readonly (readonly GroovyToken[])[],
  rest: readonly GroovyToken[],
  frame: Frame,
  place: Place,
): boolean {
  const made = /^docker\.(build|image)$/.exec(token.text);
  if (made !== null) {
    const image = imageValue([token, ...rest], frame);
    if (image === null) return false;
    if (made[1] === 'build') {
      const options = list[1] === undefined ? null : expressionValue(list[1], frame);
      const file = options === null ? null : (/(?:-f|--file)[ =](\S+)/.exec(format(options))?.[1] ?? null);
      const source = buildSource({ dockerfile: file ?? 'Dockerfile', context: text('.') });
      addAct(
        frame.ledger,
        place,
        { kind: 'build', names: [image], source, options: PLAIN },
        {
          tool: 'jenkins-docker',
          family: 'docker-build',
          location: locate(frame.source, token.start, token.end),
        },
      );
    }
    const push = rest.findIndex((one) => one.kind === 'word' && one.text === 'push');
    const given = rest[push + 1];
    if (push !== -1) pushImage(image, tagOf(given, frame), frame.registry, frame, place, rest[push] ?? token);
    return true;
  }
  const pushed = /^(.+)\.push$/.exec(token.text);
  const [given] = rest;
  if (pushed === null || given?.kind !== 'group' || given.open !== '(') return false;
  const image = frame.images.get(pushed[1] ?? '') ?? null;
  if (image === null && /^(git|scm|list|\w+s)$/.test(pushed[1] ?? '')) return false;
  const named = tagOf(given, frame);
  if (image === null && named !== null && format(named).includes('/')) {
    // Artifactory's plugin is given the whole name.
    addAct(frame.ledger, place, pushEffect({ names: [named] }), {
      tool: 'jenkins-docker',
      family: 'docker-push',
      location: locate(frame.source, token.start, token.end),
    });
    return true;
  }
  pushImage(
    image ?? hole(pushed[1] ?? 'image', 'a variable of the Jenkinsfile holds the image'),
    tagOf(given, frame),
    image === null ? null : frame.registry,
    frame,
    place,
    token,
  );
  return true;
}

function tagOf(given: GroovyToken | undefined, frame: Frame): Value | null {
  const [argument] = argumentsOf(given, []);
  return argument === undefined
    ? null
    : (expressionValue(argument, frame) ?? hole('tag', 'Groovy computes it'));
}

/** An image of the Docker plugin: where `push` sends it. Inside `withRegistry` names get that host. */
function pushImage(
  image: Value,
  tag: Value | null,
  registry: Value | null,
  frame: Frame,
  place: Place,
  token: GroovyToken,
): void {
  const host = registry === null ? '' : format(registry);
  const whole =
    registry === null || host === '' || format(image).startsWith(`${host}/`)
      ? image
      : join([registry, '/', image]);
  const bare = tag === null ? whole : join([withoutTag(whole), ':', tag]);
  addAct(frame.ledger, place, pushEffect({ names: [bare], origins: [image] }), {
    tool: 'jenkins-docker',
    family: 'docker-push',
    location: locate(frame.source, token.start, token.end),
  });
}

function withoutTag(image: Value): Value {
  const last = image.at(-1);
  if (typeof last !== 'string')
    return image.length > 1 && /:$/.test(String(image.at(-2)))
      ? [...image.slice(0, -2), ...text(String(image.at(-2)).slice(0, -1))]
      : image;
  const colon = last.lastIndexOf(':');
  return colon > last.lastIndexOf('/') ? [...image.slice(0, -1), ...text(last.slice(0, colon))] : image;
}
