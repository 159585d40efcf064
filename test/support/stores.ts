import { DataLake } from "../../components/data-lake.ts";
import { parts } from "./components.ts";

/** What databases and warehouses are given in tests: three subnets, and the tasks as their client. To be used within `recorded`. */
export function storeParts(disposable = false) {
  const { context, key } = parts({ disposable, tags: { Owner: "research" } });
  const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
  return { context, key, vpcId: "vpc-1", subnetIds, clients: { tasks: "sg-tasks" } };
}

/** As `storeParts`, with a lake and the way to it. */
export function warehouseParts(disposable = false) {
  const store = storeParts(disposable);
  const { context, key } = store;
  return { ...store, lake: new DataLake("lake", { context, key }), s3PrefixListId: "pl-s3" };
}
