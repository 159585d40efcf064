import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { iamArn } from "./arns.ts";
import { agentStatements, agentUserData } from "./container-agent.ts";
import type { Context } from "./context.ts";
import type { EncryptionKey } from "./encryption-key.ts";
import type { Architecture } from "./image.ts";
import type { Network } from "./network.ts";
import type { Statement } from "./policy-document.ts";
import { ServiceRole, type ServiceRoleArgs } from "./service-role.ts";
import { type Transform, transformed } from "./transform.ts";

/** What a stack says about its instances. */
export interface SpotInstances {
  /** Types to choose from; the more, the rarer an interruption. @default small general ones of the architecture */
  readonly instanceTypes?: readonly string[];
  /** @default 4 */
  readonly maxInstances?: number;
  /** @default "arm64" */
  readonly architecture?: Architecture;
}

export interface SpotCapacityArgs extends SpotInstances {
  readonly context: Context;
  /** What it is called within the stack. @default the component's name */
  readonly label?: string;
  /** Name of the cluster, known at preview. */
  readonly clusterName: string;
  readonly network: Network;
  /** Encrypts the disks; its policy has to have the statement of `admitDisks`. */
  readonly key: EncryptionKey;
  readonly transform?:
    | {
        readonly role?: ServiceRoleArgs["transform"];
        readonly profile?: Transform<aws.iam.InstanceProfileArgs>;
        readonly template?: Transform<aws.ec2.LaunchTemplateArgs>;
        readonly group?: Transform<aws.autoscaling.GroupArgs>;
        readonly provider?: Transform<aws.ecs.CapacityProviderArgs>;
      }
    | undefined;
}

/** Small general types with room for two tasks, which have a network interface each. */
const INSTANCE_TYPES: Readonly<Record<Architecture, readonly string[]>> = {
  arm64: ["t4g.medium", "t4g.large", "m6g.large", "m7g.large", "c6g.large", "c7g.large"],
  x86_64: ["t3.medium", "t3a.medium", "t3.large", "m5.large", "m5a.large", "c5.large"],
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
const IMAGE_PATHS: Readonly<Record<Architecture, string>> = { arm64: "arm64/", x86_64: "" };

/**
 * Machines for tasks: EC2 Spot instances that come when a task waits for a place and go when the last one ended.
 * @example
 * const key = new EncryptionKey("key", { context, statements: [admitDisks(context)] });
 * new SpotCapacity("spot", { context, key, clusterName: "tidegate-dev-tasks", network, maxInstances: 2 });
 *
 * **Cost**: nothing while no task runs. A t4g.medium on Spot costs about 0.01 USD an hour and has room for two tasks, its disk of
 * 30 GB 0.003 USD an hour. It stays about 15 minutes after its last task.
 *
 * **Security**: no key pair and no way in; no public address. The metadata service answers only with a token and not to tasks. The
 * disk is encrypted with the platform's key. Its role can do what the agent of ECS needs on this one cluster, and tasks cannot take it.
 */
export class SpotCapacity extends pulumi.ComponentResource {
  /** Name of the capacity provider, known at preview. */
  readonly providerName: string;
  readonly nodes: {
    readonly role: ServiceRole;
    readonly profile: aws.iam.InstanceProfile;
    readonly template: aws.ec2.LaunchTemplate;
    readonly group: aws.autoscaling.Group;
    readonly provider: aws.ecs.CapacityProvider;
  };

  constructor(name: string, args: SpotCapacityArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:compute:SpotCapacity", name, {}, opts);
    const { context, network, transform } = args;
    const child = { parent: this };
    const label = args.label ?? name;
    const architecture = args.architecture ?? "arm64";
    const instanceTypes = args.instanceTypes?.length ? args.instanceTypes : INSTANCE_TYPES[architecture];
    this.providerName = context.name("capacityProvider", label);

    const role = new ServiceRole(
      `${name}-instance`,
      {
        context,
        label: `${label}-instance`,
        description: "What the agent of ECS may do on an instance",
        service: "ec2.amazonaws.com",
        sourceArn: undefined,
        transform: transform?.role,
      },
      child,
    );
    role.allow("be-in-cluster", agentStatements(context, args.clusterName));
    const profile = new aws.iam.InstanceProfile(
      `${name}-profile`,
      transformed({ name: context.name("instanceProfile", label), role: role.nodes.role.name }, transform?.profile),
      child,
    );
    const template = new aws.ec2.LaunchTemplate(
      `${name}-template`,
      transformed(
        {
          name: context.name("launchTemplate", label),
          description: "Instances that run tasks",
          updateDefaultVersion: true,
          imageId: `resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/${IMAGE_PATHS[architecture]}recommended/image_id`,
          iamInstanceProfile: { arn: profile.arn },
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
                kmsKeyId: args.key.arn,
                deleteOnTermination: "true",
              },
            },
          ],
          networkInterfaces: [
            {
              associatePublicIpAddress: "false",
              deleteOnTermination: "true",
              securityGroups: [network.taskSecurityGroupId],
            },
          ],
          tagSpecifications: ["instance", "volume"].map((resourceType) => ({
            resourceType,
            tags: { ...context.tags, Name: this.providerName },
          })),
          userData: agentUserData(args.clusterName),
        },
        transform?.template,
      ),
      child,
    );
    const group = new aws.autoscaling.Group(
      `${name}-group`,
      transformed(
        {
          name: context.name("instanceGroup", label),
          minSize: 0,
          maxSize: args.maxInstances ?? 4,
          vpcZoneIdentifiers: network.taskSubnetIds,
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
                launchTemplateId: template.id,
                version: template.latestVersion.apply(String),
              },
              overrides: instanceTypes.map((instanceType) => ({ instanceType })),
            },
          },
          tags: Object.entries({ ...context.tags, AmazonECSManaged: "true" }).map(([key, value]) => ({
            key,
            value,
            propagateAtLaunch: true,
          })),
        },
        transform?.group,
      ),
      // ECS sets how many instances there are. Without the role's rights they would never join.
      { ...child, dependsOn: role.nodes.policies, ignoreChanges: ["desiredCapacity"] },
    );
    const provider = new aws.ecs.CapacityProvider(
      `${name}-provider`,
      transformed(
        {
          name: this.providerName,
          autoScalingGroupProvider: {
            autoScalingGroupArn: group.arn,
            managedScaling: {
              status: "ENABLED",
              targetCapacity: 100,
              minimumScalingStepSize: 1,
              maximumScalingStepSize: args.maxInstances ?? 4,
            },
            managedTerminationProtection: "ENABLED",
            managedDraining: "ENABLED",
          },
        },
        transform?.provider,
      ),
      child,
    );
    this.nodes = { role, profile, template, group, provider };
    this.registerOutputs({ providerName: this.providerName });
  }
}

/**
 * What a key's policy has to say for the disks of instances: that the role which launches them for the account may use the key for
 * EC2. AWS makes that role together with the account's first auto scaling group, so the statement names it in a condition, where it
 * need not exist yet. https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
export const admitDisks = (context: Context): Statement => ({
  sid: "DisksOfInstances",
  principals: { AWS: "*" },
  actions: [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
    "kms:CreateGrant",
  ],
  resources: "*",
  conditions: {
    StringEquals: { "kms:CallerAccount": context.account },
    ArnEquals: {
      "aws:PrincipalArn": iamArn(
        context,
        "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
      ),
    },
  },
});
