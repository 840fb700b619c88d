#!/usr/bin/env node
// The command line on the same core as the App: main(argv, effects) → exit code.
import { realpathSync } from 'node:fs';
import { CommanderError } from 'commander';
import { commands } from './cli/commands.ts';
import type { Effects } from './cli/effects.ts';
import { EXIT } from './cli/exit-codes.ts';

/** `argv` without the program's own name. Never throws and never ends the process. */
export async function main(argv: readonly string[], effects: Effects): Promise<number> {
  let exit: number = EXIT.clear;
  const program = commands(effects, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    // Help and version end this way too, with code 0; commander has written what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clear : EXIT.usage;
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    effects.stderr(`clear-to-ship: internal error, please report it:\n${trace}\n`);
    return EXIT.internal;
  }
}

/** Columns where nobody says how wide the terminal is. */
const DEFAULT_COLUMNS = 100;

function processEffects(): Effects {
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    isTTY: { stdout: process.stdout.isTTY ?? false, stderr: process.stderr.isTTY ?? false },
    // Some terminals say 0 when they don't know.
    columns: process.stdout.columns || DEFAULT_COLUMNS,
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
  };
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === import.meta.filename) {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await main(process.argv.slice(2), processEffects());
}
