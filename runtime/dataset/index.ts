/** The vocabulary of dataset definitions: what `import … from "tidegate"` gives. */
export { type Check, type FreshnessCheck, fresherThan, ohlc, type RecordCheck } from "./checks.ts";
export { defineDataset } from "./define.ts";
export { type CalendarName, type Dataset, type DatasetDefinition, type LoadTargets, secretsOf } from "./definition.ts";
export type { Duration } from "./duration.ts";
export { type Fault, UserError } from "./errors.ts";
export { cron, daily, type Schedule, weekdays } from "./schedule.ts";
export {
  boolean,
  type Column,
  date,
  decimal,
  float,
  integer,
  json,
  type Schema,
  text,
  timestamp,
} from "./schema.ts";
export {
  type Auth,
  type BudgetRule,
  type HttpSource,
  type JsonValue,
  none,
  type RequestContext,
  type RequestParts,
  type ResponseRule,
  type SourceRow,
  token,
  type Window,
  when,
} from "./source.ts";
