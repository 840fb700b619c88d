// `sed -i` on the lists of package managers: the places that it puts there.
import type { Value } from '../../model/value.ts';
import { format, hole, known, text } from '../../value.ts';
import { whole } from './download.ts';
import { channelOf, type Fetcher, isLocal } from './fetch.ts';
import { isRepositoryList, repository } from './repositories.ts';

/** `s|old|new|`, with any sign between its parts; `\|` is the sign itself. */
const SUBSTITUTION = /(?:^|[;{\s\d,$/!])s([^\w\s\\])((?:\\.|(?!\1)[^\\\n])*)\1((?:\\.|(?!\1)[^\\\n])*)\1/g;
/** `1i deb …`, `$ a deb …`, `c\deb …`: lines that are put in. */
const LINE = /(?:^|[\d$/;{\s])[aic]\\?\s*((?:deb|https?:)[^\n;}]*)/g;
const ADDRESS = /(?:https?|ftp):\/\/[^\s'"\])}]+/;
const HOST = /^(?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:\/[\w./-]*)?)/i;

/** The new places stand in what replaces the old ones; the old ones in what is looked for. */
export const editedLists: Fetcher = (command) => {
  const words = command.invocation.argv.slice(1);
  const file = words.find((word) => isRepositoryList(format(word.value)));
  if (file === undefined || !words.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(known(word.value) ?? '')))
    return [];
  const isSigned = isRepositoryList(format(file.value)) === 'signed';
  const found = new Map<string, Value>();
  for (const word of words) {
    if (word === file) continue;
    const script = format(word.value);
    const added = [
      ...[...script.matchAll(SUBSTITUTION)].map(([, , , put = '']) => put),
      ...[...script.matchAll(LINE)].map(([, line = '']) => line),
    ];
    for (const put of added) {
      const plain = put.replace(/\\(.)/g, '$1');
      const address = ADDRESS.exec(plain)?.[0] ?? HOST.exec(plain)?.[1];
      if (address !== undefined) found.set(address, withHoles(address));
    }
  }
  return [...found.values()]
    .filter((source) => !isLocal(source))
    .map((source) =>
      repository(
        source,
        whole(command),
        command.order,
        channelOf(source, 'unknown'),
        isSigned ? 'signature' : 'none',
        [],
      ),
    );
};

function withHoles(address: string): Value {
  const cut = address.search(/[$`\\]/);
  if (cut < 0) return text(address);
  return [address.slice(0, cut), ...hole(address.slice(cut), 'the script decides it when it runs')].filter(
    (part) => part !== '',
  );
}
