import assert from "node:assert/strict";
import { cron, daily, type TimeOfDay, weekdays } from "../../runtime/dataset/schedule.ts";
import { scheduleFaults } from "../../runtime/dataset/schedule-faults.ts";

describe("schedules", () => {
  it("are written as EventBridge reads them", () => {
    assert.deepEqual(daily("00:15", "UTC"), { cron: "15 0 * * ? *", timeZone: "UTC" });
    assert.deepEqual(weekdays("18:30", "America/New_York"), {
      cron: "30 18 ? * MON-FRI *",
      timeZone: "America/New_York",
    });
  });

  for (const expression of [
    "15 0 * * ? *",
    "0/5 * * * ? *",
    "*/10 8-17 ? * MON-FRI *",
    "0 10 1,15 * ? *",
    "0 10 L * ? *",
    "0 10 LW * ? *",
    "0 10 15W * ? *",
    "0 10 ? JAN-mar 6L *",
    "0 10 ? * FRI#2 2025-2030",
    "59 23 31 12 ? 2199",
  ])
    it(`take ${expression}`, () => assert.deepEqual(scheduleFaults(cron(expression, "UTC")), []));

  for (const [expression, problem, value] of [
    ["1 2 3", "has 3 fields", "1 2 3"],
    ["0 15 0 * * ? *", "has 7 fields", "0 15 0 * * ? *"],
    ["60 0 * * ? *", "has a wrong minute", "60"],
    ["0 24 * * ? *", "has a wrong hour", "24"],
    ["0 0 32 * ? *", "has a wrong day of month", "32"],
    ["0 0 * 13 ? *", "has a wrong month", "13"],
    ["0 0 * JANUARY ? *", "has a wrong month", "JANUARY"],
    ["0 0 ? * 8 *", "has a wrong day of week", "8"],
    ["0 0 ? * MON#6 *", "has a wrong day of week", "MON#6"],
    ["0 0 * * ? 1969", "has a wrong year", "1969"],
    ["*/0 0 * * ? *", "has a wrong minute", "*/0"],
    ["1-2-3 0 * * ? *", "has a wrong minute", "1-2-3"],
    ["? 0 * * ? *", "has a wrong minute", "?"],
    ["0 0 * * * *", "needs ? in exactly one of day of month and day of week", "0 0 * * * *"],
    ["0 0 ? * ? *", "needs ? in exactly one of day of month and day of week", "0 0 ? * ? *"],
  ] as const)
    it(`refuse ${expression}: ${problem}`, () => {
      const [fault, ...others] = scheduleFaults(cron(expression, "UTC"));
      assert.deepEqual([fault?.path, fault?.problem, fault?.value], ["schedule.cron", problem, value]);
      assert.deepEqual(others, []);
    });

  it("tell all that is wrong", () => {
    const faults = scheduleFaults(cron("60 24 * * ? *", "Mars/Olympus"));
    assert.deepEqual(
      faults.map(({ problem }) => problem),
      ["has a wrong minute", "has a wrong hour", "is no time zone"],
    );
  });

  for (const zone of ["America/New_York", "UTC", "Asia/Kolkata", "Etc/GMT+5"])
    it(`know the zone ${zone}`, () => assert.deepEqual(scheduleFaults(daily("1:00", zone)), []));

  for (const zone of ["America/NewYork", "", "+01:00", "Europe Berlin"])
    it(`know no zone ${JSON.stringify(zone)}`, () =>
      assert.equal(scheduleFaults(daily("1:00", zone))[0]?.path, "schedule.timeZone"));

  for (const time of ["25:00", "12:60", "noon:00", "-1:00"])
    it(`refuse the time ${time}`, () => assert.equal(scheduleFaults(daily(time as TimeOfDay, "UTC")).length, 1));
});
