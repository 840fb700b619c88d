// Settings made by earlier commands that switch checks off for later ones.
import { format, known } from '../../value.ts';
import { whole } from './download.ts';
import type { Weakening } from './fetch.ts';
import { gitCommand } from './git.ts';
import type { StageCommand, StageRun, StageWrite } from './stage-commands.ts';

/** Different settings of one stage that are kept in mind. */
const MAX_SETTINGS = 64;

type Setting = { readonly tools: readonly string[]; readonly order: number; readonly weakening: Weakening };

const OFF = /^(false|0|no|off)$/i;
const NODE = ['npm', 'yarn', 'pnpm', 'bun'];

// Files that tools read their defaults from, and what in them weakens.
const FILES: readonly {
  readonly file: RegExp;
  readonly tools: readonly string[];
  readonly content: RegExp;
}[] = [
  { file: /(^|\/)\.?curlrc$/, tools: ['curl'], content: /^\s*(insecure|-k|--insecure)\s*$/m },
  { file: /(^|\/)\.?wgetrc$/, tools: ['wget'], content: /^\s*check_certificate\s*=\s*off\b/im },
  { file: /(^|\/)(\.gitconfig|gitconfig)$/, tools: ['git'], content: /sslverify\s*=\s*(false|0|off)/i },
  { file: /(^|\/)\.?npmrc$/, tools: NODE, content: /strict-ssl\s*=\s*false/i },
  { file: /(^|\/)\.yarnrc(\.yml)?$/, tools: NODE, content: /(?:enableStrictSsl:|strict-ssl)\s*"?false/i },
  { file: /(^|\/)\.?condarc$/, tools: ['conda'], content: /^\s*ssl_verify:\s*(false|no|0)/im },
  { file: /(^|\/)pip\.(conf|ini)$/, tools: ['pip'], content: /trusted-host/i },
  {
    file: /\/etc\/apt\/apt\.conf/,
    tools: ['apt'],
    content:
      /Verify-(Peer|Host)\s+"?false|AllowUnauthenticated\s+"?(true|1)|AllowInsecureRepositories\s+"?(true|1)/i,
  },
  { file: /(^|\/)\.?gemrc$/, tools: ['gem'], content: /:ssl_verify_mode:\s*0/ },
  {
    file: /\/etc\/(yum|dnf\/dnf)\.conf$/,
    tools: ['yum', 'dnf'],
    content: /(sslverify|gpgcheck)\s*=\s*(0|false)/i,
  },
];

export function settingsOf(run: StageRun): (tool: string, order: number) => readonly Weakening[] {
  let distinct: readonly Setting[] | null = null;
  return (tool, order) => {
    distinct ??= distinctSettings(run);
    if (distinct.length === 0) return NONE;
    return distinct
      .filter((one) => one.order < order && one.tools.includes(tool))
      .map((one) => one.weakening);
  };
}

const NONE: readonly Weakening[] = [];

function distinctSettings(run: StageRun): readonly Setting[] {
  // The same setting made again changes nothing.
  const settings = new Map<string, Setting>();
  for (const one of [...run.commands.flatMap(fromCommand), ...fromFiles(run), ...fromConfigurations(run)]) {
    if (!settings.has(one.weakening.option)) settings.set(one.weakening.option, one);
  }
  return [...settings.values()].slice(0, MAX_SETTINGS);
}

const SETTERS =
  /^(?:git|npm|yarn|pnpm|bun|pip[\d.]*|bundler?|conda|mamba|composer|go|dnf5?|yum-config-manager|apt(?:-get)?|sed|poetry|alias)$/;

/** What commands set for later ones, by the words after their name. */
const LINES: readonly { readonly name: RegExp; readonly line: RegExp; readonly tools: readonly string[] }[] =
  [
    {
      name: /^(npm|yarn|pnpm|bun)$/,
      line: /^(config )?set (-\S+ )*"?(strict-ssl|enableStrictSsl)"?[= ]+"?false/i,
      tools: NODE,
    },
    { name: /^bundler?$/, line: /^config .*ssl_verify_mode 0/, tools: ['bundler'] },
    { name: /^(conda|mamba)$/, line: /^config .*--set ssl_verify (false|no|0)/i, tools: ['conda'] },
    {
      name: /^composer$/,
      line: /^(global )?config .*(disable-tls (true|1)|secure-http (false|0))/,
      tools: ['composer'],
    },
    {
      name: /^go$/,
      line: /^env -w .*(GOINSECURE=\S|GOSUMDB=off|GONOSUMDB=\*|GOFLAGS=\S*-insecure)/,
      tools: ['go'],
    },
    {
      name: /^(dnf5?|yum-config-manager)$/,
      line: /(gpgcheck|sslverify)=(0|false)\b/i,
      tools: ['yum', 'dnf'],
    },
    {
      name: /^apt(-get)?$/,
      line: /AllowInsecureRepositories="?(true|1)|AllowUnauthenticated="?(true|1|yes)|Verify-(Peer|Host)="?(false|0)/i,
      tools: ['apt'],
    },
    {
      name: /^sed$/,
      line: /s([|#/,!@])(?:(?!\1).)*\1(?:(?!\1).)*(?:gpgcheck\s*=\s*0\b|sslverify\s*=\s*(?:0|false)\b).*\/(?:yum|dnf)/i,
      tools: ['yum', 'dnf'],
    },
    {
      name: /^sed$/,
      line: /(?:\[[^\]]*\btrusted=yes|\bTrusted:\s*yes|\ballow-insecure[=:]\s*yes).*\/apt\/sources\.list/i,
      tools: ['apt'],
    },
    { name: /^sed$/, line: /SigLevel\s*=\s*(Never|Optional TrustAll).*pacman\.conf/, tools: ['pacman'] },
    { name: /^poetry$/, line: /^config certificates\.\S+\.cert false/, tools: ['poetry'] },
    { name: /^alias$/, line: /^"?curl=["']?curl .*(-[a-zA-Z]*k\b|--insecure)/, tools: ['curl'] },
    { name: /^alias$/, line: /^"?wget=["']?wget .*--no-check-cert/, tools: ['wget'] },
  ];

function fromCommand(command: StageCommand): readonly Setting[] {
  if (!SETTERS.test(command.name)) return [];
  const words = command.invocation.argv.slice(1).map((word) => known(word.value) ?? '');
  const line = words.join(' ');
  const weakening = { option: `${command.name} ${line}`.slice(0, 120), location: whole(command) };
  const make = (tools: readonly string[]) => [{ tools, order: command.order, weakening }];
  if (command.name === 'git' && gitCommand(command).verb === 'config') {
    const index = words.findIndex((word) => /^http\.(.*\.)?sslverify$/i.test(word));
    // What was asked for over TLS comes over an open channel.
    const isOpened = words.some((word) => /^url\.(?:http|git|ftp):\/\/.*\.(?:push)?insteadof$/i.test(word));
    return isOpened || (index >= 0 && OFF.test(words[index + 1] ?? '')) ? make(['git']) : [];
  }
  const found = LINES.find((one) => one.name.test(command.name) && one.line.test(line));
  if (found !== undefined) return make(found.tools);
  if (/^pip[\d.]*$/.test(command.name) && /config set \S*trusted-host/.test(line)) return make(['pip']);
  return [];
}

/** Variables that name a file of settings, by the name such a file usually has. */
const NAMED: Readonly<Record<string, string>> = {
  WGETRC: '/.wgetrc',
  PIP_CONFIG_FILE: '/pip.conf',
  NPM_CONFIG_USERCONFIG: '/.npmrc',
  npm_config_userconfig: '/.npmrc',
  GIT_CONFIG_GLOBAL: '/.gitconfig',
  GIT_CONFIG_SYSTEM: '/.gitconfig',
  GEMRC: '/.gemrc',
  APT_CONFIG: '/etc/apt/apt.conf',
};

function namedByVariable(target: string, { instruction }: StageWrite): (typeof FILES)[number] | undefined {
  for (const [variable, usual] of Object.entries(NAMED)) {
    const path = instruction.environment.get(variable);
    if (path !== undefined && format(path) === target) return FILES.find((one) => one.file.test(usual));
  }
  return undefined;
}

function fromFiles(run: StageRun): readonly Setting[] {
  return run.writes.flatMap((write) => {
    const target = format(write.target);
    const found = FILES.find((one) => one.file.test(target)) ?? namedByVariable(target, write);
    const option = found?.content.exec(format(write.content))?.[0];
    if (found === undefined || option === undefined) return [];
    const last = run.commands.findLast(
      (one) => one.instruction === write.instruction && positionBefore(one, write.location.range.start),
    );
    const order = last?.order ?? -1;
    return [{ tools: found.tools, order, weakening: { option: option.trim(), location: write.location } }];
  });
}

function fromConfigurations(run: StageRun): readonly Setting[] {
  return run.configured.flatMap(({ path, text, locate, order }) => {
    const found = FILES.find((one) => one.file.test(path));
    const match = found?.content.exec(text);
    if (found === undefined || match === undefined || match === null) return [];
    const location = locate(match.index, match.index + match[0].length);
    return [{ tools: found.tools, order, weakening: { option: match[0].trim(), location } }];
  });
}

function positionBefore(
  command: StageCommand,
  place: { readonly line: number; readonly column: number },
): boolean {
  const start = whole(command).range.start;
  return start.line < place.line || (start.line === place.line && start.column <= place.column);
}
