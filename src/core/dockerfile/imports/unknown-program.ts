// Programs that nobody knows and that are given an address: what comes in, nobody can tell.
import { readOptions } from '../../shell/options.ts';
import { known, prefix } from '../../value.ts';
import { downloads, streamed } from './download.ts';
import type { Fetch, Fetcher } from './fetch.ts';
import { managerOf } from './package-managers.ts';

const OPTIONS = { valued: [], flags: [] };

/** Programs that print, compare or set what they are given. */
const HARMLESS =
  /^(echo|printf|sed|g?awk|grep|egrep|fgrep|test|\[|\[\[|export|set|unset|jq|yq|tr|cut|head|tail|cat|tee|expr|basename|dirname|true|false|:|read|local|declare|readonly|cosign|openssl|keytool|ssh-keyscan|ssh-keygen|docker|podman|buildah|kubectl|nslookup|dig|host|ping|setx|sort|uniq|xargs|logger|cp|mv|ln|rm|mkdir|touch|chmod|chown|update-alternatives|locale-gen|useradd|adduser|usermod|label|write-\w+|set-\w+|out-\w+|git-lfs|jf|sonar-scanner|aws|gcloud|az|vault|consul|configure|make|cmake|javac|mysql|psql|redis-cli|nginx|patch|diff|cmp|debconf-set-selections|sysctl|ldconfig|dconf|gsettings|env|exit|return|source|\.|eval|powershell|pwsh|cmd|sh|bash|ash|dash|zsh|su|sudo)$/;
/** Verbs of package managers that run the program at an address. */
const RUNS: Readonly<Record<string, RegExp>> = {
  uv: /^run$/,
  bun: /^(run|build|https?:.*)$/,
  deno: /^(compile|bundle|test|bench|serve|check|https?:.*)$/,
};
const ADDRESS = /^(?:[a-z]+\+)?(?:https?|ftps?|sftp|s3|gs|git|rsync):\/\/[^\s/]/i;

/** A program nobody knows, given an address of its own: what it does with it can't be seen. */
export const unknownProgram: Fetcher = (command, stage) => {
  const given = command.invocation.argv.some((word) => ADDRESS.test(prefix(word.value)));
  if (!given || HARMLESS.test(command.name) || command.invocation.entered || /^[-.[$]/.test(command.name))
    return [];
  const { operands } = readOptions(command.invocation.argv.slice(1), OPTIONS);
  // `uv run https://…` is a program; the addresses that package managers are given otherwise are read by them.
  const verb = known(operands[0]?.value ?? []) ?? '';
  const runs = Object.hasOwn(RUNS, command.name) && RUNS[command.name]?.test(verb) === true;
  if (!runs && managerOf(command) !== null) return [];
  const urls = operands.filter((word) => ADDRESS.test(prefix(word.value)));
  return downloads(command, stage, urls, {
    plain: 'no',
    weakened: [],
    output: () => streamed(command, stage),
  }).map(
    (fetch): Fetch => ({
      ...fetch,
      probe: false,
      secureChannel: fetch.secureChannel === 'yes' ? 'yes' : 'unknown',
      verification: { method: 'unknown', location: null },
    }),
  );
};
