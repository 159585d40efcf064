import ipaddr from "ipaddr.js";

/** What a source may reach beside public addresses. */
export interface Reach {
  readonly loopback: boolean;
  readonly privateNetwork: boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where clouds tell machines their credentials, though the range is an ordinary private one; the link-local ones are never reached. */
const METADATA: readonly (readonly [Address, number])[] = ["fd00:ec2::/32", "100.100.100.200/32"].map((range) =>
  ipaddr.parseCIDR(range),
);

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its sister for IPv6, by the names of ipaddr.js. */
const PRIVATE = ["private", "uniqueLocal", "carrierGradeNat"];

/** Whether an address may be connected to; one that wraps an IPv4 address is judged by that. */
export function isReachable(text: string, reach: Reach): boolean {
  const address = inner(ipaddr.process(text));
  const range = address.range();
  if (range === "unicast") return true;
  if (range === "loopback") return reach.loopback;
  return reach.privateNetwork && PRIVATE.includes(range) && !METADATA.some((metadata) => isIn(address, metadata));
}

/** https://www.rfc-editor.org/rfc/rfc6052: the last four bytes are the IPv4 address. */
const inner = (address: Address): Address =>
  address.range() === "rfc6052" ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address;

const isIn = (address: Address, [network, bits]: readonly [Address, number]): boolean =>
  address.kind() === network.kind() && address.match(network, bits);
