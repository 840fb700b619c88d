// What each distribution asks of those who hand its packages on. Data; a starting point for the OSPO, not legal advice.
import type { DistributionId } from '../images/distribution-support.ts';

type Terms = {
  readonly name: string;
  /** Clauses in lower case without full stop. */
  readonly duties: readonly string[];
};

const NOTICES = 'keep the copyright files under /usr/share/doc in the image';
const SOURCES = 'offer the exact sources of its GPL and LGPL packages';
const mark = (name: string): string =>
  `don’t use the name ${name} for a changed system beyond its trademark rules`;

/** Sources: the licences of the packages, and each distribution’s trademark and redistribution pages. */
const TERMS: Readonly<Record<DistributionId, Terms>> = {
  debian: {
    name: 'Debian',
    duties: [NOTICES, `${SOURCES} (snapshot.debian.org keeps them)`, mark('Debian')],
  },
  ubuntu: {
    name: 'Ubuntu',
    duties: [
      NOTICES,
      `${SOURCES} (Launchpad keeps them)`,
      'changed versions need Canonical’s consent, or have its trademarks removed',
    ],
  },
  alpine: {
    name: 'Alpine Linux',
    duties: [
      'add the licence texts and copyright notices, which Alpine’s packages leave out',
      `${SOURCES}, BusyBox and apk-tools among them`,
    ],
  },
  fedora: { name: 'Fedora Linux', duties: [NOTICES, SOURCES, mark('Fedora')] },
  centos: { name: 'CentOS', duties: [NOTICES, `${SOURCES} (vault.centos.org keeps them)`, mark('CentOS')] },
  'centos-stream': { name: 'CentOS Stream', duties: [NOTICES, SOURCES, mark('CentOS')] },
  rocky: { name: 'Rocky Linux', duties: [NOTICES, SOURCES, mark('Rocky Linux')] },
  alma: { name: 'AlmaLinux', duties: [NOTICES, SOURCES, mark('AlmaLinux')] },
  'opensuse-leap': { name: 'openSUSE Leap', duties: [NOTICES, SOURCES, mark('openSUSE')] },
  'opensuse-tumbleweed': { name: 'openSUSE Tumbleweed', duties: [NOTICES, SOURCES, mark('openSUSE')] },
  amazon: { name: 'Amazon Linux', duties: [NOTICES, SOURCES, mark('Amazon Linux')] },
  oracle: {
    name: 'Oracle Linux',
    duties: [NOTICES, `${SOURCES} (oss.oracle.com keeps them)`, mark('Oracle')],
  },
  rhel: {
    name: 'Red Hat Enterprise Linux',
    duties: [
      'hand on only what is in the Universal Base Image’s own repositories, under its end user agreement',
      SOURCES,
      mark('Red Hat'),
    ],
  },
};

export function distributionName(id: DistributionId): string {
  return TERMS[id].name;
}

export function dutiesOf(id: DistributionId): readonly string[] {
  return TERMS[id].duties;
}
