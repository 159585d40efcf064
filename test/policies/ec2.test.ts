import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { describeRule } from "../support/rules.ts";

const WORLD = "0.0.0.0/0";
const HTTPS = { protocol: "tcp", fromPort: 443, toPort: 443 };
const group = (args: aws.ec2.SecurityGroupArgs) => () => new aws.ec2.SecurityGroup("group", args);
const rule =
  (type: string, cidrBlocks: string[], ports = HTTPS) =>
  () =>
    new aws.ec2.SecurityGroupRule("rule", { type, securityGroupId: "sg-1", cidrBlocks, ...ports });

describeRule("ec2-no-ingress-from-world", {
  good: {
    "nothing in": group({ ingress: [] }),
    "an own range": group({ ingress: [{ ...HTTPS, cidrBlocks: ["10.0.0.0/8"] }] }),
    "a rule that leads out": rule("egress", [WORLD]),
    "another group": () =>
      new aws.vpc.SecurityGroupIngressRule("rule", {
        securityGroupId: "sg-1",
        ipProtocol: "tcp",
        referencedSecurityGroupId: "sg-2",
      }),
  },
  bad: {
    "within the group": {
      program: group({ ingress: [{ ...HTTPS, cidrBlocks: ["10.0.0.0/8", WORLD] }] }),
      says: [/^group: lets everybody connect to tcp 443 \(got \["0\.0\.0\.0\/0"\]\)/],
    },
    "as a rule": { program: rule("ingress", [WORLD]), says: [/^rule: /] },
    "as a rule of the newer kind, by IPv6": {
      program: () =>
        new aws.vpc.SecurityGroupIngressRule("rule", { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv6: "::/0" }),
      says: [/connect to every port/],
    },
  },
});

const out = (args: Partial<aws.vpc.SecurityGroupEgressRuleArgs>) => () =>
  new aws.vpc.SecurityGroupEgressRule("rule", { securityGroupId: "sg-1", ipProtocol: "tcp", ...args });

describeRule("ec2-egress-limited", {
  good: {
    "HTTPS everywhere": out({ fromPort: 443, toPort: 443, cidrIpv4: WORLD }),
    "everything within the network": out({ ipProtocol: "-1", cidrIpv4: "10.0.0.0/16" }),
    nothing: group({ egress: [] }),
  },
  bad: {
    "everything everywhere": {
      program: out({ ipProtocol: "-1", cidrIpv4: WORLD }),
      says: [/lets every port of the whole internet/],
    },
    "a range of ports": {
      program: out({ fromPort: 0, toPort: 65_535, cidrIpv4: WORLD }),
      says: [/tcp 0-65535/],
    },
    "the port by another protocol": {
      program: out({ ipProtocol: "udp", fromPort: 443, toPort: 443, cidrIpv4: WORLD }),
      says: [/udp 443/],
    },
    "within the group": {
      program: group({ egress: [{ protocol: "tcp", fromPort: 22, toPort: 22, ipv6CidrBlocks: ["::/0"] }] }),
      says: [/tcp 22 .*::\/0/],
    },
  },
});

/** What the engine sees of awsx's VPC: the component and, below it, the VPC that its plugin made. */
class FilledVpc extends pulumi.ComponentResource {
  readonly vpc: aws.ec2.Vpc;

  constructor(name: string) {
    super("awsx:ec2:Vpc", name);
    this.vpc = new aws.ec2.Vpc(`${name}-made`, { cidrBlock: "10.0.0.0/16" }, { parent: this });
    this.registerOutputs();
  }
}

const endpoint = (vpcId: pulumi.Input<string>, service = "s3", vpcEndpointType = "Gateway") =>
  new aws.ec2.VpcEndpoint("endpoint", { vpcId, serviceName: `com.amazonaws.us-east-1.${service}`, vpcEndpointType });
const vpc = (name = "net") => new aws.ec2.Vpc(name, { cidrBlock: "10.0.0.0/16" });
const component = () => new awsx.ec2.Vpc("net", { natGateways: { strategy: "None" } });

describeRule("ec2-vpc-s3-endpoint", {
  good: {
    "a VPC with its endpoint": () => endpoint(vpc().id),
    "awsx's VPC with its endpoint": () => endpoint(component().vpcId),
    "awsx's VPC with its parts, as the engine sees it": () => endpoint(new FilledVpc("net").vpc.id),
  },
  bad: {
    "awsx's VPC with its parts, without an endpoint": { program: () => new FilledVpc("net"), says: [/^net-made: /] },
    "no endpoint": { program: () => component(), says: [/^net: reaches S3 through the internet/] },
    "an endpoint of another service": { program: () => endpoint(vpc().id, "dynamodb"), says: [/^net: /] },
    "an interface endpoint, which costs and is not used by default": {
      program: () => endpoint(vpc().id, "s3", "Interface"),
      says: [/^net: /],
    },
    "an endpoint of another VPC": {
      program: () => {
        endpoint(vpc("other").id);
        vpc();
      },
      says: [/^net: /],
    },
  },
});

const defaultGroup = (vpcId: pulumi.Input<string>, args: aws.ec2.DefaultSecurityGroupArgs = {}) =>
  new aws.ec2.DefaultSecurityGroup("default", { vpcId, ...args });

describeRule("ec2-default-group-closed", {
  good: {
    "no rules": () => defaultGroup(vpc().id),
    "empty lists, awsx's VPC": () => defaultGroup(component().vpcId, { ingress: [], egress: [] }),
  },
  bad: {
    "left as it is": { program: () => vpc(), says: [/^net: leaves its default security group open/] },
    "a rule": {
      program: () => defaultGroup(vpc().id, { ingress: [{ ...HTTPS, self: true }] }),
      says: [/^default: has rules for ingress/],
    },
  },
});

const withPolicy = (Statement: object) => () =>
  new aws.ec2.VpcEndpoint("endpoint", {
    vpcId: "vpc-1",
    serviceName: "com.amazonaws.us-east-1.s3",
    policy: JSON.stringify({ Statement }),
  });
const ALL = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };

describeRule("ec2-endpoint-policy-limited", {
  good: {
    "named resources": withPolicy({ ...ALL, Resource: "arn:aws:s3:::lake/*" }),
    "an account": withPolicy({ ...ALL, Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } } }),
  },
  bad: {
    "the default policy": { program: () => endpoint(vpc().id), says: [/used by everybody for everything/] },
    "the default policy, written out": { program: withPolicy(ALL), says: [/used by everybody/] },
  },
});

const flowLog = (vpcId: pulumi.Input<string>, trafficType = "ALL") =>
  new aws.ec2.FlowLog("flows", { vpcId, trafficType, logDestination: "arn" });

describeRule("ec2-vpc-flow-log", {
  good: {
    "everything is recorded": () => flowLog(vpc().id),
    "what was refused is recorded, of awsx's VPC": () => flowLog(component().vpcId, "REJECT"),
    "awsx's VPC with its parts, as the engine sees it": () => flowLog(new FilledVpc("net").vpc.id),
  },
  bad: {
    "no flow log": { program: () => component(), says: [/^net: records no refused connections/] },
    "only what was let through": { program: () => flowLog(vpc().id, "ACCEPT"), says: [/^net: /] },
    "the flow log of another VPC": {
      program: () => {
        flowLog(vpc("other").id);
        vpc();
      },
      says: [/^net: /],
    },
  },
});

const DISK = { deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: "arn:aws:kms:us-east-1:1:key/0" } };
const SAFE = { metadataOptions: { httpTokens: "required" }, blockDeviceMappings: [DISK] };
const template = (args: aws.ec2.LaunchTemplateArgs) => new aws.ec2.LaunchTemplate("machines", args);

describeRule("ec2-machine-hardened", {
  good: {
    "tokens and an encrypted disk": () => template(SAFE),
    "a key of the program, no public address": () =>
      template({
        ...SAFE,
        blockDeviceMappings: [{ ...DISK, ebs: { encrypted: "true", kmsKeyId: new aws.kms.Key("key").arn } }],
        networkInterfaces: [{ associatePublicIpAddress: "false" }],
      }),
  },
  bad: {
    "nothing said": {
      program: () => template({}),
      says: [/metadata without a token/, /leaves its disks as the image has them/],
    },
    "tokens for those who like": {
      program: () => template({ ...SAFE, metadataOptions: { httpTokens: "optional" } }),
      says: [/metadata without a token \(got "optional"\)/],
    },
    "a disk that is open, and one with the key that AWS manages": {
      program: () =>
        template({
          ...SAFE,
          blockDeviceMappings: [DISK, { deviceName: "/dev/b" }, { deviceName: "/dev/c", ebs: { encrypted: "true" } }],
        }),
      says: [/has a disk that is not encrypted/, /with the key that AWS manages/],
    },
    "a key pair and a public address": {
      program: () =>
        template({ ...SAFE, keyName: "laptop", networkInterfaces: [{ associatePublicIpAddress: "true" }] }),
      says: [/has a key pair \(got "laptop"\)/, /gives its machines public addresses/],
    },
  },
});
