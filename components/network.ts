import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../runtime/dataset/index.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import { FlowLog, type FlowLogArgs } from "./flow-log.ts";
import {
  DEFAULT_VPC,
  type ExistingVpc,
  hasInterfaceEndpoints,
  type Nat,
  type NetworkChoice,
  type NewVpc,
  networkFaults,
  newVpc,
  taskKind,
} from "./network-plan.ts";
import { type SubnetKind, subnetPlan } from "./subnet-plan.ts";
import { type Transform, transformed } from "./transform.ts";
import { VpcEndpoints, type VpcEndpointsArgs } from "./vpc-endpoints.ts";

export type { ExistingVpc, Nat, NewVpc } from "./network-plan.ts";

export interface NetworkArgs extends NetworkChoice {
  readonly context: Context;
  /** What the network is called within the stack. @default the component's name */
  readonly label?: string;
  /** Encrypts the flow log. */
  readonly key: EncryptionKey;
  /** Names of the buckets that may be reached through the S3 endpoint; names that are known at preview. */
  readonly buckets: readonly pulumi.Input<string>[];
  /** What is recorded of connections, see FlowLog; `false` for nothing. @default everything in a new VPC, nothing in an existing one */
  readonly flowLog?: Pick<FlowLogArgs, "retentionDays" | "traffic"> | false;
  readonly transform?:
    | {
        readonly vpc?: Transform<awsx.ec2.VpcArgs>;
        readonly endpoints?: VpcEndpointsArgs["transform"];
        readonly flowLog?: FlowLogArgs["transform"];
        readonly defaultSecurityGroup?: Transform<aws.ec2.DefaultSecurityGroupArgs>;
        readonly securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
        readonly egress?: Transform<aws.vpc.SecurityGroupEgressRuleArgs>;
      }
    | undefined;
}

/**
 * The network that tasks run in, with places for databases that nobody reaches from outside.
 * @example
 * new Network("network", { context, key, buckets: [lake.bucketName] });
 * @example
 * new Network("network", {
 *   context, key, buckets: [lake.bucketName],
 *   vpc: { kind: "new", cidr: "10.8.0.0/16", zones: 3, nat: "perZone" },
 *   uses: ["logs", "secretsmanager"], interfaceEndpoints: true,
 * });
 * @example
 * new Network("network", {
 *   context, key, buckets: [lake.bucketName],
 *   vpc: { kind: "existing", vpcId: "vpc-1", cidr: "10.0.0.0/16", subnetIds: { private: ["subnet-1", "subnet-2"] } },
 * });
 *
 * **Cost**: with `nat: "none"` nothing but 0.005 USD per hour of a running task for its address. Each NAT gateway costs 0.045 USD
 * an hour and 0.005 USD for its address, 36.50 USD a month, and 0.045 USD per GB. The S3 endpoint is free, and keeps the lake's
 * traffic away from NAT. An interface endpoint costs 7.30 USD a month in each zone. The flow log: see FlowLog.
 *
 * **Security**: nothing can connect to a task, with or without a public address: its security group has no ingress. Out go HTTPS
 * and DNS, from isolated subnets only to endpoints. Endpoints serve this platform alone, see VpcEndpoints. A new VPC's default
 * security group lets nothing through, and its connections are recorded.
 *
 * Tasks in isolated subnets reach neither the internet nor public registries: their image has to be in this account, their
 * sources within the network. What cannot work together is refused with a UserError.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The VPC's address range. */
  readonly cidr: string;
  /** By zone; empty when there are none. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly isolatedSubnetIds: pulumi.Output<string[]>;
  /** The subnets that tasks run in. */
  readonly taskSubnetIds: pulumi.Output<string[]>;
  /** Whether tasks need a public address to reach the internet. */
  readonly assignPublicIp: boolean;
  /** The security group of tasks. */
  readonly taskSecurityGroupId: pulumi.Output<string>;
  /** Endpoints by the last part of the service's name, such as `s3` or `ecr.api`. */
  readonly endpointIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The addresses of S3, for rules of security groups; undefined when the S3 endpoint is not this network's. */
  readonly s3PrefixListId: pulumi.Output<string> | undefined;
  readonly nodes: {
    readonly vpc: awsx.ec2.Vpc | undefined;
    readonly endpoints: VpcEndpoints;
    readonly flowLog: FlowLog | undefined;
    readonly defaultSecurityGroup: aws.ec2.DefaultSecurityGroup | undefined;
    readonly securityGroup: aws.ec2.SecurityGroup;
    readonly egress: aws.vpc.SecurityGroupEgressRule[];
  };
  readonly #name: string;
  readonly #transform: NetworkArgs["transform"];

  /** @throws UserError with everything that cannot work together */
  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const faults = networkFaults(args);
    if (faults.length > 0) throw new UserError("this network cannot be built:", faults);
    super("tidegate:network:Network", name, {}, opts);
    const { context, transform } = args;
    const child = { parent: this };
    const label = args.label ?? name;
    const choice = args.vpc ?? DEFAULT_VPC;
    this.#name = name;
    this.#transform = transform;

    const { vpc, vpcId, cidr, subnetIds, routeTableIds } =
      choice.kind === "existing"
        ? given(choice)
        : made(new awsx.ec2.Vpc(`${name}-vpc`, transformed(vpcArgs(context, choice), transform?.vpc), child), choice);
    const defaultSecurityGroup =
      vpc &&
      new aws.ec2.DefaultSecurityGroup(
        `${name}-default`,
        transformed({ vpcId: vpc.vpcId, ingress: [], egress: [] }, transform?.defaultSecurityGroup),
        child,
      );
    this.vpcId = vpcId;
    this.cidr = cidr;
    this.publicSubnetIds = subnetIds("public");
    this.privateSubnetIds = subnetIds("private");
    this.isolatedSubnetIds = subnetIds("isolated");
    this.taskSubnetIds = subnetIds(taskKind(args));
    this.assignPublicIp = taskKind(args) === "public";

    const endpoints = new VpcEndpoints(
      `${name}-endpoint`,
      {
        context,
        label: `${label}-endpoints`,
        vpcId,
        cidr: this.cidr,
        routeTableIds,
        buckets: args.buckets,
        uses: args.uses ?? ["logs"],
        subnetIds: hasInterfaceEndpoints(args) ? this.taskSubnetIds : undefined,
        transform: transform?.endpoints,
      },
      child,
    );
    const flowLog =
      (args.flowLog ?? choice.kind === "new")
        ? new FlowLog(
            `${name}-flows`,
            { context, label: `${label}-flows`, key: args.key, vpcId, ...args.flowLog, transform: transform?.flowLog },
            child,
          )
        : undefined;
    const securityGroup = new aws.ec2.SecurityGroup(
      `${name}-tasks`,
      transformed(
        {
          vpcId,
          name: context.name("securityGroup", `${label}-tasks`),
          description: "Tasks: nothing in, HTTPS and DNS out",
        },
        transform?.securityGroup,
      ),
      child,
    );
    this.endpointIds = endpoints.ids;
    this.s3PrefixListId = endpoints.nodes.gateways.s3?.prefixListId;
    this.taskSecurityGroupId = securityGroup.id;
    this.nodes = { vpc, endpoints, flowLog, defaultSecurityGroup, securityGroup, egress: [] };
    for (const { suffix, ...rule } of this.#waysOut(taskKind(args))) this.#letOut(suffix, rule);
    this.registerOutputs({
      vpcId,
      taskSubnetIds: this.taskSubnetIds,
      taskSecurityGroupId: this.taskSecurityGroupId,
    });
  }

  /**
   * Lets tasks connect to something within the network; that they may come in is said by the other's security group.
   * @param what ends the rule's name, such as `database`
   */
  allowTasksTo(what: string, securityGroupId: pulumi.Input<string>, port: number): void {
    this.#letOut(what, { ...tcp(port), description: `To ${what}`, referencedSecurityGroupId: securityGroupId });
  }

  #letOut(suffix: string, rule: Omit<aws.vpc.SecurityGroupEgressRuleArgs, "securityGroupId">): void {
    this.nodes.egress.push(
      new aws.vpc.SecurityGroupEgressRule(
        `${this.#name}-${suffix}`,
        transformed({ securityGroupId: this.taskSecurityGroupId, ...rule }, this.#transform?.egress),
        { parent: this },
      ),
    );
  }

  #waysOut(kind: SubnetKind) {
    const dns = { description: "DNS of the VPC", fromPort: 53, toPort: 53, cidrIpv4: this.cidr };
    const gateways = Object.entries(this.nodes.endpoints.nodes.gateways);
    const https =
      kind === "isolated" && gateways.length > 0
        ? [
            { suffix: "https", ...tcp(443), description: "HTTPS to endpoints", cidrIpv4: this.cidr },
            ...gateways.map(([service, { prefixListId }]) => ({
              suffix: `https-${service}`,
              ...tcp(443),
              description: `HTTPS to ${service}`,
              prefixListId,
            })),
          ]
        : [{ suffix: "https", ...tcp(443), description: "HTTPS", cidrIpv4: "0.0.0.0/0" }];
    return [
      ...https,
      { suffix: "dns-udp", ...dns, ipProtocol: "udp" },
      { suffix: "dns-tcp", ...dns, ipProtocol: "tcp" },
    ];
  }
}

const NAT_STRATEGIES = { none: "None", single: "Single", perZone: "OnePerAz" } as const satisfies Record<Nat, string>;

const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });

function vpcArgs(context: Context, choice: NewVpc): awsx.ec2.VpcArgs {
  const { cidr, zones, nat } = newVpc(choice);
  const plan = subnetPlan(cidr, zones);
  const subnets = (type: "Public" | "Private" | "Isolated", kind: SubnetKind) => ({
    type,
    cidrBlocks: [...plan[kind]],
  });
  return {
    cidrBlock: cidr,
    numberOfAvailabilityZones: zones,
    subnetStrategy: "Auto",
    subnetSpecs: [
      subnets("Public", "public"),
      ...(nat === "none" ? [] : [subnets("Private", "private")]),
      subnets("Isolated", "isolated"),
    ],
    natGateways: { strategy: NAT_STRATEGIES[nat] },
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: { ...context.tags },
  };
}

/** Where everything is in a VPC. */
interface Places {
  readonly vpc: awsx.ec2.Vpc | undefined;
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  readonly subnetIds: (kind: SubnetKind) => pulumi.Output<string[]>;
  readonly routeTableIds: pulumi.Output<string[]> | undefined;
}

const made = (vpc: awsx.ec2.Vpc, choice: NewVpc): Places => ({
  vpc,
  vpcId: vpc.vpcId,
  cidr: newVpc(choice).cidr,
  subnetIds: (kind) => vpc[`${kind}SubnetIds`],
  routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id))),
});

const given = ({ vpcId, cidr, subnetIds, routeTableIds = [] }: ExistingVpc): Places => ({
  vpc: undefined,
  vpcId: pulumi.output(vpcId),
  cidr,
  subnetIds: (kind) => pulumi.output([...(subnetIds[kind] ?? [])]),
  routeTableIds: routeTableIds.length > 0 ? pulumi.output([...routeTableIds]) : undefined,
});
