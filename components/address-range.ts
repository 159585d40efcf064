import { BlockList, isIPv4 } from "node:net";

const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8, "ipv4");
PRIVATE.addSubnet("172.16.0.0", 12, "ipv4");
PRIVATE.addSubnet("192.168.0.0", 16, "ipv4");

/**
 * Whether a text is a private IPv4 range in CIDR notation whose size is within bounds and whose address is its first.
 * @param bounds prefix lengths: `longest` of the largest range, `shortest` of the smallest
 */
export function privateRange(cidr: string, bounds: { readonly longest: number; readonly shortest: number }): boolean {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(cidr) ?? [];
  const bits = Number(length);
  if (!isIPv4(address) || bits < bounds.longest || bits > bounds.shortest) return false;
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return value % 2 ** (32 - bits) === 0 && PRIVATE.check(address, "ipv4");
}
