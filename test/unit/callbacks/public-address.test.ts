// Which addresses a callback may go to.
import { isPublicAddress } from '../../../shared/callbacks/public-address';

test.each(['20.50.2.1', '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.15', '2603:1020:2:3::1', '2a01:111:f100::1', '2606:4700::1111'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each([
  ['0.0.0.0', 'unspecified'], ['0.1.2.3', 'this network'], ['10.0.0.0', 'private'], ['10.255.255.255', 'private'], ['100.64.0.1', 'shared by a provider'], ['100.127.255.255', 'shared by a provider'],
  ['127.0.0.1', 'loopback'], ['127.255.255.254', 'loopback'], ['169.254.169.254', 'metadata'], ['169.254.0.1', 'link-local'], ['172.16.0.1', 'private'], ['172.31.255.255', 'private'],
  ['192.0.0.1', 'protocol assignments'], ['192.0.2.1', 'documentation'], ['192.88.99.1', '6to4 relay'], ['192.168.0.1', 'private'], ['192.168.255.255', 'private'], ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'], ['198.51.100.1', 'documentation'], ['203.0.113.1', 'documentation'], ['224.0.0.1', 'multicast'], ['239.255.255.255', 'multicast'], ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'], ['168.63.129.16', 'the wire server'], ['::', 'unspecified'], ['::1', 'loopback'], ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
  ['::ffff:7f00:1', 'IPv4-mapped loopback in hexadecimal'], ['::ffff:169.254.169.254', 'IPv4-mapped metadata'], ['::ffff:20.50.2.1', 'IPv4-mapped, however public'], ['::127.0.0.1', 'IPv4-compatible'],
  ['64:ff9b::7f00:1', 'NAT64'], ['64:ff9b:1::a00:1', 'NAT64 of one network'], ['100::1', 'discard only'], ['2001::1', 'Teredo'], ['2001:2::1', 'benchmarking'], ['2001:db8::1', 'documentation'],
  ['2002:7f00:1::', '6to4 of loopback'], ['3fff::1', 'documentation'], ['fc00::1', 'private'], ['fd12:3456::1', 'private'], ['fe80::1', 'link-local'], ['fe80::1%eth0', 'link-local of an interface'],
  ['2603:1020::1%eth0', 'with an interface'], ['fec0::1', 'site-local'], ['ff02::1', 'multicast'], ['', 'nothing'], ['logic.azure.com', 'a name'], ['127.1', 'a short form'], ['1.1.1.1 ', 'a space'],
])('%s is not: %s', (address) => expect(isPublicAddress(address)).toBe(false));
