import type * as pulumi from "@pulumi/pulumi";
import { ProvisionedWarehouse, type ProvisionedWarehouseArgs } from "./warehouse-provisioned.ts";
import { ServerlessWarehouse, type ServerlessWarehouseArgs } from "./warehouse-serverless.ts";

export type { Warehouse, WarehouseMetrics } from "./warehouse-base.ts";

/** Which warehouse there is. */
export type WarehouseArgs = ServerlessWarehouseArgs | ProvisionedWarehouseArgs | { readonly kind: "none" };

/**
 * The warehouse of a platform, or none.
 * @example
 * const warehouse = makeWarehouse("warehouse", { kind: "serverless", context, key, lake, vpcId, subnetIds, s3PrefixListId });
 * warehouse?.grantLoad(taskRole);
 */
export function makeWarehouse(
  name: string,
  args: WarehouseArgs,
  opts: pulumi.ComponentResourceOptions = {},
): ServerlessWarehouse | ProvisionedWarehouse | undefined {
  if (args.kind === "none") return undefined;
  return args.kind === "serverless"
    ? new ServerlessWarehouse(name, args, opts)
    : new ProvisionedWarehouse(name, args, opts);
}
