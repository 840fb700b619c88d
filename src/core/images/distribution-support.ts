// Until when each release of a distribution gets security updates, as data with its date.
// Source: the vendors' release pages as collected by github.com/endoflife-date/endoflife.date.

/** The day the dates were taken; planned dates after it may still move. */
export const SUPPORT_DATE = '2026-08-22';

export type DistributionId =
  | 'debian'
  | 'ubuntu'
  | 'alpine'
  | 'fedora'
  | 'centos'
  | 'centos-stream'
  | 'rocky'
  | 'alma'
  | 'opensuse-leap'
  | 'opensuse-tumbleweed'
  | 'amazon'
  | 'oracle'
  | 'rhel'
  | 'windows';

/** Dates as `YYYY-MM-DD`, the last day included. */
export type Support = {
  /** End of the updates that everybody gets from the distribution itself. */
  readonly ends: string;
  /** End of a longer programme (Debian LTS, Ubuntu Pro, Oracle extended support); null when there is none. */
  readonly extended: string | null;
};

const TABLE: Readonly<Record<DistributionId, string>> = {
  debian: `
    13 2028-08-09 2030-06-30, 12 2026-07-11 2028-06-30, 11 2024-08-14 2026-08-31, 10 2022-09-10 2024-06-30,
    9 2020-07-18 2022-07-01, 8 2018-06-17 2020-06-30, 7 2016-04-25 2018-05-31, 6 2014-05-31 2016-02-29`,
  ubuntu: `
    26.04 2031-04-30 2036-04-30, 25.10 2026-07-01, 25.04 2026-01-17, 24.10 2025-07-10, 24.04 2029-05-31 2036-05-31,
    23.10 2024-07-12, 23.04 2024-01-20, 22.10 2023-07-20, 22.04 2027-04-01 2032-04-09, 21.10 2022-07-14,
    21.04 2022-01-20, 20.10 2021-07-22, 20.04 2025-05-31 2030-04-02, 19.10 2020-07-06, 19.04 2020-01-23,
    18.10 2019-07-18, 18.04 2023-05-31 2028-04-01, 17.10 2018-07-19, 17.04 2018-01-13, 16.10 2017-07-20,
    16.04 2021-04-02 2026-04-02, 15.10 2016-07-28, 15.04 2016-02-04, 14.10 2015-07-23, 14.04 2019-04-02 2024-04-02,
    12.04 2017-04-28 2019-04-26`,
  alpine: `
    3.24 2028-06-01, 3.23 2027-11-01, 3.22 2027-05-01, 3.21 2026-11-01, 3.20 2026-04-01, 3.19 2025-11-01,
    3.18 2025-05-09, 3.17 2024-11-22, 3.16 2024-05-23, 3.15 2023-11-01, 3.14 2023-05-01, 3.13 2022-11-01,
    3.12 2022-05-01, 3.11 2021-11-01, 3.10 2021-05-01, 3.9 2020-11-01, 3.8 2020-05-01, 3.7 2019-11-01,
    3.6 2019-05-01, 3.5 2018-11-01, 3.4 2018-05-01, 3.3 2017-11-01, 3.2 2017-05-01, 3.1 2016-11-01`,
  fedora: `
    44 2027-06-02, 43 2026-12-09, 42 2026-05-27, 41 2025-12-15, 40 2025-05-13, 39 2024-11-26, 38 2024-05-21,
    37 2023-12-05, 36 2023-05-16, 35 2022-12-13, 34 2022-06-07, 33 2021-11-30, 32 2021-05-25, 31 2020-11-24,
    30 2020-05-26, 29 2019-11-26, 28 2019-05-28, 27 2018-11-30, 26 2018-05-29, 25 2017-12-12, 24 2017-08-08`,
  centos: '8 2021-12-31, 7 2024-06-30, 6 2020-11-30, 5 2017-03-31',
  'centos-stream': '10 2030-05-31, 9 2027-05-31, 8 2024-05-31',
  rocky: '10 2035-05-31, 9 2032-05-31, 8 2029-05-31',
  alma: '10 2035-05-31, 9 2032-05-31, 8 2029-05-31',
  'opensuse-leap': `
    16.0 2027-10-31, 15.6 2026-04-30, 15.5 2024-12-31, 15.4 2023-12-07, 15.3 2022-12-31, 15.2 2022-01-04,
    15.1 2021-02-02, 15.0 2019-12-03, 42.3 2019-07-01`,
  // Rolling: there is no release that could end.
  'opensuse-tumbleweed': '',
  amazon: '2023 2029-06-30, 2 2026-06-30, 2018.03 2023-12-31',
  oracle:
    '9 2032-06-30 2035-06-30, 8 2029-07-31 2032-07-31, 7 2024-12-31 2028-06-30, 6 2021-03-31 2024-12-31',
  rhel: `
    10 2035-05-31 2039-05-31, 9 2032-05-31 2036-05-31, 8 2029-05-31 2033-05-31, 7 2024-06-30 2029-05-31,
    6 2020-11-30 2024-06-30`,
  // Server Core, Nano Server and Windows images. Microsoft's second five years ("extended support") still bring everybody
  // security updates: https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/base-image-lifecycle
  windows: `
    ltsc2025 2034-10-10, ltsc2022 2031-10-14, ltsc2019 2029-01-09, ltsc2016 2027-01-12, 20H2 2022-08-09,
    2004 2021-12-14, 1909 2021-05-11, 1903 2020-12-08, 1803 2019-11-12, 1709 2019-04-09, sac2016 2018-10-09`,
};

const SUPPORT: ReadonlyMap<string, Support> = new Map(
  Object.entries(TABLE).flatMap(([id, rows]) =>
    rows
      .split(',')
      .map((row) => row.trim().split(/\s+/))
      .filter(([release]) => release !== '')
      .map(([release = '', ends = '', extended]): [string, Support] => [
        `${id} ${release}`,
        { ends, extended: extended ?? null },
      ]),
  ),
);

/** Null when nothing is known of the release: too new, too old, or rolling. That is no sign of support. */
export function supportOf(id: DistributionId, release: string): Support | null {
  return SUPPORT.get(`${id} ${release}`) ?? null;
}
