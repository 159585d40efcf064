import { z } from "zod";
import { privateRange } from "../address-range.ts";
import { range, text } from "./values.ts";

const subnets = z
  .array(text.regex(/^subnet-[0-9a-f]+$/, "is no id of a subnet"))
  .max(6)
  .default([]);

/** Settings: the network. */
export const network = {
  networkCidr: text
    .refine(
      (cidr) => privateRange(cidr, { longest: 16, shortest: 24 }),
      "is no private range of /16 to /24, such as 10.40.0.0/16",
    )
    .default("10.40.0.0/16")
    .describe("Address range of the network, a private one of /16 to /24"),
  networkAvoid: z
    .array(range)
    .default([])
    .describe("Address ranges that the network's own must not overlap: of networks that it is or will be joined with"),
  networkZones: z
    .int()
    .min(1)
    .max(4)
    .default(2)
    .describe("Availability zones, 1 to 4; a database wants 2, a serverless warehouse 3"),
  networkNat: z
    .enum(["none", "single", "perZone"])
    .default("single")
    .describe(
      "How tasks reach the internet. `none`: from public subnets, with an address of their own and nothing in; `single` or `perZone`: from private subnets, behind one NAT gateway (33 USD a month) or one per zone",
    ),
  networkTasksIn: z
    .enum(["auto", "public", "private", "isolated"])
    .default("auto")
    .describe("The subnets of tasks. `auto`: private ones where there are any, else public ones"),
  networkInterfaceEndpoints: z
    .enum(["auto", "always", "never"])
    .default("auto")
    .describe(
      "Whether tasks reach AWS through endpoints within the network, each 7.30 USD a month and zone. `auto`: only where there is no other way",
    ),
  networkFlowLogs: z
    .enum(["none", "rejected", "all"])
    .default("all")
    .describe("Which connections are logged, for `logRetentionDays`"),
  networkExisting: z
    .strictObject({
      vpcId: text.regex(/^vpc-[0-9a-f]+$/, "is no id of a VPC").describe("Id of the VPC"),
      cidr: range.describe("Its address range"),
      subnetIds: z
        .strictObject({ public: subnets, private: subnets, isolated: subnets })
        .describe("Ids of its subnets: `public`, `private`, `isolated`"),
      routeTableIds: z
        .array(text.regex(/^rtb-[0-9a-f]+$/, "is no id of a route table"))
        .default([])
        .describe("Route tables that get the endpoint of S3; none when they have one"),
    })
    .optional()
    .describe("A VPC that is there already; left out, the platform makes one from the other settings"),
};
