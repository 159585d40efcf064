import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

/**
 * How tasks reach the internet: `none` puts them into public subnets with an address of their own; `single` and `perZone` put
 * them into private subnets behind one NAT gateway, or behind one in each zone.
 */
export type Nat = "none" | "single" | "perZone";

export interface NetworkArgs {
  readonly context: Context;
  /** What the network is called within the stack. @default the component's name */
  readonly label?: string;
  /** Address range. @default "10.40.0.0/16" */
  readonly cidr?: string;
  /** Availability zones, 1 to 3. @default 2 */
  readonly zones?: number;
  /** @default "single" */
  readonly nat?: Nat;
  /** Names of the buckets that may be reached through the S3 endpoint; names that are known at preview. */
  readonly buckets: readonly pulumi.Input<string>[];
  readonly transform?:
    | {
        readonly vpc?: Transform<awsx.ec2.VpcArgs>;
        readonly s3Endpoint?: Transform<aws.ec2.VpcEndpointArgs>;
        readonly defaultSecurityGroup?: Transform<aws.ec2.DefaultSecurityGroupArgs>;
        readonly securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
        readonly egress?: Transform<aws.vpc.SecurityGroupEgressRuleArgs>;
      }
    | undefined;
}

/**
 * The network that tasks run in.
 * @example
 * new Network("network", { context, buckets: [lake.bucketName] });
 * @example
 * new Network("network", { context, cidr: "10.8.0.0/16", zones: 3, nat: "perZone", buckets: [lake.bucketName] });
 *
 * **Cost**: with `nat: "none"` nothing but 0.005 USD per hour of a running task for its address. Each NAT gateway costs 0.045 USD
 * an hour, 33 USD a month, and 0.045 USD per GB. The S3 endpoint is free, and keeps the lake's traffic away from NAT.
 *
 * **Security**: nothing can connect to a task, with or without a public address: its security group has no ingress. Out go HTTPS
 * and DNS. The S3 endpoint serves only the given buckets, and only to principals of this account. The VPC's default security
 * group lets nothing through.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The subnets that tasks run in. */
  readonly taskSubnetIds: pulumi.Output<string[]>;
  /** Whether tasks need a public address to reach the internet. */
  readonly assignPublicIp: boolean;
  /** The security group of tasks. */
  readonly taskSecurityGroupId: pulumi.Output<string>;
  readonly nodes: {
    readonly vpc: awsx.ec2.Vpc;
    readonly s3Endpoint: aws.ec2.VpcEndpoint;
    readonly defaultSecurityGroup: aws.ec2.DefaultSecurityGroup;
    readonly securityGroup: aws.ec2.SecurityGroup;
    readonly egress: readonly aws.vpc.SecurityGroupEgressRule[];
  };

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:network:Network", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    const cidr = args.cidr ?? "10.40.0.0/16";
    const nat = args.nat ?? "single";

    const vpc = new awsx.ec2.Vpc(
      `${name}-vpc`,
      transformed(
        {
          cidrBlock: cidr,
          numberOfAvailabilityZones: args.zones ?? 2,
          subnetStrategy: "Auto",
          subnetSpecs: nat === "none" ? [{ type: "Public" }] : [{ type: "Public" }, { type: "Private" }],
          natGateways: { strategy: NAT_STRATEGIES[nat] },
          enableDnsHostnames: true,
          enableDnsSupport: true,
          tags: { ...context.tags },
        },
        transform?.vpc,
      ),
      child,
    );
    const s3Endpoint = new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      transformed(
        {
          vpcId: vpc.vpcId,
          serviceName: pulumi.interpolate`com.amazonaws.${context.region}.s3`,
          vpcEndpointType: "Gateway",
          routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id))),
          policy: policyDocument([reach(context, args.buckets)]),
        },
        transform?.s3Endpoint,
      ),
      child,
    );
    const defaultSecurityGroup = new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      transformed({ vpcId: vpc.vpcId, ingress: [], egress: [] }, transform?.defaultSecurityGroup),
      child,
    );
    const securityGroup = new aws.ec2.SecurityGroup(
      `${name}-tasks`,
      transformed(
        {
          vpcId: vpc.vpcId,
          name: context.name("securityGroup", `${args.label ?? name}-tasks`),
          description: "Tasks: nothing in, HTTPS and DNS out",
        },
        transform?.securityGroup,
      ),
      child,
    );
    const egress = egressRules(cidr).map(
      ({ suffix, ...rule }) =>
        new aws.vpc.SecurityGroupEgressRule(
          `${name}-${suffix}`,
          transformed({ securityGroupId: securityGroup.id, ...rule }, transform?.egress),
          child,
        ),
    );
    this.vpcId = vpc.vpcId;
    this.taskSubnetIds = nat === "none" ? vpc.publicSubnetIds : vpc.privateSubnetIds;
    this.assignPublicIp = nat === "none";
    this.taskSecurityGroupId = securityGroup.id;
    this.nodes = { vpc, s3Endpoint, defaultSecurityGroup, securityGroup, egress };
    this.registerOutputs({
      vpcId: this.vpcId,
      taskSubnetIds: this.taskSubnetIds,
      taskSecurityGroupId: this.taskSecurityGroupId,
    });
  }
}

const NAT_STRATEGIES = { none: "None", single: "Single", perZone: "OnePerAz" } as const satisfies Record<Nat, string>;

const egressRules = (cidr: string) => [
  { suffix: "https", description: "HTTPS", ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" },
  { suffix: "dns-udp", description: "DNS of the VPC", ipProtocol: "udp", fromPort: 53, toPort: 53, cidrIpv4: cidr },
  { suffix: "dns-tcp", description: "DNS of the VPC", ipProtocol: "tcp", fromPort: 53, toPort: 53, cidrIpv4: cidr },
];

const reach = (context: Context, buckets: NetworkArgs["buckets"]): Statement => ({
  sid: "BucketsOfThisPlatform",
  principals: "*",
  actions: ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload"],
  resources: buckets.flatMap((bucket) => [bucketArn(context, bucket), objectArn(context, bucket, "*")]),
  conditions: { StringEquals: { "aws:PrincipalAccount": context.account } },
});
