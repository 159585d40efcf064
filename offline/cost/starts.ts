const DAY_NAMES = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTH_NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const MINUTES_PER_UNIT: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };
const MINUTES_PER_MONTH = 730 * 60;
const MONTHS_IN_FOUR_YEARS = 48;

/**
 * How often a schedule starts its target in an average month.
 * @param expression `cron(…)`, `rate(…)` or `at(…)`, the last being one start ever; a year in a cron expression is left out of account
 * @returns undefined when it is none of these
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function startsPerMonth(expression: string): number | undefined {
  const [, kind, body = ""] = /^(cron|rate|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === "at") return 0;
  return kind === "rate" ? ofRate(body) : kind === "cron" ? ofCron(body) : undefined;
}

function ofRate(body: string): number | undefined {
  const [, count, unit = ""] = /^(\d+) (minute|hour|day)s?$/.exec(body) ?? [];
  const minutes = MINUTES_PER_UNIT[unit];
  return minutes && Number(count) > 0 ? MINUTES_PER_MONTH / (Number(count) * minutes) : undefined;
}

function ofCron(body: string): number | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = body.trim().split(/\s+/);
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return undefined;
  const perDay = valuesOf(minute, 0, 59).size * valuesOf(hour, 0, 23).size;
  const months = valuesOf(month, 1, 12, MONTH_NAMES);
  return (perDay * matchingDays(dayOfMonth, dayOfWeek, months)) / MONTHS_IN_FOUR_YEARS;
}

/** Four years, so that a leap day is among them. */
function matchingDays(dayOfMonth: string, dayOfWeek: string, months: ReadonlySet<number>): number {
  let days = 0;
  for (let time = Date.UTC(2025, 0, 1); time < Date.UTC(2029, 0, 1); time += 86_400_000) {
    const date = new Date(time);
    if (!months.has(date.getUTCMonth() + 1)) continue;
    if (dayOfWeek === "?" ? isDayOfMonth(dayOfMonth, date) : isDayOfWeek(dayOfWeek, date)) days += 1;
  }
  return days;
}

const lengthOfMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

// L, LW and 15W each mean one day of a month; which one does not matter for a count.
function isDayOfMonth(field: string, date: Date): boolean {
  const day = date.getUTCDate();
  if (field === "L" || field === "LW") return day === lengthOfMonth(date);
  if (field.endsWith("W")) return day === Number.parseInt(field, 10);
  return valuesOf(field, 1, 31).has(day);
}

function isDayOfWeek(field: string, date: Date): boolean {
  const day = date.getUTCDate();
  const [, name = "", nth] = /^(\w+)#(\d)$/.exec(field) ?? [];
  if (nth) return valuesOf(name, 1, 7, DAY_NAMES).has(date.getUTCDay() + 1) && Math.ceil(day / 7) === Number(nth);
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  if (last) return valuesOf(last, 1, 7, DAY_NAMES).has(date.getUTCDay() + 1) && day > lengthOfMonth(date) - 7;
  return valuesOf(field === "L" ? "7" : field, 1, 7, DAY_NAMES).has(date.getUTCDay() + 1);
}

/** The values of a field: lists, ranges (also around the end), steps and names. */
function valuesOf(field: string, lowest: number, highest: number, names: readonly string[] = []): Set<number> {
  const number = (text: string): number => {
    const index = names.indexOf(text.toUpperCase());
    return index >= 0 ? index + lowest : Number(text);
  };
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const isEverything = range === "*" || range === "?";
    const [from = "", to] = isEverything ? [String(lowest), String(highest)] : range.split("-");
    const start = number(from);
    const end = to === undefined ? (part.includes("/") ? highest : start) : number(to);
    const size = highest - lowest + 1;
    const count = end >= start ? end - start : end + size - start;
    for (let offset = 0; offset <= count; offset += Number(step)) {
      values.add(((start - lowest + offset) % size) + lowest);
    }
  }
  return values;
}
