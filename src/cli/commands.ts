// What can be asked for on the command line: every command with its options, and what runs it.
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { wrap } from '../core/report/terminal.ts';
import type { CheckOptions } from './check.ts';
import type { DeliveriesOptions } from './deliveries.ts';
import type { Effects } from './effects.ts';
import { EXIT_HELP } from './exit-codes.ts';
import { CHECK_FORMATS, DELIVERY_FORMATS, VET_FORMATS } from './formats.ts';
import type { InspectOptions } from './inspect.ts';
import type { LedgerOptions } from './ledger.ts';
import type { ManifestOptions } from './manifest.ts';
import type { VetOptions } from './vet.ts';

const PULL_REQUEST_HELP =
  'A pull request (https://HOST/OWNER/REPOSITORY/pull/N) needs a token in GITHUB_TOKEN or GH_TOKEN, on another host ' +
  'than github.com in GH_ENTERPRISE_TOKEN. It is judged as the App does; nothing is published.';

const VET_HELP =
  'Credentials are taken from `auths` of Docker’s config.json; credential helpers are not executed. ' +
  'Exit codes: 0 the lineage is known to scratch, 1 it lacks a signature or has a licence that the policy is about, ' +
  '3 something could not be known, 64 wrong usage.';

/** As `package.json` has it. */
const { version: VERSION } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };

/** `exit` is told the code that a command ends with. */
export function commands(effects: Effects, exit: (code: number) => void): Command {
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

  const imageCommand = ofImages(effects);
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
      const { check } = await import('./check.ts');
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
      const { deliveries } = await import('./deliveries.ts');
      exit(await deliveries(path, options, effects));
    });

  imageCommand(program.command('vet'))
    .description('follow an image to its bases, down to scratch, as registries show them')
    .argument('<image>', 'name of the image, with tag or digest')
    .option('--os-release', 'read os-release from a small layer of the root, for its distribution')
    .action(async (image: string, options: VetOptions) => {
      const { vet } = await import('./vet.ts');
      exit(await vet(image, options, effects));
    });

  imageCommand(program.command('inspect'))
    .description('show an image from the inside: layers and whose they are, packages, signatures')
    .argument(
      '<image>',
      'name of the image, a tar archive (OCI, docker save), or the folder of an OCI layout',
    )
    .option('--name <name>', 'which image of an archive that holds several')
    .option('--base <image>', 'an image or archive whose layers may be in it; repeatable', collected)
    .option('--os-release', 'read os-release from a small layer; in archives it is read anyway')
    .option('--offline', 'ask no registry')
    .action(async (image: string, options: InspectOptions) => {
      const { inspect } = await import('./inspect.ts');
      exit(await inspect(image, options, effects));
    });

  program
    .command('explain')
    .description('say what a rule asks for, why, and what to do')
    .argument('<rule>', 'id of the rule')
    .action(async (id: string) => {
      const { explain } = await import('./explain.ts');
      exit(explain(id, effects));
    });

  program
    .command('manifest')
    .description('print a page whose button creates the GitHub App')
    .argument('<organization>', 'the organisation that is to own it')
    .requiredOption('--server <url>', 'where GitHub reaches the server')
    .option('--github <url>', 'the web pages of GitHub Enterprise Server or GHE.com', 'https://github.com')
    .action(async (organization: string, options: ManifestOptions) => {
      const { manifest } = await import('./manifest.ts');
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
      const { ledgerVerify } = await import('./ledger.ts');
      exit(await ledgerVerify(options, effects));
    });
  ledger
    .command('export')
    .description('print the entries as JSON Lines')
    .addOption(installation)
    .action(async (options: LedgerOptions) => {
      const { ledgerExport } = await import('./ledger.ts');
      exit(await ledgerExport(options, effects));
    });
  ledger
    .command('show')
    .description('show what happened to one pull request')
    .argument('<pull-request>', 'owner/repository#number')
    .action(async (address: string) => {
      const { ledgerShow } = await import('./ledger.ts');
      exit(await ledgerShow(address, effects));
    });

  program
    .command('replay')
    .description('judge the kept evidence of every recorded verdict of a pull request again')
    .argument('<pull-request>', 'owner/repository#number')
    .action(async (address: string) => {
      const { replay } = await import('./ledger.ts');
      exit(await replay(address, effects));
    });

  return program;
}

/** What is said alike of every command about one image. */
function ofImages(effects: Effects): (command: Command) => Command {
  return (command) =>
    command
      .addOption(new Option('--format <format>', 'how to report').choices(VET_FORMATS).default('text'))
      .option('--platform <os/arch>', 'which of its platforms; linux/amd64 where there are several')
      .option(
        '--allow-host <host>',
        'a registry to ask beside the well-known public ones; repeatable',
        collected,
      )
      .option('--insecure-host <host>', 'the same, without encryption', collected)
      .option(
        '--policy <file>',
        'the policy file of the organisation: whose signatures count, which licences',
      )
      .option('-q, --quiet', 'no notes and no progress on stderr')
      .addHelpText('after', () => `\n${wrap(VET_HELP, effects.columns).join('\n')}`);
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
