/**
 * When a dataset runs: a cron expression of six fields as EventBridge Scheduler reads it, in a time zone.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export interface Schedule {
  readonly cron: string;
  /** IANA name, such as `America/New_York`. */
  readonly timeZone: string;
}

export type TimeOfDay = `${number}:${number}`;

const at = (time: TimeOfDay, days: string, timeZone: string): Schedule => {
  const [hour, minute] = time.split(":");
  return { cron: `${Number(minute)} ${Number(hour)} ${days}`, timeZone };
};

/** Every day. @param time `"HH:MM"` in the zone */
export const daily = (time: TimeOfDay, timeZone: string): Schedule => at(time, "* * ? *", timeZone);

/** Monday to Friday. @param time `"HH:MM"` in the zone */
export const weekdays = (time: TimeOfDay, timeZone: string): Schedule => at(time, "? * MON-FRI *", timeZone);

/** Any other rhythm. @param expression six fields: minute hour day-of-month month day-of-week year */
export const cron = (expression: string, timeZone: string): Schedule => ({ cron: expression, timeZone });
