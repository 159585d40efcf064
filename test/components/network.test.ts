import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { type Nat, Network, type NetworkArgs } from "../../components/network.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

const network = (args: Partial<NetworkArgs> = {}, mode: "preview" | "update" = "preview") =>
  recorded(
    () => {
      const context = deploymentContext({ tags: { Owner: "research" } });
      const made = new Network("net", { context, buckets: [context.worldName("bucket", "lake")], ...args });
      if (mode === "preview") return;
      const kind = made.assignPublicIp ? "public" : "private";
      made.nodes.vpc[`${kind}SubnetIds`].apply((ids) =>
        made.taskSubnetIds.apply((tasks) => assert.deepEqual([tasks, tasks.length > 0], [ids, true])),
      );
    },
    { mode },
  );

describe("Network", () => {
  it("is a VPC with its endpoint and security groups", async () => {
    assert.deepEqual(made(await network()), [
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup net-default",
      "aws:ec2/securityGroup:SecurityGroup net-tasks",
      "aws:ec2/vpcEndpoint:VpcEndpoint net-s3",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-tcp",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-udp",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-https",
      "awsx:ec2:Vpc net-vpc",
      "tidegate:network:Network net",
    ]);
  });

  const layouts: [Nat, string, { type: string }[]][] = [
    ["none", "None", [{ type: "Public" }]],
    ["single", "Single", [{ type: "Public" }, { type: "Private" }]],
    ["perZone", "OnePerAz", [{ type: "Public" }, { type: "Private" }]],
  ];
  for (const [nat, strategy, subnetSpecs] of layouts)
    it(`with nat "${nat}" has the subnets and gateways for it, and tasks in the right ones`, async () => {
      const recording = await network({ nat, cidr: "10.8.0.0/16", zones: 3 }, "update");
      assert.deepEqual(inputs(recording, "net-vpc"), {
        cidrBlock: "10.8.0.0/16",
        numberOfAvailabilityZones: 3,
        subnetStrategy: "Auto",
        subnetSpecs,
        natGateways: { strategy },
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Owner: "research" },
      });
    });

  it("is private unless told otherwise", async () => {
    const { cidrBlock, numberOfAvailabilityZones, natGateways } = inputs(await network(), "net-vpc");
    assert.deepEqual([cidrBlock, numberOfAvailabilityZones, natGateways], ["10.40.0.0/16", 2, { strategy: "Single" }]);
  });

  it("reaches S3 without the internet, from every subnet, for its own buckets alone", async () => {
    const recording = await network({}, "update");
    const { serviceName, vpcEndpointType, routeTableIds } = inputs(recording, "net-s3");
    assert.deepEqual([serviceName, vpcEndpointType], ["com.amazonaws.eu-west-1.s3", "Gateway"]);
    const tables = resource(recording, "net-vpc").outputs.routeTables as { id: string }[];
    assert.equal(tables.length, 4);
    assert.deepEqual(
      routeTableIds,
      tables.map(({ id }) => id),
    );
    assert.deepEqual(statements(await network(), "net-s3"), [
      {
        Sid: "BucketsOfThisPlatform",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload"],
        Resource: ["arn:aws:s3:::tidegate-test-lake-123456789012", "arn:aws:s3:::tidegate-test-lake-123456789012/*"],
        Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } },
      },
    ]);
  });

  it("lets nothing in, and out HTTPS and DNS", async () => {
    const recording = await network({ cidr: "10.8.0.0/16" });
    const { vpcId: _, ...group } = inputs(recording, "net-tasks");
    assert.deepEqual(group, {
      name: "tidegate-test-net-tasks",
      description: "Tasks: nothing in, HTTPS and DNS out",
    });
    const rule = (name: string) => {
      const { securityGroupId: _, ...rest } = inputs(recording, name);
      assert.deepEqual(joined(recording, name, "securityGroupId"), ["net-tasks"]);
      return rest;
    };
    const port = (description: string, ipProtocol: string, number: number, cidrIpv4: string) => ({
      description,
      ipProtocol,
      fromPort: number,
      toPort: number,
      cidrIpv4,
    });
    assert.deepEqual(rule("net-https"), port("HTTPS", "tcp", 443, "0.0.0.0/0"));
    assert.deepEqual(rule("net-dns-udp"), port("DNS of the VPC", "udp", 53, "10.8.0.0/16"));
    assert.deepEqual(rule("net-dns-tcp"), port("DNS of the VPC", "tcp", 53, "10.8.0.0/16"));
  });

  it("closes the default security group", async () => {
    const recording = await network();
    const { ingress, egress } = inputs(recording, "net-default");
    assert.deepEqual([ingress, egress], [[], []]);
    for (const name of ["net-default", "net-tasks", "net-s3"])
      assert.deepEqual(joined(recording, name, "vpcId"), ["net-vpc"]);
  });
});
