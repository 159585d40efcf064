import { type AddressRange, parseRange, rangeText, sizeOf } from "./address-range.ts";

/**
 * What a subnet can reach: `public` the internet directly, `private` the internet through NAT, `isolated` only the network and
 * its endpoints.
 */
export type SubnetKind = "public" | "private" | "isolated";

/** CIDR ranges by kind, one for each zone, in the order of the zones. */
export type SubnetPlan = Readonly<Record<SubnetKind, readonly string[]>>;

/** As many zones as the plan has room for. */
export const MOST_ZONES = 4;

/** Prefix length of the smallest network whose smallest subnets AWS still accepts, which is /28. */
export const SMALLEST_NETWORK = 24;

/** Addresses that AWS keeps of each subnet, https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_BY_AWS = 5;

/** Where each kind is within its zone's quarter of the network: half is private, a quarter public, a quarter isolated. */
const PLACES = {
  private: { share: 2, begins: 0 },
  public: { share: 4, begins: 2 },
  isolated: { share: 4, begins: 3 },
} as const satisfies Record<SubnetKind, { share: number; begins: number }>;

/**
 * Which addresses each subnet of a network gets. A subnet's range depends on the network, its zone and its kind alone: adding a
 * zone or a kind later moves no subnet, for a moved subnet is a replaced one.
 * @param cidr a range of /16 to /24
 * @param zones 1 to 4
 * @example subnetPlan("10.40.0.0/16", 1).public[0] // 10.40.32.0/20
 */
export function subnetPlan(cidr: string, zones: number): SubnetPlan {
  const network = parseRange(cidr);
  if (!network || network.bits > SMALLEST_NETWORK || zones < 1 || zones > MOST_ZONES)
    throw new RangeError(`there is no plan for ${zones} zones in ${cidr}`);
  const of = (kind: SubnetKind) => Array.from({ length: zones }, (_, zone) => rangeText(subnet(network, zone, kind)));
  return { public: of("public"), private: of("private"), isolated: of("isolated") };
}

function subnet(network: AddressRange, zone: number, kind: SubnetKind): AddressRange {
  const quarter = sizeOf(network) / MOST_ZONES;
  const { share, begins } = PLACES[kind];
  return {
    first: network.first + zone * quarter + (begins * quarter) / 4,
    bits: network.bits + Math.log2(MOST_ZONES * share),
  };
}

/** How many tasks, databases and endpoints have an address in a subnet at the same time. */
export function capacityOf(subnetCidr: string): number {
  const range = parseRange(subnetCidr);
  return range ? sizeOf(range) - KEPT_BY_AWS : 0;
}
