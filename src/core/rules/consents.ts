// Commands and settings of a Dockerfile that accept somebody's terms, or fetch what may not be passed on.
import type { BuildCommand, Dockerfile } from '../model/dockerfile.ts';
import type { Location } from '../model/position.ts';
import type { Value } from '../model/value.ts';
import { format, known } from '../value.ts';

/** Variables with which installers are told that somebody has agreed, e.g. `ACCEPT_EULA=Y`. */
const CONSENT_NAME =
  /(?:^|_)(?:ACCEPT_?(?:\w+_)?(?:EULA|LICEN[CS]ES?|TERMS|TOS)|(?:EULA|LICEN[CS]ES?)_?(?:ACCEPT(?:ED)?|AGREE(?:D)?)?)$/i;
const YES = /^(?:y|yes|1|true|accept(?:ed)?|agree(?:d)?|on)$/i;
const CONSENT_OPTION =
  /^--?(?:accept|agree)[-_]?(?:\w+[-_])*(?:eula|licen[cs]es?|terms|tos|agreements?)(?:=(?:y|yes|true|1|accept))?$|^--?eula(?:=(?:y|yes|true|1|accept))?$/i;
/** An answer to a package's licence question, as `debconf-set-selections` reads it. */
const CONSENT_ANSWER = /(?:licen[cs]e|eula)\S*\s+(?:select|boolean|note)\s+(?:true|yes|accept)/i;

/** Packages whose makers don't let others pass copies on. */
const NOT_TO_PASS_ON =
  /^(?:ttf-mscorefonts-installer|msttcorefonts(?:-installer)?|msodbcsql\d*|mssql-tools\d*|oracle-java\d+-installer|steamcmd|google-chrome-(?:stable|beta|unstable)|microsoft-edge-stable)(?:$|=)/;

/** What names a package elsewhere, such as an answer for `debconf`, does not fetch it. */
const INSTALLERS =
  /^(?:apt-get|apt|aptitude|apk|yum|dnf5?|microdnf|tdnf|zypper|pacman|dpkg|rpm|install_packages|choco|winget)$/;

/** `what` is a clause without full stop; `key` names the switch or the package. */
export type Consent = { readonly what: string; readonly key: string; readonly location: Location };

/** In the order of the file, settings first. */
export function consentsIn(dockerfile: Dockerfile): readonly Consent[] {
  return [...settings(dockerfile), ...dockerfile.commands.flatMap(givenBy)];
}

/** `ENV`s that say yes; an `ARG` leaves the recipient the choice as long as it has no default. */
function settings(dockerfile: Dockerfile): readonly Consent[] {
  return dockerfile.stages.flatMap((stage) =>
    stage.instructions
      .filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG')
      .flatMap((instruction) =>
        [...stage.environment]
          .filter(
            ([name, value]) =>
              consents(name, value) &&
              isSetBy(
                instruction.words.map(({ text }) => text),
                name,
              ),
          )
          .map(([name]) => accepted(name, instruction.location)),
      ),
  );
}

function isSetBy(words: readonly string[], name: string): boolean {
  return words.some((word) => word === name || word.startsWith(`${name}=`));
}

function givenBy(command: BuildCommand): readonly Consent[] {
  const words = command.words.map((word) => known(word) ?? '');
  const name = words[0]?.replace(/^.*\//, '') ?? '';
  const assigned = [...command.assignments]
    .filter(([key, value]) => consents(key, value))
    .map(([key]) => key);
  const options = words.slice(1).filter((word) => CONSENT_OPTION.test(word));
  const answered =
    name === 'debconf-set-selections' && command.stdin !== null && CONSENT_ANSWER.test(format(command.stdin));
  const said = words.includes('--licenses') && command.fedBy.some((feeder) => known(feeder) === 'yes');
  const kept = INSTALLERS.test(name) ? words.slice(1).filter((word) => NOT_TO_PASS_ON.test(word)) : [];
  return [
    ...[...assigned, ...options].map((key) => accepted(key, command.location)),
    ...(answered || said ? [accepted(name, command.location)] : []),
    ...kept.map((key) => ({
      key,
      what: `\`${key}\` comes under terms that let nobody pass it on`,
      location: command.location,
    })),
  ];
}

function consents(name: string, value: Value): boolean {
  return CONSENT_NAME.test(name) && YES.test(known(value) ?? '');
}

function accepted(key: string, location: Location): Consent {
  return { key, what: `\`${key}\` accepts terms in the name of whoever builds this`, location };
}
