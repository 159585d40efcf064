import assert from "node:assert/strict";
import type { Nat } from "../../components/network.ts";
import { Network, type NetworkArgs } from "../../components/network.ts";
import { UserError } from "../../runtime/dataset/index.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, type Options, recorded, resource, statements } from "../support/pulumi.ts";

const network = (args: Partial<NetworkArgs> = {}, options: Options = {}, use: (made: Network) => void = () => {}) =>
  recorded(() => {
    const { context, key } = parts({ tags: { Owner: "research" } });
    use(new Network("net", { context, key, buckets: [context.worldName("bucket", "lake")], ...args }));
  }, options);

const EXISTING = {
  kind: "existing",
  vpcId: "vpc-1",
  cidr: "10.0.0.0/16",
  subnetIds: { private: ["subnet-1", "subnet-2"], isolated: ["subnet-3"] },
} as const;

const rule = (description: string, ipProtocol: string, port: number, to: Record<string, unknown>) => ({
  description,
  ipProtocol,
  fromPort: port,
  toPort: port,
  ...to,
});

describe("Network", () => {
  it("is a VPC with its S3 endpoint, its flow log and security groups", async () => {
    assert.deepEqual(
      made(await network()).filter((each) => !each.includes(" key")),
      [
        "aws:cloudwatch/logGroup:LogGroup net-flows-logs",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup net-default",
        "aws:ec2/flowLog:FlowLog net-flows-flow-log",
        "aws:ec2/securityGroup:SecurityGroup net-tasks",
        "aws:ec2/vpcEndpoint:VpcEndpoint net-endpoint-s3",
        "aws:iam/role:Role net-flows-writer-role",
        "aws:iam/rolePolicy:RolePolicy net-flows-writer-write-flow-log",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-tcp",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-udp",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-https",
        "awsx:ec2:Vpc net-vpc",
        "tidegate:network:FlowLog net-flows",
        "tidegate:network:Network net",
        "tidegate:network:VpcEndpoints net-endpoint",
        "tidegate:security:ServiceRole net-flows-writer",
      ],
    );
  });

  const PRIVATE = { type: "Private", cidrBlocks: ["10.8.0.0/19", "10.8.64.0/19", "10.8.128.0/19"] };
  const layouts: [Nat, string, "public" | "private", object[]][] = [
    ["none", "None", "public", []],
    ["single", "Single", "private", [PRIVATE]],
    ["perZone", "OnePerAz", "private", [PRIVATE]],
  ];
  for (const [nat, strategy, kind, between] of layouts)
    it(`with nat "${nat}" has the subnets and gateways for it, and tasks in ${kind} ones`, async () => {
      let assigned: boolean | undefined;
      const subnets: Record<string, string[]> = {};
      const recording = await network(
        { vpc: { kind: "new", nat, cidr: "10.8.0.0/16", zones: 3 } },
        { mode: "update" },
        (made) => {
          assigned = made.assignPublicIp;
          for (const which of ["task", "public", "private", "isolated"] as const)
            made[`${which}SubnetIds`].apply((ids) => {
              subnets[which] = ids;
            });
        },
      );
      assert.deepEqual(inputs(recording, "net-vpc"), {
        cidrBlock: "10.8.0.0/16",
        numberOfAvailabilityZones: 3,
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Public", cidrBlocks: ["10.8.32.0/20", "10.8.96.0/20", "10.8.160.0/20"] },
          ...between,
          { type: "Isolated", cidrBlocks: ["10.8.48.0/20", "10.8.112.0/20", "10.8.176.0/20"] },
        ],
        natGateways: { strategy },
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Owner: "research" },
      });
      assert.equal(assigned, kind === "public");
      assert.deepEqual(subnets.task, subnets[kind]);
      assert.deepEqual(
        [subnets.public?.length, subnets.private?.length, subnets.isolated?.length],
        [3, nat === "none" ? 0 : 3, 3],
      );
    });

  it("is private unless told otherwise", async () => {
    const { cidrBlock, numberOfAvailabilityZones, natGateways } = inputs(await network(), "net-vpc");
    assert.deepEqual([cidrBlock, numberOfAvailabilityZones, natGateways], ["10.40.0.0/16", 2, { strategy: "Single" }]);
  });

  it("reaches S3 without the internet from every subnet", async () => {
    const recording = await network({}, { mode: "update" });
    const tables = resource(recording, "net-vpc").outputs.routeTables as { id: string }[];
    assert.equal(tables.length, 6);
    assert.deepEqual(
      inputs(recording, "net-endpoint-s3").routeTableIds,
      tables.map(({ id }) => id),
    );
  });

  it("lets nothing in, and out HTTPS and DNS", async () => {
    const recording = await network({ vpc: { kind: "new", cidr: "10.8.0.0/16" } });
    const { vpcId: _, ...group } = inputs(recording, "net-tasks");
    assert.deepEqual(group, {
      name: "tidegate-test-net-tasks",
      description: "Tasks: nothing in, HTTPS and DNS out",
    });
    assert.deepEqual(waysOut(recording), {
      "net-https": rule("HTTPS", "tcp", 443, { cidrIpv4: "0.0.0.0/0" }),
      "net-dns-udp": rule("DNS of the VPC", "udp", 53, { cidrIpv4: "10.8.0.0/16" }),
      "net-dns-tcp": rule("DNS of the VPC", "tcp", 53, { cidrIpv4: "10.8.0.0/16" }),
    });
  });

  it("lets isolated tasks out to endpoints only", async () => {
    const recording = await network(
      { tasksIn: "isolated", image: "account", uses: ["logs", "ecr"] },
      { mode: "update" },
    );
    const { prefixListId } = resource(recording, "net-endpoint-s3").outputs;
    assert.match(String(prefixListId), /^pl-/);
    assert.deepEqual(waysOut(recording), {
      "net-https": rule("HTTPS to endpoints", "tcp", 443, { cidrIpv4: "10.40.0.0/16" }),
      "net-https-s3": rule("HTTPS to s3", "tcp", 443, { prefixListId }),
      "net-dns-udp": rule("DNS of the VPC", "udp", 53, { cidrIpv4: "10.40.0.0/16" }),
      "net-dns-tcp": rule("DNS of the VPC", "tcp", 53, { cidrIpv4: "10.40.0.0/16" }),
    });
    const { isolatedSubnetIds } = resource(recording, "net-vpc").outputs;
    assert.deepEqual(inputs(recording, "net-endpoint-ecr.dkr").subnetIds, isolatedSubnetIds);
  });

  it("lets tasks connect to what it is told, by its security group", async () => {
    const recording = await network({}, { mode: "update" }, (made) => made.allowTasksTo("database", "sg-1", 5432));
    assert.deepEqual(
      waysOut(recording)["net-database"],
      rule("To database", "tcp", 5432, { referencedSecurityGroupId: "sg-1" }),
    );
  });

  it("closes the default security group", async () => {
    const recording = await network();
    const { ingress, egress } = inputs(recording, "net-default");
    assert.deepEqual([ingress, egress], [[], []]);
    for (const name of ["net-default", "net-tasks", "net-endpoint-s3", "net-flows-flow-log"])
      assert.deepEqual(joined(recording, name, "vpcId"), ["net-vpc"]);
  });

  it("records connections into an encrypted log that expires", async () => {
    const recording = await network({ flowLog: { retentionDays: 30, traffic: "REJECT" } });
    const { kmsKeyId: _, ...group } = inputs(recording, "net-flows-logs");
    assert.deepEqual(group, { name: "/tidegate/test/net-flows", retentionInDays: 30 });
    assert.deepEqual(joined(recording, "net-flows-logs", "kmsKeyId"), ["key-key"]);
    const { trafficType, logDestinationType, maxAggregationInterval } = inputs(recording, "net-flows-flow-log");
    assert.deepEqual([trafficType, logDestinationType, maxAggregationInterval], ["REJECT", "cloud-watch-logs", 600]);
    assert.deepEqual(joined(recording, "net-flows-flow-log", "logDestination"), ["net-flows-logs"]);
    assert.deepEqual(joined(recording, "net-flows-flow-log", "iamRoleArn"), ["net-flows-writer-role"]);
    const log = (name: string) => `arn:aws:logs:eu-west-1:123456789012:log-group:${name}`;
    assert.deepEqual(statements(recording, "net-flows-writer-write-flow-log"), [
      {
        Sid: "LogStreams",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: log("/tidegate/test/net-flows:*"),
      },
      { Sid: "LogGroups", Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: log("*") },
    ]);
    assert.deepEqual(statements(recording, "net-flows-writer-role", "assumeRolePolicy"), [
      {
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*" },
        },
      },
    ]);
  });

  it("records nothing when told so", async () => {
    assert.deepEqual(
      made(await network({ flowLog: false })).filter((each) => /flow/i.test(each)),
      [],
    );
  });

  it("adds to an existing VPC what tasks need, and changes nothing else", async () => {
    const subnets: Record<string, string[]> = {};
    const recording = await network({ vpc: EXISTING }, { mode: "update" }, (made) => {
      for (const which of ["task", "public", "isolated"] as const)
        made[`${which}SubnetIds`].apply((ids) => {
          subnets[which] = ids;
        });
    });
    assert.deepEqual(
      made(recording).filter((each) => !each.includes(" key")),
      [
        "aws:ec2/securityGroup:SecurityGroup net-tasks",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-tcp",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-dns-udp",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule net-https",
        "tidegate:network:Network net",
        "tidegate:network:VpcEndpoints net-endpoint",
      ],
    );
    assert.deepEqual(subnets, { task: ["subnet-1", "subnet-2"], public: [], isolated: ["subnet-3"] });
    assert.equal(inputs(recording, "net-tasks").vpcId, "vpc-1");
    assert.equal(inputs(recording, "net-dns-udp").cidrIpv4, "10.0.0.0/16");
  });

  it("gives an existing VPC an S3 endpoint where route tables are given, and a flow log where it is asked for", async () => {
    const recording = await network({ vpc: { ...EXISTING, routeTableIds: ["rtb-1"] }, flowLog: {} });
    assert.deepEqual(inputs(recording, "net-endpoint-s3").routeTableIds, ["rtb-1"]);
    assert.equal(inputs(recording, "net-flows-flow-log").vpcId, "vpc-1");
  });

  it("is refused before anything is made when its parts cannot work together", async () => {
    let seen = 0;
    await assert.rejects(
      network(
        { vpc: { kind: "new", nat: "none" }, tasksIn: "private" },
        {
          watch: ({ type }) => {
            if (type.startsWith("tidegate:network")) seen += 1;
          },
        },
      ),
      new UserError("this network cannot be built:", [
        {
          path: "tasksIn",
          problem: "there are no private subnets without NAT",
          value: "private",
          allowed: "public, isolated",
          fix: 'set nat to "single"',
        },
      ]),
    );
    assert.equal(seen, 0);
  });

  it("lets its children be changed", async () => {
    const recording = await network({
      transform: {
        vpc: { instanceTenancy: "dedicated" },
        endpoints: { s3: { autoAccept: true } },
        flowLog: { flowLog: { maxAggregationInterval: 60 }, role: { role: { path: "/ours/" } } },
        defaultSecurityGroup: { tags: { Ours: "yes" } },
        securityGroup: { description: "Ours" },
        egress: { description: "Ours" },
      },
    });
    assert.equal(inputs(recording, "net-vpc").instanceTenancy, "dedicated");
    assert.equal(inputs(recording, "net-endpoint-s3").autoAccept, true);
    assert.equal(inputs(recording, "net-flows-flow-log").maxAggregationInterval, 60);
    assert.equal(inputs(recording, "net-flows-writer-role").path, "/ours/");
    assert.deepEqual(inputs(recording, "net-default").tags, { Ours: "yes" });
    assert.equal(inputs(recording, "net-tasks").description, "Ours");
    assert.equal(inputs(recording, "net-https").description, "Ours");
  });
});

/** The egress rules of the tasks' group, by name. */
function waysOut(recording: Awaited<ReturnType<typeof network>>): Record<string, unknown> {
  const rules = recording.resources.filter(({ type }) => type.includes("SecurityGroupEgressRule"));
  return Object.fromEntries(
    rules.map(({ name, inputs }) => {
      assert.deepEqual(joined(recording, name, "securityGroupId"), ["net-tasks"]);
      const { securityGroupId: _, ...rest } = inputs;
      return [name, rest];
    }),
  );
}
