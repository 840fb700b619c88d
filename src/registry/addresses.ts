// An IP address → whether a look-up may connect to it: addresses of the inside must not be reached through a name.
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * `private`: loopback and networks of the inside, only where somebody allowed the host. `forbidden`: no registry is
 * ever there: link-local, metadata services of clouds, multicast, reserved.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** Source: IANA's special-purpose address registries (RFC 6890 and its updates). */
const PRIVATE = blocks([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '100.64.0.0/10',
  'fc00::/7',
  '::1/128',
]);

const FORBIDDEN = blocks([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Metadata of Alibaba Cloud, inside a private range, and of Azure, inside a public one.
  '100.100.100.200/32',
  '168.63.129.16/32',
  // Metadata of AWS over IPv6.
  'fd00:ec2::254/128',
  '::/128',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);

/** IPv6 addresses that end in an IPv4 one: mapped (RFC 4291), translated (RFC 6052). */
const CARRIERS = blocks(['::ffff:0:0/96', '64:ff9b::/96']);

export function addressKind(address: string): AddressKind {
  if (isIPv4(address)) return kindIn(address, 'ipv4');
  if (!isIPv6(address)) return 'forbidden';
  const inner = carriedAddress(address);
  if (inner !== null) return kindIn(inner, 'ipv4');
  // What is neither global unicast nor listed here is reserved.
  const kind = kindIn(address, 'ipv6');
  return kind === 'public' && !/^[23]/.test(expanded(address)) ? 'forbidden' : kind;
}

function kindIn(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (FORBIDDEN.check(address, family)) return 'forbidden';
  return PRIVATE.check(address, family) ? 'private' : 'public';
}

function carriedAddress(address: string): string | null {
  if (!CARRIERS.check(address, 'ipv6')) return null;
  const groups = expanded(address).split(':').slice(-2);
  return groups
    .flatMap((group) => [group.slice(0, 2), group.slice(2)])
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}

/** Eight groups of four digits; `URL` writes an embedded IPv4 address as two groups. */
function expanded(address: string): string {
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(':');
}

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
