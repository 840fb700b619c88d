// Commands that turn files into other files: an image archive stays one when it is compressed, bundled, moved.
import type { Value } from '../../model/value.ts';
import { format, join, known } from '../../value.ts';
import { readCommandLine } from '../command-line.ts';
import type { Effect } from '../effect.ts';
import type { CommandCall, Tool } from '../tool.ts';

const SUFFIXES: Readonly<Record<string, string>> = {
  gzip: '.gz',
  pigz: '.gz',
  bzip2: '.bz2',
  pbzip2: '.bz2',
  xz: '.xz',
  zstd: '.zst',
  zstdmt: '.zst',
  lz4: '.lz4',
  lzma: '.lzma',
  brotli: '.br',
  gpg: '.gpg',
  age: '.age',
};

export const repacking: Tool = {
  id: 'repacking',
  family: 'archive',
  documentation: 'https://www.gnu.org/software/tar/manual/',
  commands: [
    ...Object.keys(SUFFIXES),
    'tar',
    'bsdtar',
    'zip',
    '7z',
    '7za',
    'mv',
    'cp',
    'install',
    'split',
    'ln',
    'cat',
  ],
  command: (call) => effects(call),
  actions: ['thedoctor0/zip-release', 'somaz94/compress-decompress', 'a7ul/tar-action'],
  action: () => [],
  examples: [
    {
      script:
        'docker save acme/api > a.tar; gzip a.tar; tar czf all.tgz a.tar.gz notes; gh release upload v1 all.tgz',
      delivers: ['image-archive a.tar'],
    },
    { script: 'tar czf site.tgz public; gh release upload v1 site.tgz', delivers: [] },
  ],
};

function effects(call: CommandCall): readonly Effect[] {
  const { command } = call;
  const compressor = SUFFIXES[command];
  if (compressor !== undefined) return compressed(call, compressor);
  if (command === 'tar' || command === 'bsdtar') return bundled(call);
  const line = readCommandLine(call.words, {
    values: command === 'split' ? ['-b', '--bytes', '-n', '-l', '-a'] : ['-t', '-m', '-o', '-g', '-x'],
    switches: [],
  });
  const operands = command === '7z' || command === '7za' ? line.operands.slice(1) : line.operands;
  if (command === 'cat')
    return call.output === null || operands.length === 0 ? [] : [repack(call, operands, call.output)];
  const target =
    command === 'zip' || command.startsWith('7z') ? operands[0] : (line.value('-t') ?? operands.at(-1));
  if (target === undefined || operands.length < 2) return [];
  const from =
    command === 'zip' || command.startsWith('7z')
      ? operands.slice(1)
      : operands.filter((path) => path !== target);
  return from.flatMap((path) =>
    command === 'mv' || command === 'cp' || command === 'install' || command === 'ln'
      ? moved(call, path, target)
      : [repack(call, [path], target)],
  );
}

/** A target that may be a folder gets the file inside it; both readings are kept. */
function moved(call: CommandCall, path: Value, target: Value): readonly Effect[] {
  const name = known(path)?.split('/').at(-1);
  const direct = repack(call, [path], target);
  if (name === undefined) return [direct];
  const inside = format(target).endsWith('/') ? join([target, name]) : join([target, '/', name]);
  return [direct, repack(call, [path], inside)];
}

function compressed(call: CommandCall, suffix: string): readonly Effect[] {
  const line = readCommandLine(call.words, {
    values: ['-o', '--output', '-S', '-r', '--recipient', '-T'],
    switches: ['-d', '-c', '-k', '-f', '-9', '--stdout', '--rm'],
  });
  const output = line.value('-o', '--output') ?? (line.on('-c', '--stdout') === 'yes' ? call.output : null);
  if (output !== null) return [repack(call, line.operands, output)];
  return line.operands.map((path) => repack(call, [path], join([path, suffix])));
}

/** `tar czf OUT FILES`, `tar -c -f OUT -C DIR FILES`; extracting makes no archive. */
function bundled(call: CommandCall): readonly Effect[] {
  const [first, ...rest] = call.words;
  const letters = first === undefined ? null : known(first);
  const words: readonly Value[] =
    letters !== null && !letters.startsWith('-') && /^[A-Za-z]+$/.test(letters)
      ? [[`-${letters}`], ...rest]
      : call.words;
  const line = readCommandLine(words, {
    values: [
      '-f',
      '--file',
      '-C',
      '--directory',
      '-T',
      '--files-from',
      '--exclude',
      '-I',
      '--use-compress-program',
      '--transform',
      '--owner',
      '--group',
      '--mtime',
      '--format',
      '--sort',
      '-X',
    ],
    switches: [
      '-c',
      '--create',
      '-z',
      '-j',
      '-J',
      '-v',
      '-x',
      '--extract',
      '-a',
      '-p',
      '-t',
      '--zstd',
      '--gzip',
      '-r',
    ],
  });
  if (line.on('-x', '--extract') === 'yes' || line.on('-t') === 'yes') return [];
  const file = line.value('-f', '--file');
  const output = file === null || known(file) === '-' ? call.output : file;
  if (output === null) return [];
  const folder = line.value('-C', '--directory');
  const from = folder === null ? line.operands : line.operands.map((path) => join([folder, '/', path]));
  return [repack(call, from, output)];
}

function repack(call: CommandCall, from: readonly Value[], to: Value): Effect {
  return { kind: 'repack', from: from.map(call.path), to: call.path(to) };
}
