import assert from "node:assert/strict";
import { UserError } from "../../runtime/dataset/errors.ts";
import { readTaskEnvironment } from "../../runtime/environment.ts";
import { tiny } from "../support/tiny.ts";

const dataset = tiny("https://example.org");
const ENOUGH = { TIDEGATE_DATASET: "tiny", TIDEGATE_LAKE: "s3://bucket/lake" };
const read = (more: Readonly<Record<string, string>> = {}) => readTaskEnvironment([dataset], { ...ENOUGH, ...more });

const faultsOf = (more: Readonly<Record<string, string>>): string[] => {
  try {
    read(more);
  } catch (error) {
    assert(error instanceof UserError);
    return error.faults.map(({ path, problem, fix }) => [path, problem, fix].filter(Boolean).join(": "));
  }
  return [];
};

describe("the environment of a step", () => {
  it("asks for all steps when it names none", () => {
    assert.deepEqual(read().work, { step: "all", run: undefined, input: {} });
    assert.deepEqual(read({ TIDEGATE_RUN: "mine", TIDEGATE_INPUT: '{"again":true}' }).work, {
      ...{ step: "all", run: "mine" },
      input: { again: true },
    });
  });

  it("names a step and what that needs", () => {
    const run = { TIDEGATE_RUN: "run-1" };
    const input = { from: "2024-01-02", to: "2024-01-02", partitions: ["B"] };
    const work = (more: Readonly<Record<string, string>>) => read({ ...run, ...more }).work;
    assert.deepEqual(work({ TIDEGATE_STEP: "plan" }), { step: "plan", run: "run-1", input: {} });
    assert.deepEqual(work({ TIDEGATE_STEP: "plan", TIDEGATE_INPUT: JSON.stringify(input) }), {
      ...{ step: "plan", run: "run-1" },
      input,
    });
    assert.deepEqual(work({ TIDEGATE_STEP: "extract", TIDEGATE_BATCH: "7" }), {
      ...{ step: "extract", run: "run-1" },
      batch: 7,
    });
    for (const step of ["process", "load", "publish"])
      assert.deepEqual(work({ TIDEGATE_STEP: step }), { step, run: "run-1" });
  });

  it("says where records go beside the lake", () => {
    const { warehouse, database, authorities, platform } = read({
      TIDEGATE_WAREHOUSE: "redshift-serverless://w/market",
      TIDEGATE_DATABASE: "postgres://t@db/market",
      TIDEGATE_DATABASE_CA: "PEM",
      TIDEGATE_PLATFORM: "tidegate-dev",
    });
    assert.deepEqual([warehouse?.name, database?.host, authorities, platform], ["w", "db", "PEM", "tidegate-dev"]);
    assert.deepEqual([read().warehouse, read().database], [undefined, undefined]);
  });

  it("reports everything that is wrong at once", () => {
    assert.deepEqual(
      faultsOf({
        TIDEGATE_STEP: "plan",
        TIDEGATE_RUN: "a/b",
        TIDEGATE_INPUT: '{"form":"2024-01-01","to":"2024-02-31","partitions":["A","a"],"again":"yes"}',
        TIDEGATE_WAREHOUSE: "redshift",
        TIDEGATE_DATABASE: "postgres://t:secret@db/m",
        TIDEGATE_SOURCE_URL: "no url",
      }),
      [
        "TIDEGATE_SOURCE_URL: is no URL",
        "TIDEGATE_RUN: is no run",
        "TIDEGATE_INPUT.to: is no day of the form YYYY-MM-DD",
        "TIDEGATE_INPUT.again: is not valid",
        'TIDEGATE_INPUT: unknown key: did you mean "from"?',
        "TIDEGATE_WAREHOUSE: is no address of a Redshift",
        "TIDEGATE_DATABASE: carries a password: leave it out: the task signs in with a token of its own role",
      ],
    );
  });

  it("refuses a step without its run, its batch or a name that is one", () => {
    assert.deepEqual(faultsOf({ TIDEGATE_STEP: "extract" }), [
      "TIDEGATE_RUN: is not set",
      "TIDEGATE_BATCH: is not set",
    ]);
    assert.deepEqual(faultsOf({ TIDEGATE_STEP: "extract", TIDEGATE_RUN: "r", TIDEGATE_BATCH: "-1" }), [
      "TIDEGATE_BATCH: is no number of a batch",
    ]);
    assert.deepEqual(faultsOf({ TIDEGATE_STEP: "proces" }), ['TIDEGATE_STEP: names no step: did you mean "process"?']);
    for (const run of ["..", "x".repeat(81), "a b", "ä"])
      assert.deepEqual(faultsOf({ TIDEGATE_RUN: run }), ["TIDEGATE_RUN: is no run"], run);
  });

  it("refuses an input that cannot be meant", () => {
    const input = (text: string) => faultsOf({ TIDEGATE_STEP: "plan", TIDEGATE_RUN: "r", TIDEGATE_INPUT: text });
    assert.deepEqual(input("{"), ["TIDEGATE_INPUT: is no JSON"]);
    assert.deepEqual(input("[]"), ["TIDEGATE_INPUT: is not valid"]);
    assert.deepEqual(input('{"partitions":[]}'), ["TIDEGATE_INPUT.partitions: is not valid"]);
    assert.deepEqual(input('{"partitions":["A","C"]}'), ["TIDEGATE_INPUT.partitions[1]: is no ticker"]);
    assert.deepEqual(input('{"from":"2024-01-05","to":"2024-01-04"}'), ["TIDEGATE_INPUT.to: is before from"]);
    assert.deepEqual(input('{"from":"2023-12-31"}'), [
      "TIDEGATE_INPUT.from: is before the first day of tiny: set backfillFrom in its definition to bring in more",
    ]);
  });
});
