// The text of a Dockerfile → copies of it, edited as people edit what they take over. Same text, same copies.

export type Edited = { readonly kind: string; readonly text: string };

type Chance = () => number;

const EDITS: readonly (readonly [string, (text: string, chance: Chance) => string])[] = [
  ['unchanged', (text) => text],
  ['reformatted, comments gone', reformatted],
  ['variables renamed', renamedVariables],
  ['packages reordered', reorderedPackages],
  ['versions changed', changedVersions],
  ['other base image', (text) => text.replace(/^(FROM\s+)\S+/gim, '$1registry.example/base/image:2')],
  ['30 % lines added', (text, chance) => addedLines(text, chance, 0.3)],
  ['20 % of lines removed', (text, chance) => removedLines(text, chance, 0.2)],
  ['20 % of steps removed, however long', (text, chance) => removedSteps(text, chance, 0.2)],
  [
    'renamed, reordered, new versions, 30 % added',
    (text, chance) =>
      addedLines(changedVersions(reorderedPackages(renamedVariables(text), chance)), chance, 0.3),
  ],
  [
    'all of it and 20 % of lines removed',
    (text, chance) =>
      reformatted(
        addedLines(
          changedVersions(reorderedPackages(renamedVariables(removedLines(text, chance, 0.2)), chance)),
          chance,
          0.3,
        ),
      ),
  ],
  [
    'all of it and 20 % of steps removed, however long',
    (text, chance) =>
      reformatted(
        removedSteps(
          addedLines(changedVersions(reorderedPackages(renamedVariables(text), chance)), chance, 0.3),
          chance,
          0.2,
        ),
      ),
  ],
];

export const EDIT_KINDS: readonly string[] = EDITS.map(([kind]) => kind);

export function editedCopies(text: string): readonly Edited[] {
  return EDITS.map(([kind, edit]) => ({ kind, text: edit(text, chanceFrom(kind + text)) }));
}

/** A linear congruential generator (Numerical Recipes), seeded by the text's own characters; 0 to 1. */
function chanceFrom(seed: string): Chance {
  let state = [...seed].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function reformatted(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*#(?!\s*(?:escape|syntax)\s*=)/i.test(line) && line.trim() !== '')
    .map((line) => line.replace(/^[ \t]+/, '      '))
    .join('\n');
}

/** Directives, and instructions that a value may be called like: renaming them would make another file of it. */
const NO_VARIABLES = ['escape', 'syntax', 'check', 'ENV', 'ARG', 'RUN', 'COPY', 'ADD', 'USER', 'FROM'];

function renamedVariables(text: string): string {
  const names = new Set(
    [...text.matchAll(/(?:^|[\s;])([A-Za-z_]\w{2,})=/gm), ...text.matchAll(/^(?:ARG|ENV)\s+(\w+)/gim)].map(
      (match) => match[1] ?? '',
    ),
  );
  for (const word of NO_VARIABLES) names.delete(word);
  return text.replace(/(?<![-\w/.])[A-Za-z_]\w{2,}(?![-\w/.])/g, (word) =>
    names.has(word) ? `OUR_${word}_X` : word,
  );
}

/** Neighbouring lines of one word each are a list whose order means nothing. */
function reorderedPackages(text: string, chance: Chance): string {
  const lines = text.split('\n');
  let start = 0;
  for (let at = 0; at <= lines.length; at += 1) {
    if (/^\s+[a-z0-9][\w.+-]*\s*\\$/.test(lines[at] ?? '')) continue;
    const run = lines.slice(start, at);
    lines.splice(start, run.length, ...shuffled(run, chance));
    start = at + 1;
  }
  return lines.join('\n');
}

function shuffled(lines: readonly string[], chance: Chance): readonly string[] {
  return lines
    .map((line) => ({ line, key: chance() }))
    .sort((a, b) => a.key - b.key)
    .map(({ line }) => line);
}

function changedVersions(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32,}\b/gi, (digest) => [...digest].reverse().join(''))
    .replace(/\d+(?=\.\d)|(?<=\d\.)\d+/g, (number) => String(Number(number) + 1));
}

const OWN_LINES = [
  'COPY settings/company.conf /etc/company/settings.conf',
  'RUN useradd --system --home /srv/tool tool && install -d -o tool /srv/tool/state',
  'ENV COMPANY_TOOL_MODE=production',
  'RUN curl -fsSL https://downloads.example/agent.tgz | tar xz -C /opt/agent --strip-components=1',
  'WORKDIR /srv/tool',
  'RUN chmod 0755 /opt/agent/run && ln -s /opt/agent/run /usr/local/bin/agent',
  'COPY --chown=tool certificates/ /usr/local/share/ca-certificates/company/',
  'RUN update-ca-certificates --fresh && locale-gen fi_FI.UTF-8',
];

function addedLines(text: string, chance: Chance, share: number): string {
  const steps = stepsOf(text);
  const count = Math.max(1, Math.round(text.split('\n').length * share));
  // A text of one long step can only be lengthened at its end.
  for (let added = 0; added < count; added += 1) {
    const at = 1 + Math.floor(chance() * steps.length);
    steps.splice(at, 0, OWN_LINES[Math.floor(chance() * OWN_LINES.length)] ?? '');
  }
  return steps.join('\n');
}

function removedSteps(text: string, chance: Chance, share: number): string {
  return stepsOf(text)
    .filter((step) => /^\s*FROM\b/im.test(step) || chance() >= share)
    .join('\n');
}

/** Lines of an instruction but its first, and instructions of one line; those that begin a stage or a longer step stay. */
function removedLines(text: string, chance: Chance, share: number): string {
  const lines = text.split('\n');
  return lines
    .filter((line, at) => {
      const isContinued = /\\\s*$/.test(line);
      const isContinuation = /\\\s*$/.test(lines[at - 1] ?? '');
      const isRemovable = isContinuation ? isContinued : !isContinued && !/^\s*FROM\b/i.test(line);
      return !isRemovable || chance() >= share;
    })
    .join('\n');
}

/** Cut in front of every line that begins an instruction. */
function stepsOf(text: string): string[] {
  return text.split(
    /\n(?=(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|LABEL|RUN|STOPSIGNAL|USER|VOLUME|WORKDIR)\s)/i,
  );
}
