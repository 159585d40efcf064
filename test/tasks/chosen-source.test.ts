import assert from "node:assert/strict";
import { defineDataset, UserError } from "../../runtime/dataset/index.ts";
import { readTaskEnvironment } from "../../runtime/environment.ts";
import { twoProviders } from "../support/two-providers.ts";

const datasets = [defineDataset(twoProviders), defineDataset({ ...twoProviders, name: "second" })];
const ENOUGH = { TIDEGATE_DATASET: "two_providers", TIDEGATE_LAKE: "s3://bucket/lake" };
const read = (more: Readonly<Record<string, string>>) => readTaskEnvironment(datasets, { ...ENOUGH, ...more });

describe("the environment of a task of a platform that chose", () => {
  it("says which source is asked", () => {
    const url = (more: Readonly<Record<string, string>>) => read(more).dataset.source.url;
    assert.equal(url({}), "https://one.example.com");
    assert.equal(url({ TIDEGATE_SOURCE: "other" }), "https://other.example.com");
    assert.equal(read({ TIDEGATE_SOURCE: "other" }).dataset.sourceName, "other");
  });

  it("says which datasets there are", () => {
    const names = (more: Readonly<Record<string, string>>) => read(more).datasets.map(({ name }) => name);
    assert.deepEqual(names({}), ["two_providers", "second"]);
    assert.deepEqual(names({ TIDEGATE_DATASETS: "two_providers" }), ["two_providers"]);
  });

  it("names everything in it that means nothing", () => {
    assert.throws(
      () => read({ TIDEGATE_SOURCE: "othr", TIDEGATE_DATASETS: "two_providers,secnd" }),
      new UserError("the task's environment is not complete:", [
        {
          path: "TIDEGATE_SOURCE",
          problem: "is no source of two_providers",
          value: "othr",
          allowed: "default, other",
          fix: 'did you mean "other"?',
        },
        {
          path: "TIDEGATE_DATASETS",
          problem: "names no dataset",
          value: "secnd",
          allowed: "two_providers, second",
          fix: 'did you mean "second"?',
        },
      ]),
    );
  });
});
