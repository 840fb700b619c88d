// What each distribution asks of those who hand its packages on. Data; a starting point for the OSPO, not legal advice.
import type { DistributionId } from '../images/distribution-support.ts';

type Terms = {
  readonly name: string;
  /** Clauses in lower case without full stop. */
  readonly duties: readonly string[];
  /** Where the distribution publishes them. */
  readonly source: string;
  /** Day on which the source was compared with the duties; null where only its address is known. */
  readonly compared: string | null;
};

const NOTICES = 'keep the copyright files under /usr/share/doc in the image';
/** Where RPM puts what a package marks as its licence; it stays when documentation is left out. */
const LICENSES = 'keep the licence files under /usr/share/licenses in the image';
const SOURCES = 'offer the exact sources of its GPL and LGPL packages';
const mark = (name: string): string =>
  `don’t use the name ${name} for a changed system beyond its trademark rules`;
const COMPARED = '2026-11-22';

const TERMS: Readonly<Record<DistributionId, Terms>> = {
  debian: {
    name: 'Debian',
    duties: [NOTICES, `${SOURCES} (snapshot.debian.org keeps them)`, mark('Debian')],
    source: 'https://www.debian.org/trademark',
    compared: null,
  },
  ubuntu: {
    name: 'Ubuntu',
    duties: [
      NOTICES,
      `${SOURCES} (Launchpad keeps them)`,
      'changed versions need Canonical’s consent, or have its trademarks removed and are built anew from source',
    ],
    source: 'https://ubuntu.com/legal/intellectual-property-policy',
    compared: COMPARED,
  },
  alpine: {
    name: 'Alpine Linux',
    duties: [
      'add the licence texts and copyright notices, which Alpine’s packages leave out',
      `${SOURCES}, BusyBox and apk-tools among them`,
    ],
    source: 'https://wiki.alpinelinux.org/wiki/Package_policies',
    compared: COMPARED,
  },
  fedora: {
    name: 'Fedora Linux',
    duties: [LICENSES, SOURCES, mark('Fedora')],
    source: 'https://docs.fedoraproject.org/en-US/legal/trademarks/',
    compared: COMPARED,
  },
  centos: {
    name: 'CentOS',
    duties: [
      LICENSES,
      `${SOURCES} (vault.centos.org keeps them)`,
      'don’t use the name CentOS for what is sold, or for a changed system',
    ],
    source: 'https://www.centos.org/legal/trademarks/',
    compared: COMPARED,
  },
  'centos-stream': {
    name: 'CentOS Stream',
    duties: [LICENSES, SOURCES, 'don’t use the name CentOS for what is sold, or for a changed system'],
    source: 'https://www.centos.org/legal/trademarks/',
    compared: COMPARED,
  },
  rocky: {
    name: 'Rocky Linux',
    duties: [LICENSES, SOURCES, mark('Rocky Linux')],
    source: 'https://rockylinux.org/legal/trademarks',
    compared: null,
  },
  alma: {
    name: 'AlmaLinux',
    duties: [LICENSES, SOURCES, mark('AlmaLinux')],
    source: 'https://almalinux.org/p/the-almalinux-os-trademark-usage-policy/',
    compared: null,
  },
  'opensuse-leap': {
    name: 'openSUSE Leap',
    duties: [LICENSES, SOURCES, mark('openSUSE')],
    source: 'https://en.opensuse.org/openSUSE:Trademark_guidelines',
    compared: null,
  },
  'opensuse-tumbleweed': {
    name: 'openSUSE Tumbleweed',
    duties: [LICENSES, SOURCES, mark('openSUSE')],
    source: 'https://en.opensuse.org/openSUSE:Trademark_guidelines',
    compared: null,
  },
  amazon: {
    name: 'Amazon Linux',
    duties: [LICENSES, SOURCES, mark('Amazon Linux')],
    source: 'https://aws.amazon.com/trademark-guidelines/',
    compared: null,
  },
  oracle: {
    name: 'Oracle Linux',
    duties: [LICENSES, `${SOURCES} (oss.oracle.com keeps them)`, mark('Oracle')],
    source: 'https://www.oracle.com/downloads/licenses/oracle-linux-license.html',
    compared: COMPARED,
  },
  rhel: {
    name: 'Red Hat Enterprise Linux',
    duties: [
      'hand on only what is in the Universal Base Image’s own repositories, under its end user agreement',
      SOURCES,
      'remove Red Hat’s trademarks from what you change of it',
    ],
    source: 'https://www.redhat.com/licenses/EULA_Red_Hat_Universal_Base_Image_English_20190422.pdf',
    compared: null,
  },
  windows: {
    name: 'Windows',
    duties: [
      'hand it on only as part of an image that adds to it, under the licence of its container images',
    ],
    source: 'https://learn.microsoft.com/virtualization/windowscontainers/images-eula',
    compared: null,
  },
};

export function distributionName(id: DistributionId): string {
  return TERMS[id].name;
}

export function dutiesOf(id: DistributionId): readonly string[] {
  return TERMS[id].duties;
}

/** Where its terms can be read, and whether they were compared with what we say. */
export function sourceOf(id: DistributionId): string {
  const { source, compared } = TERMS[id];
  return compared === null ? `${source}, not compared yet` : source;
}
