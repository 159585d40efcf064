import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Statement } from "./policy-document.ts";

/** Services that tasks may use beside S3, by the name that their endpoints have. */
export type AwsService =
  | "ecr"
  | "ecs"
  | "logs"
  | "secretsmanager"
  | "ssm"
  | "kms"
  | "sts"
  | "redshift-data"
  | "states"
  | "monitoring"
  | "dynamodb";

/** What decides which services a platform's tasks use. */
export interface TaskNeeds {
  /** See `NetworkChoice.image`. */
  readonly image: "internet" | "account";
  /** Whether any task gets a secret. */
  readonly secrets: boolean;
  /** Whether any dataset is loaded into Redshift. */
  readonly warehouse: boolean;
  /** Whether any dataset is loaded into a database: ECS reads from a parameter where it is. @default false */
  readonly database?: boolean;
  /** What tasks run on: machines of EC2 talk to ECS themselves. */
  readonly compute: "fargate" | "ec2";
}

/**
 * The services that tasks use. Not among them: KMS, which S3 and Secrets Manager ask themselves; STS, as ECS hands out the
 * credentials of a task's role within the machine; a database, which is in the network.
 */
export const taskServices = ({ image, secrets, warehouse, database = false, compute }: TaskNeeds): AwsService[] => [
  "logs",
  ...(image === "account" ? (["ecr"] as const) : []),
  ...(secrets ? (["secretsmanager"] as const) : []),
  ...(database ? (["ssm"] as const) : []),
  ...(warehouse ? (["redshift-data"] as const) : []),
  ...(compute === "ec2" ? (["ecs"] as const) : []),
];

interface Rule {
  /** The last parts of the names of its endpoints, https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
  readonly endpoints: readonly string[];
  readonly rights: readonly Right[];
}

interface Right {
  readonly actions: readonly string[];
  /** What of this platform the actions are for; everything, where AWS has no names for it. */
  readonly on?: (context: Context) => Statement["resources"];
}

const RULES: Readonly<Record<Exclude<AwsService, "dynamodb">, Rule>> = {
  ecr: {
    endpoints: ["ecr.api", "ecr.dkr"],
    rights: [
      { actions: ["ecr:GetAuthorizationToken"] },
      {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        on: (context) => arn(context, "ecr", "repository/*"),
      },
    ],
  },
  ecs: {
    endpoints: ["ecs", "ecs-agent", "ecs-telemetry"],
    rights: [
      {
        actions: [
          "ecs:DeregisterContainerInstance",
          "ecs:DiscoverPollEndpoint",
          "ecs:Poll",
          "ecs:RegisterContainerInstance",
          "ecs:StartTelemetrySession",
          "ecs:SubmitAttachmentStateChanges",
          "ecs:SubmitContainerStateChange",
          "ecs:SubmitTaskStateChange",
          "ecs:TagResource",
          "ecs:UpdateContainerInstancesState",
        ],
      },
    ],
  },
  logs: {
    endpoints: ["logs"],
    rights: [
      {
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        on: (context) => arn(context, "logs", `log-group:${context.prefix("logGroup")}*`),
      },
    ],
  },
  secretsmanager: {
    endpoints: ["secretsmanager"],
    rights: [
      {
        actions: ["secretsmanager:GetSecretValue"],
        on: (context) => arn(context, "secretsmanager", `secret:${context.prefix("secret")}*`),
      },
    ],
  },
  ssm: {
    endpoints: ["ssm"],
    rights: [
      {
        actions: ["ssm:GetParameters"],
        on: (context) => arn(context, "ssm", `parameter/${context.prefix("secret")}*`),
      },
    ],
  },
  kms: {
    endpoints: ["kms"],
    rights: [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], on: (context) => arn(context, "kms", "key/*") }],
  },
  sts: { endpoints: ["sts"], rights: [{ actions: ["sts:AssumeRole", "sts:GetCallerIdentity"] }] },
  "redshift-data": {
    endpoints: ["redshift-data"],
    rights: [
      {
        actions: [
          "redshift-data:BatchExecuteStatement",
          "redshift-data:CancelStatement",
          "redshift-data:DescribeStatement",
          "redshift-data:ExecuteStatement",
          "redshift-data:GetStatementResult",
        ],
      },
    ],
  },
  states: {
    endpoints: ["states"],
    rights: [{ actions: ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"] }],
  },
  monitoring: { endpoints: ["monitoring"], rights: [{ actions: ["cloudwatch:PutMetricData"] }] },
};

/** An interface endpoint. */
export interface InterfaceEndpoint {
  /** The last part of the service's name, such as `ecr.api`. */
  readonly name: string;
  readonly service: AwsService;
}

/** The interface endpoints through which services are reached; DynamoDB has a gateway instead. */
export const interfaceEndpoints = (services: readonly AwsService[]): InterfaceEndpoint[] =>
  [...new Set(services)].flatMap((service) =>
    service === "dynamodb" ? [] : RULES[service].endpoints.map((name) => ({ name, service })),
  );

/** What an interface endpoint lets through: what tasks do, by principals of this account, on what belongs to this platform. */
export const endpointStatements = (context: Context, service: AwsService): Statement[] =>
  service === "dynamodb"
    ? []
    : RULES[service].rights.map(({ actions, on }, index) => ({
        sid: `ThisPlatform${index + 1}`,
        principals: "*",
        actions,
        resources: on?.(context) ?? "*",
        conditions: { StringEquals: { "aws:PrincipalAccount": context.account } },
      }));
