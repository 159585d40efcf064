import { createHash } from "node:crypto";
import type { Cloud } from "./cloud.ts";

/** What the provider would add to a resource's inputs once it is made. */
export interface StandIn {
  readonly id: string;
  readonly computed: Readonly<Record<string, unknown>>;
}

type Inputs = Readonly<Record<string, unknown>>;
type Maker = (name: string, inputs: Inputs, cloud: Cloud) => StandIn;

const MAKERS: Readonly<Record<string, Maker>> = {
  "aws:s3/bucket:Bucket": (name, inputs, { region }) => {
    const bucket = text(inputs.bucket) ?? name;
    return {
      id: bucket,
      computed: {
        bucket,
        arn: `arn:aws:s3:::${bucket}`,
        bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
      },
    };
  },
  "aws:kms/key:Key": (name, _inputs, cloud) => {
    const keyId = `00000000-0000-4000-8000-${digits(name)}`;
    return { id: keyId, computed: { keyId, arn: arn(cloud, "kms", `key/${keyId}`) } };
  },
  "aws:kms/alias:Alias": (name, inputs, cloud) => {
    const alias = text(inputs.name) ?? `alias/${name}`;
    return { id: alias, computed: { name: alias, arn: arn(cloud, "kms", alias) } };
  },
  "aws:iam/role:Role": (name, inputs, { account }) => {
    const role = text(inputs.name) ?? name;
    return { id: role, computed: { name: role, arn: `arn:aws:iam::${account}:role/${role}` } };
  },
  "aws:sqs/queue:Queue": (name, inputs, cloud) => {
    const queue = text(inputs.name) ?? name;
    const url = `https://sqs.${cloud.region}.amazonaws.com/${cloud.account}/${queue}`;
    return { id: url, computed: { name: queue, url, arn: arn(cloud, "sqs", queue) } };
  },
  "aws:cloudwatch/logGroup:LogGroup": (name, inputs, cloud) => {
    const group = text(inputs.name) ?? name;
    return { id: group, computed: { name: group, arn: arn(cloud, "logs", `log-group:${group}`) } };
  },
  "aws:ecs/cluster:Cluster": (name, inputs, cloud) => {
    const cluster = text(inputs.name) ?? name;
    const clusterArn = arn(cloud, "ecs", `cluster/${cluster}`);
    return { id: clusterArn, computed: { name: cluster, arn: clusterArn } };
  },
  "aws:ecs/taskDefinition:TaskDefinition": (name, inputs, cloud) => {
    const family = text(inputs.family) ?? name;
    const withoutRevision = arn(cloud, "ecs", `task-definition/${family}`);
    return { id: family, computed: { revision: 1, arn: `${withoutRevision}:1`, arnWithoutRevision: withoutRevision } };
  },
  "aws:sfn/stateMachine:StateMachine": (name, inputs, cloud) => {
    const machine = text(inputs.name) ?? name;
    const machineArn = arn(cloud, "states", `stateMachine:${machine}`);
    return { id: machineArn, computed: { name: machine, arn: machineArn } };
  },
  "aws:ecs/capacityProvider:CapacityProvider": (name, inputs, cloud) => {
    const provider = text(inputs.name) ?? name;
    const providerArn = arn(cloud, "ecs", `capacity-provider/${provider}`);
    return { id: providerArn, computed: { name: provider, arn: providerArn } };
  },
  "aws:ec2/launchTemplate:LaunchTemplate": (name, _inputs, cloud) => {
    const id = `lt-${digits(name)}`;
    return { id, computed: { arn: arn(cloud, "ec2", `launch-template/${id}`), latestVersion: 1, defaultVersion: 1 } };
  },
  "awsx:ecr:Repository": (name, inputs, { account, region }) => ({
    id: "",
    computed: { url: `${account}.dkr.ecr.${region}.amazonaws.com/${text(inputs.name) ?? name}` },
  }),
  "awsx:ecr:Image": (_name, inputs) => ({
    id: "",
    computed: { imageUri: `${text(inputs.repositoryUrl)}@sha256:${"0".repeat(64)}` },
  }),
  "aws:secretsmanager/secret:Secret": (name, inputs, cloud) => {
    const secretArn = arn(cloud, "secretsmanager", `secret:${text(inputs.name) ?? name}-AbCdEf`);
    return { id: secretArn, computed: { arn: secretArn } };
  },
  "aws:ec2/securityGroup:SecurityGroup": (name, _inputs, cloud) => {
    const id = `sg-${digits(name)}`;
    return { id, computed: { arn: arn(cloud, "ec2", `security-group/${id}`), ownerId: cloud.account } };
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": (name, _inputs, cloud) => {
    const id = `vpce-${digits(name)}`;
    return { id, computed: { arn: arn(cloud, "ec2", `vpc-endpoint/${id}`), prefixListId: `pl-${digits(name)}` } };
  },
  "aws:rds/instance:Instance": (name, inputs, cloud) => {
    const identifier = text(inputs.identifier) ?? name;
    const secretArn = arn(cloud, "secretsmanager", `secret:rds!db-${digits(name)}`);
    return {
      id: identifier,
      computed: {
        identifier,
        arn: arn(cloud, "rds", `db:${identifier}`),
        address: `${identifier}.${digits(name)}.${cloud.region}.rds.amazonaws.com`,
        resourceId: `db-${digits(name).toUpperCase()}`,
        masterUserSecrets: [{ secretArn, secretStatus: "active" }],
      },
    };
  },
  "aws:redshiftserverless/namespace:Namespace": (name, inputs, cloud) => {
    const namespace = text(inputs.namespaceName) ?? name;
    const secretArn = arn(cloud, "secretsmanager", `secret:redshift!${namespace}`);
    return {
      id: namespace,
      computed: {
        arn: arn(cloud, "redshift-serverless", `namespace/${digits(name)}`),
        adminPasswordSecretArn: secretArn,
      },
    };
  },
  "aws:rds/proxy:Proxy": (name, inputs, cloud) => {
    const proxy = text(inputs.name) ?? name;
    return {
      id: proxy,
      computed: {
        name: proxy,
        arn: arn(cloud, "rds", `db-proxy:prx-${digits(name)}`),
        endpoint: `${proxy}.proxy-${digits(name)}.${cloud.region}.rds.amazonaws.com`,
      },
    };
  },
  "aws:redshift/cluster:Cluster": (name, inputs, cloud) => {
    const cluster = text(inputs.clusterIdentifier) ?? name;
    return {
      id: cluster,
      computed: {
        clusterIdentifier: cluster,
        arn: arn(cloud, "redshift", `cluster:${cluster}`),
        endpoint: `${cluster}.${digits(name)}.${cloud.region}.redshift.amazonaws.com:5439`,
        masterPasswordSecretArn: arn(cloud, "secretsmanager", `secret:redshift!${cluster}`),
      },
    };
  },
  "awsx:ec2:Vpc": (name, inputs, cloud) => vpcComponent(name, inputs, cloud),
};

/** What the provider would say about a resource of this type; a type without an entry gets an id and an ARN of the usual form. */
export function standIn(type: string, name: string, inputs: Inputs, cloud: Cloud): StandIn {
  const make = MAKERS[type];
  const place = { ...cloud, region: text(inputs.region) ?? cloud.region };
  if (make) return make(name, inputs, place);
  const service = type.split(":")[1]?.split("/")[0] ?? "service";
  const physical = text(inputs.name) ?? name;
  return { id: `${name}-id`, computed: { arn: arn(place, service.toLowerCase(), physical) } };
}

/** The outputs of awsx's VPC as its documentation describes them: a subnet of each kind and a route table per zone. */
function vpcComponent(name: string, inputs: Inputs, cloud: Cloud): StandIn {
  const zones = typeof inputs.numberOfAvailabilityZones === "number" ? inputs.numberOfAvailabilityZones : 3;
  const specs = Array.isArray(inputs.subnetSpecs) ? inputs.subnetSpecs : [{ type: "Private" }, { type: "Public" }];
  const kinds = new Set(specs.map((spec: { type?: unknown }) => String(spec.type).toLowerCase()));
  const subnets = (kind: string) =>
    kinds.has(kind) ? Array.from({ length: zones }, (_, zone) => `subnet-${digits(`${name}-${kind}-${zone}`)}`) : [];
  const publicSubnetIds = subnets("public");
  const privateSubnetIds = subnets("private");
  const isolatedSubnetIds = subnets("isolated");
  const all = [...publicSubnetIds, ...privateSubnetIds, ...isolatedSubnetIds];
  const vpcId = `vpc-${digits(name)}`;
  return {
    id: "",
    computed: {
      vpcId,
      vpc: { id: vpcId, cidrBlock: inputs.cidrBlock ?? "10.0.0.0/16", arn: arn(cloud, "ec2", `vpc/${vpcId}`) },
      publicSubnetIds,
      privateSubnetIds,
      isolatedSubnetIds,
      subnets: all.map((id) => ({ id })),
      routeTables: all.map((id) => ({ id: id.replace("subnet-", "rtb-") })),
      natGateways: [],
      vpcEndpoints: [],
    },
  };
}

function arn({ region, account }: Cloud, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Twelve hexadecimal digits that follow from a name, so that the same program gets the same ids every time. */
function digits(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 12);
}
