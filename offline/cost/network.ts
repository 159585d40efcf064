import type { RecordedResource } from "../record.ts";
import { amount, at } from "./read.ts";
import { HOURS_PER_MONTH } from "./usage.ts";
import type { CostItem, World } from "./world.ts";

/** NAT gateways of awsx's VPC, each with an address; the VPC itself is free. */
export function vpcComponentCost(vpc: RecordedResource, world: World): readonly CostItem[] {
  const strategy = String(at(vpc, "natGateways", "strategy") ?? "OnePerAz");
  const zones = Number(at(vpc, "numberOfAvailabilityZones") ?? 3);
  const gateways = { None: 0, Single: 1, OnePerAz: zones }[strategy] ?? zones;
  if (gateways === 0) return [{ monthly: 0, how: "no NAT gateway" }];
  const gb = world.runs.perMonth * world.usage.internetGbPerRun;
  return [
    world.item(gateways * HOURS_PER_MONTH, "natGatewayHour", `${gateways} NAT × ${HOURS_PER_MONTH} h`),
    world.item(gateways * HOURS_PER_MONTH, "publicIpv4Hour", `${gateways} public IPv4 × ${HOURS_PER_MONTH} h`),
    world.item(gb, "natGatewayGb", `${amount(gb)} GB through NAT`),
  ];
}

/** Gateway endpoints are free; an interface endpoint costs by zone and hour. */
export function endpointCost(endpoint: RecordedResource, world: World): readonly CostItem[] {
  if (at(endpoint, "vpcEndpointType") !== "Interface") return [{ monthly: 0, how: "a gateway endpoint is free" }];
  const subnets = at(endpoint, "subnetIds");
  const zones = Array.isArray(subnets) ? subnets.length : 1;
  return [
    world.item(
      zones * HOURS_PER_MONTH,
      "interfaceEndpointHour",
      `an endpoint in ${zones} zones × ${HOURS_PER_MONTH} h`,
    ),
  ];
}
