// Which IP addresses a callback may go to: those of the public internet, and
// none of a network that the app can see and others cannot.
// Knows no name and no URL. The ranges: IANA special-purpose address registries (RFC 6890).
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { once } from '../once';

/** Made when the first callback is sent: lists of addresses take some milliseconds. */
const addressLists = once(() => {
  const notPublic = new BlockList();
  for (const [network, prefix] of NOT_PUBLIC_IPV4) notPublic.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of NOT_PUBLIC_IPV6) notPublic.addSubnet(network, prefix, 'ipv6');
  notPublic.addAddress(WIRE_SERVER, 'ipv4');
  const globalUnicast = new BlockList();
  globalUnicast.addSubnet('2000::', 3, 'ipv6');
  return { notPublic, globalUnicast };
});

const NOT_PUBLIC_IPV4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private (RFC 1918)
  ['100.64.0.0', 10], // shared address space (RFC 6598)
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata service of Azure
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relay
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const;

/** Azure's own: the wire server, which answers inside every virtual machine. */
const WIRE_SERVER = '168.63.129.16';

/**
 * Of IPv6 only global unicast is public; of it, these are not: Teredo,
 * benchmarking, ORCHID, documentation, 6to4 (all can hide IPv4).
 */
const NOT_PUBLIC_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

/**
 * True for an address that anybody on the internet could reach. IPv4-mapped,
 * -translated and -compatible IPv6 are not global unicast.
 */
export function isPublicAddress(address: string): boolean {
  const { notPublic, globalUnicast } = addressLists();
  if (isIPv4(address)) return !notPublic.check(address, 'ipv4');
  return (
    isIPv6(address) &&
    !address.includes('%') &&
    globalUnicast.check(address, 'ipv6') &&
    !notPublic.check(address, 'ipv6')
  );
}
