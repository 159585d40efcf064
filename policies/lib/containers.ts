import { readJson, readList, UNKNOWN } from "./read.ts";
import type { Subject } from "./rule.ts";

/** The containers of a task definition, none when they are only known after the deployment. */
export function containersOf(taskDefinition: Subject): readonly unknown[] {
  const definitions = readJson(taskDefinition.props, "containerDefinitions");
  const list = definitions === UNKNOWN ? UNKNOWN : readList(definitions);
  return list === UNKNOWN ? [] : list.filter((container) => container !== UNKNOWN);
}
