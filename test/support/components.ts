import { Alerts, type AlertsArgs } from "../../components/alerts.ts";
import { ArtifactStore } from "../../components/artifacts.ts";
import { type Context, type ContextOptions, deploymentContext } from "../../components/context.ts";
import { DataLake } from "../../components/data-lake.ts";
import { EncryptionKey } from "../../components/encryption-key.ts";
import { IngestionTask, type IngestionTaskArgs } from "../../components/ingestion-task.ts";
import { Network } from "../../components/network.ts";
import { PipelineGroup } from "../../components/pipeline-group.ts";
import { ServiceRole } from "../../components/service-role.ts";
import { SourceSecret } from "../../components/source-secret.ts";
import { TaskRunner } from "../../components/task-runner.ts";
import { datasetCalled } from "./datasets.ts";

/** Components with nothing but what they need, for tests of others that need them. To be used within `recorded`. */
export function parts(options: ContextOptions = {}) {
  const context = deploymentContext(options);
  return { context, key: new EncryptionKey("key", { context }) };
}

/** A role that components can grant to. */
export const roleOf = (context: Context): ServiceRole =>
  new ServiceRole("someone", {
    context,
    description: "Somebody",
    service: "ecs-tasks.amazonaws.com",
    sourceArn: "arn:aws:ecs:eu-west-1:123456789012:*",
  });

/** Everything that the task of a dataset needs, and the task. */
export function taskParts(name: string, args: Partial<IngestionTaskArgs> = {}) {
  const { context, key } = parts();
  const lake = new DataLake("lake", { context, key });
  const artifacts = new ArtifactStore("artifacts", { context, key });
  const artifact = artifacts.add("program", "components/bootstrap/program.ts");
  const runner = new TaskRunner("runner", { context, key });
  const secrets = { TIINGO_TOKEN: new SourceSecret("token", { context, key, secret: "TIINGO_TOKEN" }) };
  const dataset = datasetCalled(name);
  const given = { context, dataset, lake, artifacts, artifact, runner, secrets };
  return { ...given, key, task: new IngestionTask("ingest", { ...given, ...args }) };
}

/** As `taskParts`, with everything that a pipeline needs. */
export function pipelineParts(name: string, args: Partial<IngestionTaskArgs> = {}) {
  const made = taskParts(name, args);
  const { context, key, lake, runner } = made;
  const network = new Network("network", {
    context,
    key,
    vpc: { kind: "new", nat: "none" },
    buckets: [lake.bucketName],
  });
  const alerts = new Alerts("alerts", alertsArgs(context, key, runner));
  const group = new PipelineGroup("group", { context, key });
  return { ...made, network, alerts, group };
}

export const alertsArgs = (context: Context, key: EncryptionKey, runner: TaskRunner): AlertsArgs => ({
  context,
  key,
  logGroup: runner.nodes.logGroup,
});
