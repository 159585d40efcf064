import type { Fault } from "./errors.ts";
import type { Schedule } from "./schedule.ts";

const MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC";
const DAYS = "SUN|MON|TUE|WED|THU|FRI|SAT";

interface Field {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  readonly names?: string;
  readonly special?: RegExp;
}

const FIELDS: readonly Field[] = [
  { name: "minute", lowest: 0, highest: 59 },
  { name: "hour", lowest: 0, highest: 23 },
  { name: "day of month", lowest: 1, highest: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: "month", lowest: 1, highest: 12, names: MONTHS },
  {
    name: "day of week",
    lowest: 1,
    highest: 7,
    names: DAYS,
    special: new RegExp(`^(\\?|L|([1-7]|${DAYS})(L|#[1-5]))$`, "i"),
  },
  { name: "year", lowest: 1970, highest: 2199 },
];

/** What is wrong with a schedule: the cron expression as EventBridge Scheduler would refuse it, or an unknown time zone. */
export function scheduleFaults({ cron, timeZone }: Schedule): Fault[] {
  return [...cronFaults(cron), ...zoneFaults(timeZone)];
}

function cronFaults(cron: string): Fault[] {
  const path = "schedule.cron";
  const values = cron.trim().split(/\s+/);
  if (values.length !== FIELDS.length)
    return [
      {
        path,
        problem: `has ${values.length} fields`,
        value: cron,
        allowed: `six: ${FIELDS.map(({ name }) => name).join(", ")}`,
        fix: 'every day at 00:15 is "15 0 * * ? *"',
      },
    ];
  const faults = FIELDS.flatMap((field, i): Fault[] =>
    isField(values[i] as string, field)
      ? []
      : [
          {
            path,
            problem: `has a wrong ${field.name}`,
            value: values[i],
            allowed: `${field.lowest} to ${field.highest}${field.names ? ` or ${field.names}` : ""}, lists, ranges, steps or *`,
          },
        ],
  );
  if (faults.length === 0 && (values[2] === "?") === (values[4] === "?"))
    faults.push({ path, problem: "needs ? in exactly one of day of month and day of week", value: cron });
  return faults;
}

function isField(value: string, { lowest, highest, names, special }: Field): boolean {
  const inRange = (text: string): boolean =>
    names !== undefined && new RegExp(`^(${names})$`, "i").test(text)
      ? true
      : /^\d+$/.test(text) && Number(text) >= lowest && Number(text) <= highest;
  return value.split(",").every((part) => {
    if (special?.test(part)) return true;
    const [range = "", step, ...rest] = part.split("/");
    if (rest.length || (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0))) return false;
    if (range === "*") return true;
    const [from = "", to, ...more] = range.split("-");
    return more.length === 0 && inRange(from) && (to === undefined || inRange(to));
  });
}

function zoneFaults(timeZone: string): Fault[] {
  if (isZone(timeZone)) return [];
  return [
    {
      path: "schedule.timeZone",
      problem: "is no time zone",
      value: timeZone,
      allowed: "an IANA name such as America/New_York or UTC",
    },
  ];
}

/** Whether it is the IANA name of a time zone. */
export function isZone(timeZone: string): boolean {
  // An offset such as +01:00 is one for Node, but not for EventBridge.
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
