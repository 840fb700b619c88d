// The text of a program in any language but a shell's → the calls in it that fetch something, and the addresses they name.

export type ProgramCall = {
  /** As written, `OPEN` where the program puts something in; null where the text does not say it. */
  readonly address: string | null;
  /** The file it is written to, where the call says so. */
  readonly file: string | null;
  /** Offsets of what names it in the text: the address, else the call. */
  readonly start: number;
  readonly end: number;
  /** Whether what arrives is run as a program. */
  readonly isRun: boolean;
};

/** Stands for what a program puts into an address when it runs. */
export const OPEN = '\u{f8fe}';

/** UTF-16 length of a program that is searched. */
const MAX_LENGTH = 100_000;
/** Calls of one program that are told. */
const MAX_CALLS = 64;

const SCHEME = String.raw`(?:https?|ftps?|wss?):\/\/`;
const LITERAL = String.raw`[rbuf]{0,2}(?<quote>["'\x60])(?<address>${SCHEME}[^"'\x60\s]{1,2000})\k<quote>`;

/** `url = "https://…"`, `u := …`, `u <- …`, Tcl's `set u https://…`, Perl's and PHP's `$u`. */
const ASSIGNED = new RegExp(
  String.raw`(?:\$?\b(?<name>\w{1,80})\s*(?::=|=|<-)\s*(?:URI\(|URI\.parse\()?${LITERAL}|\bset\s+(?<set>\w{1,80})\s+["{]?(?<held>${SCHEME}[^\s"}\];]{1,2000}))`,
  'g',
);

/** Calls that mean a fetch whatever they are given. */
const SURE = [
  // Python: urllib, requests, httpx, and packages of that purpose.
  String.raw`\b(?:urlretrieve|urlopen)`,
  String.raw`\b(?:requests|httpx|session)\.(?:get|post|request|stream)`,
  String.raw`\b(?:wget|gdown)\.download`,
  // Ruby: open-uri and net/http.
  String.raw`\b(?:URI|OpenURI)\.(?:open|open_uri)`,
  String.raw`\bNet::HTTP\.(?:get|get_response|get_print|post|start)`,
  // Perl: LWP::Simple.
  String.raw`\bgetstore`,
  // PHP.
  String.raw`\b(?:curl_init|fsockopen|stream_socket_client)`,
  // Node, Deno, Bun and browsers' names.
  String.raw`(?<![.\w])(?<!(?:def|function|sub|func|fn|require)\s)(?:fetch|axios(?:\.\w{1,10})?)`,
  String.raw`\b(?:https?|Deno|Bun)\.(?:get|request|fetch)`,
  String.raw`\brequire\(["']https?["']\)\.(?:get|request)`,
  // Lua, Tcl, R, Julia, Java, Groovy, Emacs Lisp, Elixir.
  String.raw`\bhttp::geturl`,
  String.raw`\bdownload\.file`,
  String.raw`\b(?:Downloads\.download|HTTP\.get)`,
  String.raw`\burl-(?:copy-file|retrieve(?:-synchronously)?|insert-file-contents)`,
  String.raw`:httpc\.request|\bReq\.get!?`,
];

/** Calls of any purpose that fetch where they are given an address. */
const MAYBE = [
  String.raw`\b(?:file_get_contents|copy|fopen|readfile|readLines|source|read\.csv|url|get|open|fetch|mirror|request|download|download_file|geturl|connect|import|importScripts|include|require|WebSocket|URL)`,
];

/** Connections, whose address may be told elsewhere in the program. */
const OPENERS =
  /(?:\b(?:HTTPS?Connection|FTP(?:_TLS)?|create_connection|TCPSocket\.(?:new|open)|Net::HTTP\.new|(?:net|tls)\.connect|Socket::INET6?->new|socket\.connect|LWP::UserAgent->new|HTTP::Tiny->new|httpx?\.Client|aiohttp\.ClientSession|pycurl\.Curl|Mix\.install|openStream|toURL)\s*\(|\/inet[46]?\/(?:tcp|udp)\/\w*\/[\w.-]+\/\w+|(?<=\[|^|;)\s*socket\s+[\w.-]+\.[\w.-]+\s+\d+)/gm;

const CALLS = new RegExp(
  String.raw`(?:(?<sure>${SURE.join('|')})|${MAYBE.join('|')})(?:\s*\(\s*|\s+(?=["'$]|https?:))`,
  'g',
);
/** What may stand around an address in front of it: `URI("…")`, `new URL(…)`, `url = …`, `"GET", …`. */
const ARGUMENT = new RegExp(
  String.raw`^(?:(?:url|uri|method|src|href)\s*[=:]\s*)?(?:["'](?:GET|POST)["']\s*,\s*)?(?:(?:URI(?:\.parse)?|new\s+URL|(?:urllib\.request\.)?Request|url|URI\.create)\s*\(\s*)*(?:url\s*=\s*)?(?:${LITERAL}|(?<bare>${SCHEME}[^\s"'\])};]{1,2000})|\{[^{}]{0,200}?\bhost(?:name)?["']?\s*:\s*["'](?<host>[\w.-]+)["']|(?<variable>\$?[A-Za-z_]\w{0,79}))`,
);
const BEHIND =
  /^\s*(?:([+%]|\.\s*(?:format|concat)\b|\.\s*["'$]|\s\.\s+\w)|,\s*[rbuf]?["']([^"'\s]{1,500})["'])/;
/** `URI.parse("…").read`, `"…".toURL().text`: the address in front of what is done with it. */
const METHODS = new RegExp(
  String.raw`${LITERAL}\s*\)*\s*\.(?:read|open|open_uri|text|openStream|getText|toURL|to_url)\b`,
  'g',
);

// Commands for the shell inside a program: `os.system("curl https://…")`, `['curl', '-O', 'https://…']`.
const SHELLED = /\b(?:curl|wget)\b[^"'\n|;]{0,400}?((?:https?|ftp):\/\/[^\s"'|;)\\\]]+)/g;
const LISTED = /["'](?:curl|wget)["']\s*,[^\])\n]{0,400}?["']((?:https?|ftp):\/\/[^\s"']+)["']/g;

/** Where models come from by name: https://huggingface.co/docs/huggingface_hub, https://pytorch.org/docs/stable/hub.html */
const HUBS = [
  {
    base: 'https://huggingface.co/',
    call: /\b(?:from_pretrained|snapshot_download|hf_hub_download|SentenceTransformer|load_dataset)\s*\(\s*(?:repo_id\s*=\s*)?["']([\w-][\w.-]*(?:\/[\w.-]+)?)["']/g,
  },
  {
    base: 'https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/packages/',
    call: /\bnltk\.download\s*\(\s*["']([\w-]+)["']/g,
  },
  { base: 'https://github.com/', call: /\btorch\.hub\.load\s*\(\s*["']([\w.-]+\/[\w.:-]+)["']/g },
];

const RUNS =
  /(?:\b(?:exec|eval|source|system|loadstring|load|popen|include|require|instance_eval)\b|`)[\s("'@]*(?:[\w.:]+[\s(]+){0,3}$/;
const RUN_LATER = /\.then\(\s*(?:eval|\(?\w+\)?\s*=>\s*eval)/;

/** What a program fetches, in the order of its text; each address once. */
export function callsIn(given: string): readonly ProgramCall[] {
  const text = given.length > MAX_LENGTH ? given.slice(0, MAX_LENGTH) : given;
  if (!HINT.test(text)) return [];
  const variables = new Map<string, string>();
  for (const match of text.matchAll(ASSIGNED)) {
    const { name, set, address, held } = match.groups ?? {};
    const end = match.index + match[0].length;
    variables.set(name ?? set ?? '', withHoles(address ?? held ?? '') + continued(text.slice(end, end + 40)));
  }
  const found: ProgramCall[] = [];
  const add = (address: string | null, file: string | null, start: number, end: number, isRun = false) => {
    found.push({ address, file, start, end, isRun });
  };
  for (const match of text.matchAll(CALLS)) {
    const from = match.index + match[0].length;
    const rest = text.slice(from, from + 2_100);
    const argument = ARGUMENT.exec(rest);
    const isSure = match.groups?.sure !== undefined;
    const after = argument === null ? '' : rest.slice(argument[0].length);
    const [, open, file = null] = BEHIND.exec(after.replace(/^\s*\)/, '')) ?? BEHIND.exec(after) ?? [];
    const { address, bare, host, variable } = argument?.groups ?? {};
    const literal = address ?? bare ?? host;
    const isRun = isRunHere(text, match.index, from);
    if (literal !== undefined) {
      const start = from + (argument?.[0].lastIndexOf(literal) ?? 0);
      add(
        (host === undefined ? '' : 'https://') + withHoles(literal) + (open === undefined ? '' : OPEN),
        file,
        start,
        start + literal.length,
        isRun,
      );
      continue;
    }
    const held = variable === undefined ? undefined : variables.get(variable.replace(/^\$/, ''));
    if (held !== undefined) add(held, file, match.index, from + (argument?.[0].length ?? 0), isRun);
    else if (isSure) add(null, null, match.index, callEnd(text, from), isRun);
  }
  for (const match of text.matchAll(METHODS)) {
    const { address = '' } = match.groups ?? {};
    const start = match.index + match[0].indexOf(address);
    add(withHoles(address), null, start, start + address.length, isRunHere(text, match.index, match.index));
  }
  for (const pattern of [SHELLED, LISTED])
    for (const match of text.matchAll(pattern)) {
      const address = match[1] ?? '';
      const end = match.index + match[0].length;
      add(address, null, end - address.length, end);
    }
  for (const { base, call } of HUBS)
    for (const match of text.matchAll(call))
      add(`${base}${match[1] ?? ''}`, null, match.index, match.index + match[0].length);
  if (found.length === 0)
    for (const match of text.matchAll(OPENERS)) {
      const end = match.index + match[0].length;
      add(peerOf(match[0], text.slice(end, end + 300)), null, match.index, callEnd(text, end));
    }
  return distinct(found).slice(0, MAX_CALLS);
}

/** Programs without any of these words fetch nothing that could be told. */
const HINT =
  /:\/\/|http|urlopen|urlretrieve|requests|fetch|Net::HTTP|URI\.|LWP|HTTP|Socket|socket|connect|FTP|curl|wget|download|inet|axios|Mix|getstore|_pretrained|SentenceTransformer|load_dataset|hub\.load|toURL|url-/;

/** `{name}`, `#{name}`, `${name}`, `%s`: what the program puts into a text. */
function withHoles(literal: string): string {
  return literal.replace(/[#$]?\{[^{}]{0,200}\}|%s/g, OPEN);
}

function continued(after: string): string {
  return /^\s*(?:[+%]|\.\s*(?:format|concat)\b|\.\s*["'$])/.test(after) ? OPEN : '';
}

function isRunHere(text: string, start: number, end: number): boolean {
  return RUNS.test(text.slice(Math.max(0, start - 80), start)) || RUN_LATER.test(text.slice(end, end + 200));
}

/** The other end of a connection, as an address. */
function peerOf(opener: string, rest: string): string | null {
  const inline = /\/inet[46]?\/(\w+)\/\w*\/([\w.-]+)\/(\w+)/.exec(opener);
  if (inline !== null) return `${inline[1]}://${inline[2]}:${inline[3]}`;
  const words = /socket\s+([\w.-]+)\s+(\d+)/.exec(opener);
  if (words !== null) return `tcp://${words[1]}:${words[2]}`;
  const named = /^\(?\s*["']([\w.-]+)(?::(\d+))?["'](?:\s*,\s*(\d+))?/.exec(rest);
  if (named === null) return null;
  const [, host = '', joined, port = joined] = named;
  const scheme = /HTTPS/.test(opener)
    ? 'https'
    : /HTTP/.test(opener)
      ? 'http'
      : /FTP/.test(opener)
        ? 'ftp'
        : 'tcp';
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
}

/** The end of the call's line, or of its arguments where these are short. */
function callEnd(text: string, from: number): number {
  const rest = text.slice(from, from + 60);
  const end = rest.search(/[)\n;]/);
  return end < 0 ? from + rest.trimEnd().length : from + end + (rest.charAt(end) === ')' ? 1 : 0);
}

function distinct(calls: readonly ProgramCall[]): readonly ProgramCall[] {
  const each = new Map<string, ProgramCall>();
  for (const call of [...calls].sort((left, right) => left.start - right.start)) {
    const key = call.address ?? `${call.start}`;
    const before = each.get(key);
    if (before === undefined) each.set(key, call);
    else if (call.isRun && !before.isRun) each.set(key, { ...before, isRun: true });
  }
  return [...each.values()];
}
