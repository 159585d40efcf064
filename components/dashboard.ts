import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import { type DashboardContent, dashboardBody } from "./dashboard-body.ts";
import { type Transform, transformed } from "./transform.ts";

export interface DashboardArgs
  extends Pick<DashboardContent, "cluster" | "deadLetterQueue" | "database" | "warehouse"> {
  readonly context: Context;
  /** What the dashboard is called within the stack. @default "overview" */
  readonly label?: string;
  /** A line of each graph for each. */
  readonly datasets: readonly {
    readonly name: string;
    /** ARN of its state machine, one that is known at preview. @default no line for executions */
    readonly stateMachineArn?: pulumi.Input<string> | undefined;
  }[];
  readonly transform?: { readonly dashboard?: Transform<aws.cloudwatch.DashboardArgs> } | undefined;
}

/**
 * One page that shows how a platform is: rows, requests, age and failures of each dataset, tasks, dead letters, database and
 * warehouse, and the way to what it costs.
 * @example
 * new Dashboard("dashboard", { context, datasets: [{ name: "daily_prices" }], cluster: runner.clusterName, deadLetterQueue });
 *
 * **Cost**: 3 USD a month; three dashboards of an account with up to 50 metrics are free. The metrics of runs, ten per dataset,
 * cost 0.30 USD a month each, but only for the hours in which there is a run.
 *
 * **Security**: shows numbers, and only to those who may read the account's metrics.
 */
export class Dashboard extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly nodes: { readonly dashboard: aws.cloudwatch.Dashboard };

  constructor(name: string, args: DashboardArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("tidegate:alerts:Dashboard", name, {}, opts);
    const { context, cluster, deadLetterQueue, database, warehouse } = args;
    const { project, stack } = context;
    const dashboardName = context.name("dashboard", args.label ?? "overview");
    const body = pulumi
      .all([
        context.region,
        pulumi.all(args.datasets.map(({ name, stateMachineArn }) => pulumi.all([name, stateMachineArn]))),
      ])
      .apply(([region, datasets]) =>
        dashboardBody({
          title: `${project}, ${stack}`,
          region,
          platform: `${project}-${stack}`,
          datasets: datasets.map(([name, stateMachineArn]) => ({ name, stateMachineArn })),
          cluster,
          deadLetterQueue,
          database,
          warehouse,
        }),
      );
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      transformed({ dashboardName, dashboardBody: pulumi.jsonStringify(body) }, args.transform?.dashboard),
      { parent: this },
    );
    this.url = pulumi.interpolate`https://${context.region}.console.aws.amazon.com/cloudwatch/home?region=${context.region}#dashboards/dashboard/${dashboardName}`;
    this.nodes = { dashboard };
    this.registerOutputs({ url: this.url });
  }
}
