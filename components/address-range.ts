import { BlockList, isIPv4 } from "node:net";

const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8, "ipv4");
PRIVATE.addSubnet("172.16.0.0", 12, "ipv4");
PRIVATE.addSubnet("192.168.0.0", 16, "ipv4");

/** A range of IPv4 addresses. */
export interface AddressRange {
  /** The first address, as a number of 32 bits. */
  readonly first: number;
  /** Length of the prefix, 0 to 32. */
  readonly bits: number;
}

/** A range in CIDR notation, or undefined when the text is none or its address is not the first of the range. */
export function parseRange(cidr: string): AddressRange | undefined {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(cidr) ?? [];
  const bits = Number(length);
  if (!isIPv4(address) || bits > 32) return undefined;
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return first % sizeOf({ first, bits }) === 0 ? { first, bits } : undefined;
}

/** CIDR notation of a range. */
export const rangeText = ({ first, bits }: AddressRange): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${bits}`;

/** Number of addresses in a range. */
export const sizeOf = ({ bits }: AddressRange): number => 2 ** (32 - bits);

/** Whether two ranges have an address in common. */
export const overlap = (one: AddressRange, other: AddressRange): boolean =>
  one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);

/**
 * Whether a text is a private IPv4 range in CIDR notation whose size is within bounds and whose address is its first.
 * @param bounds prefix lengths: `longest` of the largest range, `shortest` of the smallest
 */
export function privateRange(cidr: string, bounds: { readonly longest: number; readonly shortest: number }): boolean {
  const range = parseRange(cidr);
  if (!range || range.bits < bounds.longest || range.bits > bounds.shortest) return false;
  return PRIVATE.check(cidr.split("/")[0] ?? "", "ipv4");
}
