import { BlockList, isIPv4, isIPv6 } from 'node:net';

/*
 * Where webhooks may not go: whoever names an address must not reach through the daemon what only the daemon can reach
 * (its own ports, the machines beside it, the metadata of a cloud). From the special-purpose registries of IANA.
 */
const refused = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  refused.addSubnet(network, prefix, 'ipv4');
}
/** Global unicast is 2000::/3, and within it there are tunnels that carry any IPv4 address, and examples. */
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  refused.addSubnet(network, prefix, 'ipv6');
}

/** Whether anybody in the world could reach this IP address; false also for what is none. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, 'ipv4');
  return isIPv6(address) && global6.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}

/** The IP address that a URL names instead of a host; undefined: a host, to be looked up. */
function literalAddress({ hostname }: URL): string | undefined {
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIPv4(address) || isIPv6(address) ? address : undefined;
}

/**
 * Why nothing may be posted to a URL, as far as it can be told without looking its host up; undefined: it may. `inside`:
 * the operator lets webhooks go to addresses of his own network, and without TLS.
 */
export function whyNotUrl(text: string, inside: boolean): string | undefined {
  if (!URL.canParse(text)) return 'is no address';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(inside && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must have no user name and no password in it';
  if (url.hash !== '') return 'must have no # in it';
  if (inside) return undefined;
  const address = literalAddress(url);
  if (address !== undefined && !isPublicAddress(address)) return 'is not an address on the open internet';
  // RFC 6761: these names mean this machine, whatever a name server says.
  if (/(^|\.)localhost\.?$/i.test(url.hostname)) return 'is not an address on the open internet';
  return undefined;
}
