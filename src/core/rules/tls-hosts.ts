// A download over plain HTTP → the edit that makes it HTTPS, for hosts that are known to serve both.
import type { Edit } from '../model/finding.ts';
import type { Fetched } from './downloads.ts';
import { replaceWithin } from './edits.ts';

/** Hosts that serve the same paths over TLS as without. */
const TLS_HOSTS = [
  'archive.apache.org',
  'bitbucket.org',
  'codeload.github.com',
  'dl.google.com',
  'dlcdn.apache.org',
  'download.docker.com',
  'download.oracle.com',
  'downloads.apache.org',
  'ftp.gnu.org',
  'github.com',
  'gitlab.com',
  'mirrors.kernel.org',
  'nodejs.org',
  'objects.githubusercontent.com',
  'raw.githubusercontent.com',
  'repo.maven.apache.org',
  'repo1.maven.org',
  'rubygems.org',
  'storage.googleapis.com',
  'www.python.org',
];

/** Null for other hosts, or when the address is not written out in the file. */
export function withTls({ dockerfile, entry, source }: Fetched): Edit | null {
  const address = /^(?:http|git):\/\/([^/:]+)\//.exec(source);
  const [plain, host] = address ?? [];
  if (plain === undefined || host === undefined || !TLS_HOSTS.includes(host.toLowerCase())) return null;
  return replaceWithin(dockerfile, entry.location, plain, `https://${host}/`);
}
