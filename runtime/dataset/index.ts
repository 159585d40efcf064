/** The vocabulary of dataset definitions: what `import … from "tidegate"` gives. */
export { at } from "./at.ts";
export { type Auth, basic, hmac, oauth2, queryKey, secretHeaders, token } from "./auth.ts";
export { type CustomCalendar, type CustomCalendarOptions, customCalendar } from "./calendar/custom.ts";
export type { CalendarName } from "./calendar/index.ts";
export { type Check, type FreshnessCheck, fresherThan, ohlc, type RecordCheck } from "./checks.ts";
export { csvColumn } from "./csv-file.ts";
export { defineDataset, withSource } from "./define.ts";
export { type Dataset, type DatasetDefinition, type LoadTargets, secretsOf } from "./definition.ts";
export type { Duration } from "./duration.ts";
export { type Fault, UserError } from "./errors.ts";
export { csvBody, type Format, jsonBody, jsonLines, textBody, zipOf } from "./format.ts";
export { counted, exportJob, keyset, nextLink, nextToken, none, type Page, relay } from "./pages.ts";
export { type PartitionOrigin, requested, rowsOf } from "./partitions.ts";
export { type ResetHeader, type ResponseRule, when } from "./responses.ts";
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
export type {
  BudgetRule,
  HttpSource,
  JsonValue,
  RequestContext,
  RequestParts,
  RowContext,
  SourceRow,
  Window,
} from "./source.ts";
