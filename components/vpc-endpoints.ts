import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, bucketArn, objectArn } from "./arns.ts";
import type { Context } from "./context.ts";
import { type AwsService, endpointStatements, interfaceEndpoints } from "./endpoint-plan.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { type Transform, transformed } from "./transform.ts";

export interface VpcEndpointsArgs {
  readonly context: Context;
  /** What the endpoints are called within the stack. @default the component's name */
  readonly label?: string;
  readonly vpcId: pulumi.Input<string>;
  /** Addresses that may use interface endpoints: the VPC's own range. */
  readonly cidr: string;
  /** Route tables that lead to S3 (and DynamoDB); undefined when the VPC has such an endpoint already. */
  readonly routeTableIds: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Names of the buckets that may be reached; names that are known at preview. */
  readonly buckets: readonly pulumi.Input<string>[];
  /** What tasks use beside S3. */
  readonly uses: readonly AwsService[];
  /** Subnets, one a zone, in which interface endpoints get an address; undefined for no interface endpoints. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]> | undefined;
  readonly transform?:
    | {
        readonly s3?: Transform<aws.ec2.VpcEndpointArgs>;
        readonly dynamodb?: Transform<aws.ec2.VpcEndpointArgs>;
        readonly interface?: Transform<aws.ec2.VpcEndpointArgs>;
        readonly securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
        readonly ingress?: Transform<aws.vpc.SecurityGroupIngressRuleArgs>;
      }
    | undefined;
}

/**
 * Ways from a VPC to services of AWS that do not touch the internet.
 * @example
 * new VpcEndpoints("endpoints", { context, vpcId, cidr, routeTableIds, buckets: [lake.bucketName], uses: ["logs"], subnetIds });
 *
 * **Cost**: gateways (S3, DynamoDB) are free. An interface endpoint costs 0.01 USD an hour in each zone, 7.30 USD a month, and
 * 0.01 USD per GB: four of them in three zones are 87.60 USD a month. `ecr` stands for two endpoints, `ecs` for three.
 *
 * **Security**: each endpoint has a policy: S3 serves only the given buckets (and the images of ECR, which lie in a bucket of AWS),
 * the others only what tasks do with what belongs to this platform, all only to principals of this account. Interface endpoints
 * answer HTTPS from within the VPC, and are what the services' usual names resolve to there.
 */
export class VpcEndpoints extends pulumi.ComponentResource {
  /** Ids by the last part of the service's name, such as `s3` or `ecr.api`. */
  readonly ids: Readonly<Record<string, pulumi.Output<string>>>;
  readonly nodes: {
    readonly gateways: Readonly<Record<string, aws.ec2.VpcEndpoint>>;
    readonly interfaces: Readonly<Record<string, aws.ec2.VpcEndpoint>>;
    readonly securityGroup: aws.ec2.SecurityGroup | undefined;
    readonly ingress: aws.vpc.SecurityGroupIngressRule | undefined;
  };

  constructor(name: string, args: VpcEndpointsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:network:VpcEndpoints", name, {}, opts);
    const { context, vpcId, uses, transform } = args;
    const child = { parent: this };
    const serviceName = (service: string) => pulumi.interpolate`com.amazonaws.${context.region}.${service}`;

    const gateway = (
      service: string,
      statements: Statement[],
      change: Transform<aws.ec2.VpcEndpointArgs> | undefined,
    ) =>
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        transformed(
          {
            vpcId,
            serviceName: serviceName(service),
            vpcEndpointType: "Gateway",
            routeTableIds: args.routeTableIds,
            policy: policyDocument(statements),
          },
          change,
        ),
        child,
      );
    const gateways: Record<string, aws.ec2.VpcEndpoint> = {};
    if (args.routeTableIds) {
      gateways.s3 = gateway("s3", bucketStatements(context, args), transform?.s3);
      if (uses.includes("dynamodb")) gateways.dynamodb = gateway("dynamodb", [tables(context)], transform?.dynamodb);
    }

    const wanted = args.subnetIds ? interfaceEndpoints(uses) : [];
    const securityGroup =
      wanted.length > 0
        ? new aws.ec2.SecurityGroup(
            `${name}-group`,
            transformed(
              {
                vpcId,
                name: context.name("securityGroup", args.label ?? name),
                description: "Endpoints: HTTPS in from the VPC",
              },
              transform?.securityGroup,
            ),
            child,
          )
        : undefined;
    const ingress =
      securityGroup &&
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-https`,
        transformed(
          {
            securityGroupId: securityGroup.id,
            description: "HTTPS from the VPC",
            ipProtocol: "tcp",
            fromPort: 443,
            toPort: 443,
            cidrIpv4: args.cidr,
          },
          transform?.ingress,
        ),
        child,
      );
    const interfaces = byName(
      wanted.map((endpoint) => [
        endpoint.name,
        new aws.ec2.VpcEndpoint(
          `${name}-${endpoint.name}`,
          transformed(
            {
              vpcId,
              serviceName: serviceName(endpoint.name),
              vpcEndpointType: "Interface",
              subnetIds: args.subnetIds,
              securityGroupIds: securityGroup ? [securityGroup.id] : [],
              privateDnsEnabled: true,
              policy: policyDocument(endpointStatements(context, endpoint.service)),
            },
            transform?.interface,
          ),
          child,
        ),
      ]),
    );
    this.nodes = { gateways, interfaces, securityGroup, ingress };
    this.ids = byName(Object.entries({ ...gateways, ...interfaces }).map(([service, { id }]) => [service, id]));
    this.registerOutputs({ ids: this.ids });
  }
}

const byName = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> => Object.fromEntries(entries);

function bucketStatements(context: Context, { buckets, uses }: VpcEndpointsArgs): Statement[] {
  const own: Statement = {
    sid: "BucketsOfThisPlatform",
    principals: "*",
    actions: ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:AbortMultipartUpload"],
    resources: buckets.flatMap((bucket) => [bucketArn(context, bucket), objectArn(context, bucket, "*")]),
    conditions: { StringEquals: { "aws:PrincipalAccount": context.account } },
  };
  return uses.includes("ecr") ? [own, layers(context)] : [own];
}

/**
 * The layers of images in ECR are fetched from a bucket of AWS, with links that ECR has signed.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
 */
const layers = (context: Context): Statement => ({
  sid: "LayersOfImages",
  principals: "*",
  actions: ["s3:GetObject"],
  resources: objectArn(context, pulumi.interpolate`prod-${context.region}-starport-layer-bucket`, "*"),
});

const tables = (context: Context): Statement => ({
  sid: "TablesOfThisPlatform",
  principals: "*",
  actions: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
  resources: arn(context, "dynamodb", `table/${context.prefix("table")}*`),
  conditions: { StringEquals: { "aws:PrincipalAccount": context.account } },
});
