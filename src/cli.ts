#!/usr/bin/env node
// The command line on the same core as the App: main(argv, effects) → exit code.
import { readFileSync, realpathSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { CheckOptions } from './cli/check.ts';
import type { DeliveriesOptions } from './cli/deliveries.ts';
import type { Effects } from './cli/effects.ts';
import { EXIT, EXIT_HELP } from './cli/exit-codes.ts';
import { CHECK_FORMATS, DELIVERY_FORMATS, VET_FORMATS } from './cli/formats.ts';
import type { InspectOptions } from './cli/inspect.ts';
import type { LedgerOptions } from './cli/ledger.ts';
import type { ManifestOptions } from './cli/manifest.ts';
import type { VetOptions } from './cli/vet.ts';
import { wrap } from './core/report/terminal.ts';

const PULL_REQUEST_HELP =
  'A pull request (https://HOST/OWNER/REPOSITORY/pull/N) needs a token in GITHUB_TOKEN or GH_TOKEN, on another host ' +
  'than github.com in GH_ENTERPRISE_TOKEN. It is judged as the App does; nothing is published.';

const VET_HELP =
  'Credentials are taken from `auths` of Docker’s config.json; credential helpers are not executed. ' +
  'Exit codes: 0 the lineage is known to scratch, 1 it lacks a signature or has a licence that the policy is about, ' +
  '3 something could not be known, 64 wrong usage.';

/** As `package.json` has it. */
const { version: VERSION } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };

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

function commands(effects: Effects, exit: (code: number) => void): Command {
  const program = new Command('clear-to-ship')
    .description('What would this change ship, to whom, and is it cleared?')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: effects.stdout,
      writeErr: effects.stderr,
      getOutHelpWidth: () => effects.columns,
      getErrHelpWidth: () => effects.columns,
    })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EXIT_HELP);

  const target = 'folder of a checkout, saved evidence (.json), or address of a pull request';
  const visibility = new Option('--visibility <who>', 'who may read the repository').choices([
    'public',
    'internal',
    'private',
  ]);

  program
    .command('check')
    .description('judge a working tree against the branch it goes to, or a pull request')
    .argument('[target]', target, '.')
    .option('--base <ref>', 'branch it goes to; without it everything counts as new')
    .addOption(new Option('--format <format>', 'how to report').choices(CHECK_FORMATS).default('text'))
    .option('--policy <file>', 'the policy file of the organisation')
    .addOption(visibility)
    .option('--save-evidence <file>', 'keep what was read, to judge it again')
    .option('-q, --quiet', 'no notes and no progress on stderr')
    .addHelpText('after', () => `\n${wrap(PULL_REQUEST_HELP, effects.columns).join('\n')}\n${EXIT_HELP}`)
    .action(async (path: string, options: CheckOptions) => {
      // Each command loads what it needs: help and a slip of the pen should not wait for parsers.
      const { check } = await import('./cli/check.ts');
      exit(await check(path, options, VERSION, effects));
    });

  program
    .command('deliveries')
    .description('list everything in a repository that takes container material outside')
    .argument('[target]', target, '.')
    .addOption(new Option('--format <format>', 'how to report').choices(DELIVERY_FORMATS).default('text'))
    .addOption(new Option('--graph', 'draw them as a Mermaid graph').conflicts('format'))
    .option('--policy <file>', 'the policy file of the organisation')
    .option('-q, --quiet', 'no notes and no progress on stderr')
    .addHelpText(
      'after',
      '\nExit codes: 0 everything was seen, 3 something could not be read, 64 wrong usage.',
    )
    .action(async (path: string, options: DeliveriesOptions) => {
      const { deliveries } = await import('./cli/deliveries.ts');
      exit(await deliveries(path, options, effects));
    });

  program
    .command('vet')
    .description('follow an image to its bases, down to scratch, as registries show them')
    .argument('<image>', 'name of the image, with tag or digest')
    .addOption(new Option('--format <format>', 'how to report').choices(VET_FORMATS).default('text'))
    .option('--platform <os/arch>', 'which of its platforms; linux/amd64 where there are several')
    .option(
      '--allow-host <host>',
      'a registry to ask beside the well-known public ones; repeatable',
      collected,
    )
    .option('--insecure-host <host>', 'the same, without encryption', collected)
    .option('--policy <file>', 'the policy file of the organisation: whose signatures count, which licences')
    .option('--os-release', 'read os-release from a small layer of the root, for its distribution')
    .option('-q, --quiet', 'no notes and no progress on stderr')
    .addHelpText('after', () => `\n${wrap(VET_HELP, effects.columns).join('\n')}`)
    .action(async (image: string, options: VetOptions) => {
      const { vet } = await import('./cli/vet.ts');
      exit(await vet(image, options, effects));
    });

  program
    .command('inspect')
    .description('show an image from the inside: layers and whose they are, packages, signatures')
    .argument(
      '<image>',
      'name of the image, a tar archive (OCI, docker save), or the folder of an OCI layout',
    )
    .addOption(new Option('--format <format>', 'how to report').choices(VET_FORMATS).default('text'))
    .option('--platform <os/arch>', 'which of its platforms; linux/amd64 where there are several')
    .option('--name <name>', 'which image of an archive that holds several')
    .option('--base <image>', 'an image or archive whose layers may be in it; repeatable', collected)
    .option('--os-release', 'read os-release from a small layer; in archives it is read anyway')
    .option('--offline', 'ask no registry')
    .option(
      '--allow-host <host>',
      'a registry to ask beside the well-known public ones; repeatable',
      collected,
    )
    .option('--insecure-host <host>', 'the same, without encryption', collected)
    .option('--policy <file>', 'the policy file of the organisation: whose signatures count, which licences')
    .option('-q, --quiet', 'no notes and no progress on stderr')
    .addHelpText('after', () => `\n${wrap(VET_HELP, effects.columns).join('\n')}`)
    .action(async (image: string, options: InspectOptions) => {
      const { inspect } = await import('./cli/inspect.ts');
      exit(await inspect(image, options, effects));
    });

  program
    .command('explain')
    .description('say what a rule asks for, why, and what to do')
    .argument('<rule>', 'id of the rule')
    .action(async (id: string) => {
      const { explain } = await import('./cli/explain.ts');
      exit(explain(id, effects));
    });

  program
    .command('manifest')
    .description('print a page whose button creates the GitHub App')
    .argument('<organization>', 'the organisation that is to own it')
    .requiredOption('--server <url>', 'where GitHub reaches the server')
    .option('--github <url>', 'the web pages of GitHub Enterprise Server or GHE.com', 'https://github.com')
    .action(async (organization: string, options: ManifestOptions) => {
      const { manifest } = await import('./cli/manifest.ts');
      exit(manifest(organization, options, effects));
    });

  const ledger = program
    .command('ledger')
    .description('read the App’s record; the store is named by DATABASE_URL or DATA_FOLDER');
  const installation = new Option('--installation <id>', 'only this installation');
  ledger
    .command('verify')
    .description('check every link of the chain')
    .addOption(installation)
    .action(async (options: LedgerOptions) => {
      const { ledgerVerify } = await import('./cli/ledger.ts');
      exit(await ledgerVerify(options, effects));
    });
  ledger
    .command('export')
    .description('print the entries as JSON Lines')
    .addOption(installation)
    .action(async (options: LedgerOptions) => {
      const { ledgerExport } = await import('./cli/ledger.ts');
      exit(await ledgerExport(options, effects));
    });
  ledger
    .command('show')
    .description('show what happened to one pull request')
    .argument('<pull-request>', 'owner/repository#number')
    .action(async (address: string) => {
      const { ledgerShow } = await import('./cli/ledger.ts');
      exit(await ledgerShow(address, effects));
    });

  program
    .command('replay')
    .description('judge the kept evidence of every recorded verdict of a pull request again')
    .argument('<pull-request>', 'owner/repository#number')
    .action(async (address: string) => {
      const { replay } = await import('./cli/ledger.ts');
      exit(await replay(address, effects));
    });

  return program;
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
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
