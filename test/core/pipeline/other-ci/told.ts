// Deliveries of one CI file with the events under which they happen, as short texts.
import { found, short } from '../judged.ts';

/** `KIND HOST/REPOSITORY:TAG` followed by ` @ EVENT FILTER, …`; `?` behind what only may happen. */
export function told(
  path: string,
  content: string,
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  return found({ ...files, [path]: content })
    .deliveries.map((delivery) => {
      const events = delivery.triggers.map(
        ({ event, filter, happens }) =>
          `${event}${filter === null ? '' : ` ${filter}`}${happens === 'unknown' && delivery.happens === 'yes' ? '?' : ''}`,
      );
      return `${short(delivery)} @ ${events.join(', ')}`;
    })
    .sort();
}

/** Only what is delivered, each once. */
export function delivered(
  path: string,
  content: string,
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  return [...new Set(told(path, content, files).map((line) => line.replace(/ @ .*$/, '')))];
}

/** Lines of the deciding places. */
export function linesOf(
  path: string,
  content: string,
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  return found({ ...files, [path]: content }).deliveries.map(
    ({ location }) => `${location.path}:${location.range.start.line}`,
  );
}
