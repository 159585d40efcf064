import { arn } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Statement } from "./policy-document.ts";

/** What the agent of ECS on an instance may do: be part of one cluster. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html */
export function agentStatements(context: Context, clusterName: string): Statement[] {
  const cluster = arn(context, "ecs", `cluster/${clusterName}`);
  return [
    {
      sid: "JoinAndReport",
      actions: [
        "ecs:RegisterContainerInstance",
        "ecs:DeregisterContainerInstance",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
      ],
      resources: cluster,
    },
    {
      sid: "TakeOrders",
      actions: ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
      resources: arn(context, "ecs", `container-instance/${clusterName}/*`),
      conditions: { ArnEquals: { "ecs:cluster": cluster } },
    },
    { sid: "FindTheService", actions: ["ecs:DiscoverPollEndpoint"], resources: "*" },
  ];
}

/**
 * What an instance does when it starts: it joins the cluster, gives tasks two minutes when Spot takes it away, and keeps its own
 * credentials from them. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 * @returns the script, in Base64
 */
export function agentUserData(clusterName: string): string {
  const settings = {
    ECS_CLUSTER: clusterName,
    ECS_ENABLE_SPOT_INSTANCE_DRAINING: "true",
    ECS_AWSVPC_BLOCK_IMDS: "true",
    ECS_CONTAINER_STOP_TIMEOUT: "2m",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const script = ["#!/bin/sh", "cat >> /etc/ecs/ecs.config << 'END'", ...lines, "END", ""].join("\n");
  return Buffer.from(script).toString("base64");
}
