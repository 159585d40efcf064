import assert from "node:assert/strict";
import { pipelineDefinition } from "../../components/state-machine/pipeline.ts";
import { courseOf } from "../../offline/cost/definition.ts";
import { VALUES } from "../support/state-machine/pipeline.ts";

const task = (next: object) => ({ Type: "Task", Resource: "arn:aws:states:::aws-sdk:s3:getObject", ...next });

describe("the course of a run", () => {
  it("counts each state on the way once, and no state that only a failure leads to", () => {
    const definition = {
      StartAt: "a",
      States: {
        a: task({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "rescue" }], Next: "b" }),
        b: { Type: "Pass", End: true },
        rescue: { Type: "Pass", Next: "again" },
        again: { Type: "Pass", Next: "a" },
      },
    };
    assert.deepEqual(courseOf(definition, 1), { transitions: 2, events: 0, tells: [], tasks: [] });
  });

  it("takes the longer way where it branches", () => {
    const definition = {
      StartAt: "choice",
      States: {
        choice: { Type: "Choice", Choices: [{ Next: "short" }], Default: "long" },
        short: { Type: "Succeed" },
        long: { Type: "Pass", Next: "longer" },
        longer: { Type: "Pass", Next: "short" },
      },
    };
    assert.equal(courseOf(definition, 1).transitions, 4);
  });

  it("goes through every branch, and through a Map once for each item", () => {
    const inner = { StartAt: "x", States: { x: { Type: "Pass", Next: "y" }, y: { Type: "Pass", End: true } } };
    const definition = {
      StartAt: "all",
      States: {
        all: { Type: "Parallel", Branches: [inner, inner], Next: "each" },
        each: { Type: "Map", ItemProcessor: inner, End: true },
      },
    };
    assert.equal(courseOf(definition, 3).transitions, 1 + 2 * 2 + 1 + 3 * 2);
  });

  it("has an answer for what is no definition", () => {
    for (const text of [undefined, null, 1, {}, { StartAt: "a" }]) assert.equal(courseOf(text, 1).transitions, 0);
  });

  it("finds every task of a pipeline, by step, with its capacity and its address", () => {
    const { tasks, events, tells } = courseOf(JSON.parse(JSON.stringify(pipelineDefinition(VALUES))), 4);
    assert.deepEqual(
      tasks.map(({ step, times }) => [step, times]),
      [
        ["plan", 1],
        ["extract", 4],
        ["process", 1],
        ["load", 1],
        ["publish", 1],
      ],
    );
    assert.equal(events, 1);
    assert.deepEqual(tells, [VALUES.dataset]);
    for (const { taskDefinition, providers, hasPublicAddress } of tasks) {
      assert.equal(taskDefinition, VALUES.taskFamily);
      assert.deepEqual(
        [...providers.keys()],
        VALUES.capacity.map(({ capacityProvider }) => capacityProvider),
      );
      assert.equal(hasPublicAddress, VALUES.assignPublicIp);
    }
  });
});
