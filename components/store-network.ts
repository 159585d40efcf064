import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import { type Transform, transformed } from "./transform.ts";

/** Where a store stands, and who may connect to it. */
export interface StorePlace {
  readonly vpcId: pulumi.Input<string>;
  /** Subnets without a way in from the internet, in different zones: isolated ones, else private ones. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids of the security groups that may connect, by what they are called. @default nobody @example { tasks: network.taskSecurityGroupId } */
  readonly clients?: Readonly<Record<string, pulumi.Input<string>>> | undefined;
}

export interface StoreNetworkTransform {
  readonly securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
  readonly ingress?: Transform<aws.vpc.SecurityGroupIngressRuleArgs>;
}

interface StoreNetworkArgs extends StorePlace {
  readonly context: Context;
  readonly label: string;
  readonly port: number;
  readonly transform?: StoreNetworkTransform | undefined;
}

export interface StoreNetwork {
  readonly securityGroup: aws.ec2.SecurityGroup;
  readonly ingress: readonly aws.vpc.SecurityGroupIngressRule[];
}

/** The security group of a store: its clients come in on its port, and nothing else comes in or goes out. */
export function storeNetwork(name: string, args: StoreNetworkArgs, opts: pulumi.CustomResourceOptions): StoreNetwork {
  const { context, label, port, transform } = args;
  const securityGroup = new aws.ec2.SecurityGroup(
    `${name}-firewall`,
    transformed(
      {
        vpcId: args.vpcId,
        name: context.name("securityGroup", label),
        description: `${label}: its clients in on port ${port}`,
      },
      transform?.securityGroup,
    ),
    opts,
  );
  const ingress = Object.entries(args.clients ?? {}).map(
    ([client, referencedSecurityGroupId]) =>
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-${client}`,
        transformed(
          {
            securityGroupId: securityGroup.id,
            description: `${label} for ${client}`,
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            referencedSecurityGroupId,
          },
          transform?.ingress,
        ),
        opts,
      ),
  );
  return { securityGroup, ingress };
}
