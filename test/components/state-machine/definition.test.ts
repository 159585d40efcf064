import assert from "node:assert/strict";
import fc from "fast-check";
import type { Machine, State } from "../../../components/state-machine/language.ts";
import { pipelineDefinition } from "../../../components/state-machine/pipeline.ts";
import { type Data, StateError } from "../../support/state-machine/data.ts";
import { interrupted, stopped, VALUES, world } from "../../support/state-machine/pipeline.ts";
import { execute } from "../../support/state-machine/simulator.ts";

/** The machine and every branch and item processor in it. */
function* machines(machine: Machine): Generator<Machine> {
  yield machine;
  for (const state of Object.values(machine.States)) {
    if (state.Type === "Parallel") for (const branch of state.Branches) yield* machines(branch);
    if (state.Type === "Map") yield* machines(state.ItemProcessor);
  }
}

const targetsOf = (state: State): string[] => [
  ...("Next" in state && state.Next ? [state.Next] : []),
  ...(state.Type === "Choice" ? [state.Default, ...state.Choices.map(({ Next }) => Next)] : []),
  ...("Catch" in state ? state.Catch.map(({ Next }) => Next) : []),
];

const DEFINITIONS = { "that loads": VALUES, "that loads nothing": { ...VALUES, loads: false } };

for (const [title, values] of Object.entries(DEFINITIONS)) {
  const definition = pipelineDefinition(values);
  const all = [...machines(definition)];
  const states = all.flatMap(({ States }) => Object.entries(States));

  describe(`the definition of a pipeline ${title}`, () => {
    it("names every state once, in at most 80 characters", () => {
      const names = states.map(([name]) => name);
      assert.deepEqual(
        names.filter((name, i) => names.indexOf(name) !== i || name.length > 80),
        [],
      );
    });

    it("reaches every state, leads nowhere else, and ends", () => {
      for (const { StartAt, States } of all) {
        const reached = new Set([StartAt]);
        for (const name of reached) {
          const state = States[name];
          assert(state, `there is no state ${name}`);
          for (const target of targetsOf(state)) reached.add(target);
          const ends = ["Choice", "Succeed", "Fail"].includes(state.Type);
          const ways = Number("Next" in state) + Number("End" in state);
          assert.equal(ways, ends ? 0 : 1, `${name} has ${ways} ways out`);
        }
        assert.deepEqual(
          Object.keys(States).filter((name) => !reached.has(name)),
          [],
        );
      }
    });

    it("catches every error of what can fail, and gives every task a time limit and retries", () => {
      for (const [name, state] of states) {
        if (!("Catch" in state)) continue;
        assert(state.Catch.at(-1)?.ErrorEquals.includes("States.ALL"), `${name} lets errors through`);
        if (state.Type !== "Task") continue;
        assert(state.TimeoutSeconds > 0, name);
        assert(
          state.Retry.some(({ MaxAttempts }) => MaxAttempts > 0),
          name,
        );
      }
      const outer = Object.entries(definition.States).filter(([, { Type }]) => /Task|Map|Parallel/.test(Type));
      for (const [name, state] of outer) assert("Catch" in state, `${name} catches nothing`);
    });

    it("stays far below the limit of Step Functions, a million characters", () => {
      assert(JSON.stringify(definition).length < 50_000);
    });

    it("runs its tasks on the platform's cluster, in its network, without a revision", () => {
      const tasks = states.flatMap(([, state]) =>
        state.Type === "Task" && state.Resource.endsWith("runTask.sync") ? [state.Parameters as Data] : [],
      );
      assert.equal(tasks.length, values.loads ? 6 : 5);
      for (const { Overrides: _, ...parameters } of tasks)
        assert.deepEqual(parameters, {
          Cluster: values.cluster,
          TaskDefinition: "tidegate-test-daily_prices",
          "CapacityProviderStrategy.$": "$.capacity",
          PropagateTags: "TASK_DEFINITION",
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              Subnets: ["subnet-1", "subnet-2"],
              SecurityGroups: ["sg-1"],
              AssignPublicIp: "ENABLED",
            },
          },
        });
    });
  });
}

const end = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.constant(interrupted()) },
  { weight: 4, arbitrary: fc.constant(stopped(75)) },
  { weight: 1, arbitrary: fc.constant(stopped(1)) },
  { weight: 1, arbitrary: fc.constant(new StateError("States.Timeout")) },
  { weight: 2, arbitrary: fc.constant(new StateError("AmazonECS.Unknown", "no capacity")) },
  { weight: 1, arbitrary: fc.constant(new StateError("States.TaskFailed", "{cut off}")) },
);

describe("a pipeline, whatever its tasks do", () => {
  const definition = pipelineDefinition(VALUES);
  const arbitrary = fc.record({
    batches: fc.constantFrom(0, 1, 3, 41),
    planIsLong: fc.boolean(),
    ends: fc.infiniteStream(end),
    unheard: fc.boolean(),
    endless: fc.constantFrom("nothing", "nothing", "extract", "load"),
    left: fc.constantFrom(undefined, "{", "{}", '{"resumeAt":null}', '{"resumeAt":"2024-05-06T08:00:00Z"}'),
  });
  const play = ({
    batches,
    planIsLong,
    ends,
    unheard,
    endless,
    left,
  }: typeof arbitrary extends fc.Arbitrary<infer T> ? T : never) =>
    execute(
      definition,
      world({
        batches,
        planIsLong,
        left: () => left,
        tasks: (task) => (task.startsWith(endless) ? stopped(75) : (ends.next().value ?? undefined)),
        events: () => (unheard ? new StateError("EventBridge.FailedEntry") : undefined),
      }),
    );

  it("comes to an end, never asks for data that is not there, and says once how it ended", () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { status, error, calls } = play(given);
        assert.notEqual(error, "States.Runtime");
        const told = calls.flatMap(({ parameters: { Entries } }) =>
          Entries ? [String(((Entries as Data[])[0] as Data).DetailType)] : [],
        );
        if (given.unheard) assert.equal(status, "FAILED");
        else assert.deepEqual(told, [status === "SUCCEEDED" ? "dataset published" : "dataset failed"]);
      }),
      { numRuns: 300 },
    );
  });

  it("can come to every state of its definition", () => {
    const never = new Set([...machines(definition)].flatMap(({ States }) => Object.keys(States)));
    for (const given of fc.sample(arbitrary, { numRuns: 400, seed: 1 }))
      for (const name of play(given).entered) never.delete(name);
    assert.deepEqual([...never], []);
  });
});
