import assert from "node:assert/strict";
import { deploymentContext } from "../../components/context.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import { Network } from "../../components/network.ts";
import { admitDisks, SpotCapacity, type SpotCapacityArgs } from "../../components/spot-capacity.ts";
import { checkPolicies } from "../../offline/policy.ts";
import { rules } from "../../policies/rules/index.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, recorded, resource, statements } from "../support/pulumi.ts";

interface Given {
  readonly args?: Partial<SpotCapacityArgs>;
  readonly mode?: "preview" | "update";
}

const capacity = ({ args, mode = "update" }: Given = {}) =>
  recorded(
    () => {
      const { context, key } = parts({ tags: { Owner: "research" } });
      const network = new Network("network", { context, key, vpc: { kind: "new", nat: "single" }, buckets: [] });
      new SpotCapacity("spot", { context, key, clusterName: "cluster-1", network, ...args });
    },
    { mode },
  );

describe("SpotCapacity", () => {
  it("is a group of instances that a capacity provider scales, with a role of its own", async () => {
    assert.deepEqual(
      made(await capacity()).filter((name) => name.includes(" spot")),
      [
        "aws:autoscaling/group:Group spot-group",
        "aws:ec2/launchTemplate:LaunchTemplate spot-template",
        "aws:ecs/capacityProvider:CapacityProvider spot-provider",
        "aws:iam/instanceProfile:InstanceProfile spot-profile",
        "aws:iam/role:Role spot-instance-role",
        "aws:iam/rolePolicy:RolePolicy spot-instance-be-in-cluster",
        "tidegate:compute:SpotCapacity spot",
        "tidegate:security:ServiceRole spot-instance",
      ],
    );
  });

  it("starts hardened machines: newest image of ECS, tokens for metadata, encrypted disk, no key, no address", async () => {
    const recording = await capacity();
    const { userData, ...template } = inputs(recording, "spot-template");
    assert.deepEqual(template, {
      name: "tidegate-test-spot",
      description: "Instances that run tasks",
      updateDefaultVersion: true,
      imageId: "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
      iamInstanceProfile: { arn: resource(recording, "spot-profile").outputs.arn },
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: 30,
            encrypted: "true",
            kmsKeyId: resource(recording, "key-key").outputs.arn,
            deleteOnTermination: "true",
          },
        },
      ],
      networkInterfaces: [
        {
          associatePublicIpAddress: "false",
          deleteOnTermination: "true",
          securityGroups: [resource(recording, "network-tasks").outputs.id],
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { Owner: "research", Name: "on-tidegate-test-spot" },
      })),
    });
    assert.equal(
      Buffer.from(String(userData), "base64").toString(),
      [
        "#!/bin/sh",
        "cat >> /etc/ecs/ecs.config << 'END'",
        "ECS_CLUSTER=cluster-1",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true",
        "ECS_AWSVPC_BLOCK_IMDS=true",
        "ECS_CONTAINER_STOP_TIMEOUT=2m",
        "END",
        "",
      ].join("\n"),
    );
  });

  it("takes any of several types on Spot, and none when nothing runs", async () => {
    const recording = await capacity({ args: { instanceTypes: ["c7g.large", "m7g.large"], maxInstances: 7 } });
    assert.deepEqual(inputs(recording, "spot-group"), {
      name: "tidegate-test-spot",
      minSize: 0,
      maxSize: 7,
      vpcZoneIdentifiers: resource(recording, "network-vpc").outputs.privateSubnetIds,
      protectFromScaleIn: true,
      forceDelete: true,
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: 0,
          onDemandPercentageAboveBaseCapacity: 0,
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: {
            launchTemplateId: resource(recording, "spot-template").outputs.id,
            version: "1",
          },
          overrides: [{ instanceType: "c7g.large" }, { instanceType: "m7g.large" }],
        },
      },
      tags: [
        { key: "Owner", value: "research", propagateAtLaunch: true },
        { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true },
      ],
    });
  });

  it("is scaled by ECS, which takes no machine away from a task", async () => {
    const recording = await capacity();
    assert.deepEqual(inputs(recording, "spot-provider"), {
      name: "on-tidegate-test-spot",
      autoScalingGroupProvider: {
        autoScalingGroupArn: resource(recording, "spot-group").outputs.arn,
        managedScaling: {
          status: "ENABLED",
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 4,
        },
        managedTerminationProtection: "ENABLED",
        managedDraining: "ENABLED",
      },
    });
    assert(resource(recording, "spot-group").dependencies.some((urn) => urn.endsWith("::spot-instance-be-in-cluster")));
  });

  it("chooses types and image of the architecture", async () => {
    const typesOf = async (args: Partial<SpotCapacityArgs>) => {
      const recording = await capacity({ args });
      const { launchTemplate } = inputs(recording, "spot-group").mixedInstancesPolicy as unknown as {
        launchTemplate: { overrides: { instanceType: string }[] };
      };
      const types = launchTemplate.overrides.map(({ instanceType }) => instanceType);
      return { types, image: String(inputs(recording, "spot-template").imageId) };
    };
    const arm = await typesOf({});
    assert(arm.types.length > 3 && arm.types.every((type) => /^[a-z]\dg\./.test(type)), arm.types.join());
    const intel = await typesOf({ architecture: "x86_64", instanceTypes: [] });
    assert(intel.types.length > 3 && intel.types.every((type) => /^[a-z]\da?\./.test(type)), intel.types.join());
    assert.equal(intel.image, "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id");
  });

  it("has disks that the service which launches instances may encrypt, and nobody else", async () => {
    const recording = await recorded(() => {
      const context = deploymentContext();
      new EncryptionKey("key", { context, statements: [admitDisks(context)] });
    });
    const admitted = statements(recording, "key-key").find(({ Sid }) => Sid === "DisksOfInstances");
    assert.deepEqual(admitted?.Condition, {
      StringEquals: { "kms:CallerAccount": "123456789012" },
      ArnEquals: {
        "aws:PrincipalArn":
          "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      },
    });
    assert.deepEqual(admitted?.Action, [
      "kms:Encrypt",
      "kms:Decrypt",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:DescribeKey",
      "kms:CreateGrant",
    ]);
    const { rules: verdicts } = await checkPolicies(rules, [recording]);
    assert.deepEqual(
      verdicts.flatMap(({ violations }) => violations.map(({ message }) => message)),
      [],
    );
  });

  it("has a role for the agent of ECS on this cluster, which only EC2 can take", async () => {
    const recording = await capacity({ mode: "preview" });
    const [trust] = statements(recording, "spot-instance-role", "assumeRolePolicy");
    assert.deepEqual(trust, { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" });
    const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/cluster-1";
    const [join, orders, find] = statements(recording, "spot-instance-be-in-cluster");
    assert.equal(join?.Resource, cluster);
    assert.deepEqual(orders?.Resource, "arn:aws:ecs:eu-west-1:123456789012:container-instance/cluster-1/*");
    assert.deepEqual(orders?.Condition, { ArnEquals: { "ecs:cluster": cluster } });
    assert.deepEqual([find?.Action, find?.Resource], [["ecs:DiscoverPollEndpoint"], "*"]);
    assert.deepEqual(joined(recording, "spot-profile", "role"), ["spot-instance-role"]);
  });

  it("passes every policy, before and after the first deployment", async () => {
    const recordings = [await capacity({ mode: "preview" }), await capacity()];
    const { rules: verdicts } = await checkPolicies(rules, recordings);
    const found = verdicts.flatMap(({ violations }) =>
      violations.filter(({ urn }) => urn?.split("::").at(-1)?.startsWith("spot")).map(({ message }) => message),
    );
    assert.deepEqual(found, []);
  });
});
