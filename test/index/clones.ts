// A local git clone (bare or not) → the Dockerfiles, licence and copyright lines of its commits, without network.
import { execFileSync } from 'node:child_process';
import { isDockerfilePath } from '../../src/core/dockerfile/dockerfile-path.ts';
import { readDockerfile } from '../../src/core/dockerfile/read.ts';
import type { KnownFile } from '../../src/core/model/copy.ts';
import type { Dockerfile } from '../../src/core/model/dockerfile.ts';
import { givenFiles } from '../../src/core/pipeline/files.ts';
import { repositoryLicense } from '../../src/core/repository-license.ts';

/** A repository at one commit. */
export type RepositoryAt = {
  readonly about: Omit<KnownFile, 'path'>;
  readonly dockerfiles: readonly Dockerfile[];
};

export type Clone = {
  /** `owner/name`. */
  readonly repository: string;
  /** Commits of which the Dockerfiles may be asked for: the newest, then the last of each year before; no year twice. */
  readonly commits: () => readonly string[];
  readonly read: (commit: string) => RepositoryAt;
};

/** Bytes of git's answer that are held at once. */
const BUFFER = 512 * 1024 * 1024;
const MOST_COPYRIGHTS = 5;
/** Docker's first public release was in 2013. */
const FIRST_YEAR = 2013;

/** `argument` is `owner/name=path of the clone`, on github.com. */
export function openClone(argument: string): Clone {
  const [, repository, folder] = /^([\w.-]+\/[\w.-]+)=(.+)$/.exec(argument) ?? [];
  if (repository === undefined || folder === undefined) {
    throw new Error(`${argument} is not owner/name=folder.`);
  }
  const git = (args: readonly string[], input = ''): Buffer =>
    execFileSync('git', ['-C', folder, ...args], {
      input,
      maxBuffer: BUFFER,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const line = (args: readonly string[]): string => git(args).toString().trim();
  return {
    repository,
    commits: () => {
      const last = Number(line(['log', '-1', '--format=%cs', 'HEAD']).slice(0, 4));
      const years = Array.from({ length: last - FIRST_YEAR }, (_, back) => last - back);
      const ends = years.map((year) =>
        line(['rev-list', '-1', '--first-parent', `--before=${year}-01-01T00:00:00Z`, 'HEAD']),
      );
      return [...new Set([line(['rev-parse', 'HEAD']), ...ends])].filter((commit) => commit !== '');
    },
    read: (commit) => readCommit(repository, commit, git),
  };
}

/** The newest commit. */
export function readClone(argument: string): RepositoryAt {
  const { commits, read } = openClone(argument);
  return read(commits()[0] ?? '');
}

function readCommit(
  repository: string,
  commit: string,
  git: (args: readonly string[], input?: string) => Buffer,
): RepositoryAt {
  const entries = git(['ls-tree', '-r', '-z', commit])
    .toString()
    .split('\0')
    .flatMap((entry) => {
      const [, oid, path] = /^100\d{3} blob ([0-9a-f]+)\t([\s\S]+)$/.exec(entry) ?? [];
      return oid === undefined || path === undefined ? [] : [{ oid, path }];
    });
  const wanted = entries.filter(
    ({ path }) => isDockerfilePath(path) || /^(?:[^/]+|LICENSES\/[^/]+)$/.test(path),
  );
  const texts = readBlobs(git(['cat-file', '--batch'], wanted.map(({ oid }) => `${oid}\n`).join('')));
  const atRoot = Object.fromEntries(
    wanted.map(({ oid, path }): [string, string] => [path, texts.get(oid) ?? '']),
  );
  const license = repositoryLicense(givenFiles(atRoot));
  return {
    about: {
      server: 'https://github.com',
      repository,
      commit,
      license: license?.expression ?? null,
      copyrights: license === null ? [] : copyrightsIn(atRoot[license.path] ?? ''),
    },
    dockerfiles: wanted
      .filter(({ path }) => isDockerfilePath(path))
      .map(({ oid, path }) => readDockerfile(path, oid, { kind: 'text', text: texts.get(oid) ?? '' })),
  };
}

/** Of the form `<oid> <type> <bytes>\n<content>\n`; a missing object has `<oid> missing\n`. */
function readBlobs(answer: Buffer): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  let at = 0;
  while (at < answer.length) {
    const end = answer.indexOf(10, at);
    const [oid = '', , bytes] = answer.toString('utf8', at, end).split(' ');
    at = end + 1;
    if (bytes === undefined) continue;
    texts.set(oid, answer.toString('utf8', at, at + Number(bytes)));
    at += Number(bytes) + 1;
  }
  return texts;
}

/** Lines that name a holder and a year; placeholders of a licence's own text do not. */
function copyrightsIn(license: string): readonly string[] {
  return license
    .split('\n')
    .map((line) => line.trim().replace(/^[#*\s]+/, ''))
    .filter((line) => /^copyright\b.{0,8}\d{4}.{0,200}$/i.test(line))
    .map((line) => line.replace(/\s+all rights reserved\.?$/i, ''))
    .slice(0, MOST_COPYRIGHTS);
}
