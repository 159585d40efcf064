import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { type AwsService, interfaceEndpoints, taskServices } from "../../components/endpoint-plan.ts";
import { VpcEndpoints, type VpcEndpointsArgs } from "../../components/vpc-endpoints.ts";
import { inputs, joined, made, recorded, statements } from "../support/pulumi.ts";

const endpoints = (args: Partial<VpcEndpointsArgs> = {}) =>
  recorded(() => {
    const context = deploymentContext();
    new VpcEndpoints("ends", {
      context,
      vpcId: "vpc-1",
      cidr: "10.8.0.0/16",
      routeTableIds: ["rtb-1"],
      buckets: [context.worldName("bucket", "lake")],
      uses: ["logs"],
      subnetIds: ["subnet-1", "subnet-2"],
      ...args,
    });
  });

const OURS = { StringEquals: { "aws:PrincipalAccount": "123456789012" } };
const arn = (service: string, what: string) => `arn:aws:${service}:eu-west-1:123456789012:${what}`;
const allow = (Sid: string, Action: string[], Resource: unknown, Condition: unknown = OURS) => ({
  Sid,
  Effect: "Allow",
  Principal: "*",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const S3 = allow(
  "BucketsOfThisPlatform",
  ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetBucketLocation", "s3:AbortMultipartUpload"],
  ["arn:aws:s3:::tidegate-test-lake-123456789012", "arn:aws:s3:::tidegate-test-lake-123456789012/*"],
);

describe("the services that tasks use", () => {
  const cases: [string, Parameters<typeof taskServices>[0], AwsService[]][] = [
    ["logs, always", { image: "internet", secrets: false, warehouse: false, compute: "fargate" }, ["logs"]],
    [
      "all of these, when they need them",
      { image: "account", secrets: true, warehouse: true, compute: "ec2" },
      ["logs", "ecr", "secretsmanager", "redshift-data", "ecs"],
    ],
  ];
  for (const [what, needs, services] of cases)
    it(`are ${what}`, () => {
      assert.deepEqual(taskServices(needs), services);
    });

  it("have one endpoint or several, and DynamoDB has none of this kind", () => {
    assert.deepEqual(
      interfaceEndpoints(["ecr", "logs", "dynamodb", "logs", "ecs"]).map(({ name }) => name),
      ["ecr.api", "ecr.dkr", "logs", "ecs", "ecs-agent", "ecs-telemetry"],
    );
  });
});

describe("VpcEndpoints", () => {
  it("are a gateway, and an interface for each service behind one security group", async () => {
    const recording = await endpoints({ uses: ["logs", "ecr"] });
    assert.deepEqual(made(recording), [
      "aws:ec2/securityGroup:SecurityGroup ends-group",
      "aws:ec2/vpcEndpoint:VpcEndpoint ends-ecr.api",
      "aws:ec2/vpcEndpoint:VpcEndpoint ends-ecr.dkr",
      "aws:ec2/vpcEndpoint:VpcEndpoint ends-logs",
      "aws:ec2/vpcEndpoint:VpcEndpoint ends-s3",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule ends-https",
      "tidegate:network:VpcEndpoints ends",
    ]);
    const { policy: _, ...logs } = inputs(recording, "ends-logs");
    assert.deepEqual(
      { ...logs, securityGroupIds: undefined },
      {
        vpcId: "vpc-1",
        serviceName: "com.amazonaws.eu-west-1.logs",
        vpcEndpointType: "Interface",
        subnetIds: ["subnet-1", "subnet-2"],
        securityGroupIds: undefined,
        privateDnsEnabled: true,
      },
    );
    assert.deepEqual(joined(recording, "ends-logs", "securityGroupIds"), ["ends-group"]);
  });

  it("let HTTPS in from the VPC, and nothing else", async () => {
    const recording = await endpoints();
    assert.deepEqual(inputs(recording, "ends-group"), {
      vpcId: "vpc-1",
      name: "tidegate-test-ends",
      description: "Endpoints: HTTPS in from the VPC",
    });
    const { securityGroupId: _, ...ingress } = inputs(recording, "ends-https");
    assert.deepEqual(ingress, {
      description: "HTTPS from the VPC",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "10.8.0.0/16",
    });
    assert.deepEqual(joined(recording, "ends-https", "securityGroupId"), ["ends-group"]);
  });

  it("serve the platform's buckets alone, and the layers of images only where images are of this account", async () => {
    const recording = await endpoints();
    const { policy: _, ...gateway } = inputs(recording, "ends-s3");
    assert.deepEqual(gateway, {
      vpcId: "vpc-1",
      serviceName: "com.amazonaws.eu-west-1.s3",
      vpcEndpointType: "Gateway",
      routeTableIds: ["rtb-1"],
    });
    assert.deepEqual(statements(recording, "ends-s3"), [S3]);
    assert.deepEqual(statements(await endpoints({ uses: ["ecr"] }), "ends-s3"), [
      S3,
      allow("LayersOfImages", ["s3:GetObject"], "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", null),
    ]);
  });

  const ECS = [
    "DeregisterContainerInstance",
    "DiscoverPollEndpoint",
    "Poll",
    "RegisterContainerInstance",
    "StartTelemetrySession",
    "SubmitAttachmentStateChanges",
    "SubmitContainerStateChange",
    "SubmitTaskStateChange",
    "TagResource",
    "UpdateContainerInstancesState",
  ];
  const REDSHIFT = [
    "BatchExecuteStatement",
    "CancelStatement",
    "DescribeStatement",
    "ExecuteStatement",
    "GetStatementResult",
  ];
  const named = (service: string, actions: string[]) => actions.map((action) => `${service}:${action}`);
  const ECR = [
    allow("ThisPlatform1", ["ecr:GetAuthorizationToken"], "*"),
    allow(
      "ThisPlatform2",
      named("ecr", ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]),
      arn("ecr", "repository/*"),
    ),
  ];
  const one = (actions: string[], on: string) => [allow("ThisPlatform1", actions, on)];
  const POLICIES: Record<string, object[]> = {
    "ecr.api": ECR,
    "ecr.dkr": ECR,
    "ecs-agent": one(named("ecs", ECS), "*"),
    logs: one(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/tidegate/test/*")),
    secretsmanager: one(["secretsmanager:GetSecretValue"], arn("secretsmanager", "secret:tidegate/test/*")),
    kms: one(["kms:Decrypt", "kms:GenerateDataKey"], arn("kms", "key/*")),
    sts: one(["sts:AssumeRole", "sts:GetCallerIdentity"], "*"),
    "redshift-data": one(named("redshift-data", REDSHIFT), "*"),
    states: one(named("states", ["SendTaskFailure", "SendTaskHeartbeat", "SendTaskSuccess"]), "*"),
    monitoring: one(["cloudwatch:PutMetricData"], "*"),
  };
  it("let through what tasks do, on what belongs to the platform, by principals of the account", async () => {
    const recording = await endpoints({
      uses: ["ecr", "ecs", "logs", "secretsmanager", "kms", "sts", "redshift-data", "states", "monitoring"],
    });
    for (const [name, policy] of Object.entries(POLICIES))
      assert.deepEqual(statements(recording, `ends-${name}`), policy, name);
  });

  it("lead to DynamoDB only when it is used, through a gateway", async () => {
    const recording = await endpoints({ uses: ["dynamodb"] });
    assert.deepEqual(
      made(recording).filter((each) => each.startsWith("aws:")),
      ["aws:ec2/vpcEndpoint:VpcEndpoint ends-dynamodb", "aws:ec2/vpcEndpoint:VpcEndpoint ends-s3"],
    );
    const { serviceName, vpcEndpointType } = inputs(recording, "ends-dynamodb");
    assert.deepEqual([serviceName, vpcEndpointType], ["com.amazonaws.eu-west-1.dynamodb", "Gateway"]);
    assert.deepEqual(statements(recording, "ends-dynamodb"), [
      allow(
        "TablesOfThisPlatform",
        named("dynamodb", ["DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"]),
        arn("dynamodb", "table/tidegate-test-*"),
      ),
    ]);
  });

  it("are none where nothing is asked for", async () => {
    assert.deepEqual(made(await endpoints({ routeTableIds: undefined, subnetIds: undefined })), [
      "tidegate:network:VpcEndpoints ends",
    ]);
  });

  it("can be changed", async () => {
    const recording = await endpoints({
      transform: {
        s3: { autoAccept: true },
        interface: { ipAddressType: "dualstack" },
        securityGroup: { description: "Ours" },
        ingress: { description: "Ours" },
      },
    });
    assert.equal(inputs(recording, "ends-s3").autoAccept, true);
    assert.equal(inputs(recording, "ends-logs").ipAddressType, "dualstack");
    assert.equal(inputs(recording, "ends-group").description, "Ours");
    assert.equal(inputs(recording, "ends-https").description, "Ours");
  });
});
