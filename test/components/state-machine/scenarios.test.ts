import assert from "node:assert/strict";
import { pipelineDefinition } from "../../../components/state-machine/pipeline.ts";
import { QUOTA_WAITS } from "../../../components/state-machine/quota.ts";
import { EARLY_STOPS, INTERRUPTIONS, WAIT } from "../../../components/state-machine/step.ts";
import { type Data, StateError } from "../../support/state-machine/data.ts";
import {
  environmentOf,
  interrupted,
  stopped,
  type Tasks,
  told,
  VALUES,
  type World,
  world,
} from "../../support/state-machine/pipeline.ts";
import { type Execution, execute } from "../../support/state-machine/simulator.ts";

const RUN = "20240506070809-0123abcd";

const run = (given: World, input: Data = {}, values = VALUES) =>
  execute(pipelineDefinition(values), world(given), input);
const tasksOf = ({ calls }: Execution) => calls.filter(({ resource }) => resource.includes("runTask")).map(told);
const eventsOf = ({ calls }: Execution) =>
  calls
    .filter(({ resource }) => resource.includes("putEvents"))
    .map(({ parameters }) => (parameters.Entries as Data[])[0] as Data);

/** Each task ends as its own list says, in order, and well after that. */
function script(ends: Readonly<Record<string, readonly StateError[]>>): Tasks {
  const left = new Map(Object.entries(ends).map(([task, errors]) => [task, [...errors]]));
  return (task) => left.get(task)?.shift();
}

const always =
  (wanted: string, end: () => StateError): Tasks =>
  (task) =>
    task.startsWith(wanted) ? end() : undefined;

describe("a pipeline", () => {
  it("plans, extracts every batch, processes, loads, publishes and says so", () => {
    const done = run({ batches: 2 });
    assert.equal(done.status, "SUCCEEDED");
    assert.deepEqual(tasksOf(done), [
      "plan on FARGATE_SPOT",
      "extract 0 on FARGATE_SPOT",
      "extract 1 on FARGATE_SPOT",
      "process on FARGATE_SPOT",
      "load on FARGATE_SPOT",
      "publish on FARGATE_SPOT",
    ]);
    assert.deepEqual(eventsOf(done), [
      {
        Source: "tidegate.tidegate-test",
        DetailType: "dataset published",
        EventBusName: "default",
        Detail: { dataset: "daily_prices", run: RUN, execution: "night-1" },
      },
    ]);
    assert.equal(done.waited, 0);
  });

  it("tells each task its step and run, the plan its input, and nobody anything else", () => {
    const input = { from: "2024-01-01", to: "2024-01-31", partitions: ["AAPL"] };
    const environments = run({ batches: 1 }, input)
      .calls.filter(({ resource }) => resource.includes("runTask"))
      .map(({ parameters }) => environmentOf(parameters));
    assert.deepEqual(environments, [
      { TIDEGATE_STEP: "plan", TIDEGATE_RUN: RUN, TIDEGATE_INPUT: JSON.stringify(input) },
      { TIDEGATE_STEP: "extract", TIDEGATE_RUN: RUN, TIDEGATE_BATCH: "0" },
      { TIDEGATE_STEP: "process", TIDEGATE_RUN: RUN },
      { TIDEGATE_STEP: "load", TIDEGATE_RUN: RUN },
      { TIDEGATE_STEP: "publish", TIDEGATE_RUN: RUN },
    ]);
  });

  it("reads the plan of its own run", () => {
    const reads = run({ batches: 1 }).calls.filter(({ resource }) => resource.includes("s3:getObject"));
    assert.deepEqual(
      reads.map(({ parameters }) => parameters),
      [{ Bucket: "lake-bucket", Key: `lake/runs/daily_prices/${RUN}/plan.json` }],
    );
  });

  it("processes at once when there is nothing to extract", () => {
    const done = run({ batches: 0 });
    assert.equal(done.status, "SUCCEEDED");
    assert.deepEqual(
      tasksOf(done).map((task) => task.split(" ")[0]),
      ["plan", "process", "load", "publish"],
    );
  });

  it("does not load where there is nothing to load into", () => {
    const done = run({ batches: 0 }, {}, { ...VALUES, loads: false });
    assert.deepEqual(
      tasksOf(done).map((task) => task.split(" ")[0]),
      ["plan", "process", "publish"],
    );
  });

  for (const [batches, state] of [
    [40, "Extract"],
    [41, "Extract many"],
  ] as const)
    it(`extracts ${batches} batches by "${state}"`, () => {
      const done = run({ batches });
      assert.equal(done.status, "SUCCEEDED");
      assert.deepEqual(
        done.entered.filter((name) => name === "Extract" || name === "Extract many"),
        [state],
      );
      assert.equal(tasksOf(done).filter((task) => task.startsWith("extract")).length, batches);
    });

  it("leaves a plan that does not fit into its data to the distributed map", () => {
    const done = run({ batches: 3, planIsLong: true });
    assert.equal(done.status, "SUCCEEDED");
    assert(done.entered.includes("Extract many"));
    assert.equal(tasksOf(done).filter((task) => task.startsWith("extract")).length, 3);
  });
});

describe("a pipeline whose tasks are taken away", () => {
  it("runs the step again after a minute, and on demand after the third time", () => {
    const done = run({
      batches: 1,
      tasks: script({ "process on FARGATE_SPOT": [interrupted(), interrupted(), interrupted()] }),
    });
    assert.equal(done.status, "SUCCEEDED");
    assert.equal(done.waited, 3 * WAIT.afterInterruption);
    assert.deepEqual(tasksOf(done).slice(2), [
      "process on FARGATE_SPOT",
      "process on FARGATE_SPOT",
      "process on FARGATE_SPOT",
      "process on FARGATE",
      "load on FARGATE_SPOT",
      "publish on FARGATE_SPOT",
    ]);
  });

  it("stays on Spot after the second time", () => {
    const done = run({ batches: 1, tasks: script({ "extract 0 on FARGATE_SPOT": [interrupted(), interrupted()] }) });
    assert.equal(done.status, "SUCCEEDED");
    assert(!tasksOf(done).includes("extract 0 on FARGATE"));
  });

  it("counts each batch for itself", () => {
    const ends = [interrupted(), interrupted()];
    const done = run({
      batches: 2,
      tasks: script({ "extract 0 on FARGATE_SPOT": ends, "extract 1 on FARGATE_SPOT": ends }),
    });
    assert.equal(done.status, "SUCCEEDED");
    assert(!tasksOf(done).some((task) => task.endsWith("FARGATE")));
  });

  for (const [what, end] of [
    ["EC2 took its machine away", () => stopped(137, { StopCode: "TerminationNotice" })],
    ["its machine is gone", () => stopped(137, { StoppedReason: "Host EC2 (instance i-1) terminated." })],
    [
      "it never got a place",
      () =>
        new StateError(
          "States.TaskFailed",
          '{"StopCode":"TaskFailedToStart","StoppedReason":"Capacity is unavailable at this time."}',
        ),
    ],
    ["ECS has no capacity, again and again", () => new StateError("AmazonECS.Unknown", "no capacity")],
  ] as const)
    it(`takes on-demand capacity when ${what}`, () => {
      const done = run({ batches: 0, tasks: always("plan on FARGATE_SPOT", end) });
      assert.equal(done.status, "SUCCEEDED");
      assert.equal(tasksOf(done).filter((task) => task === "plan on FARGATE").length, 1);
    });

  it("gives a step up that is interrupted on any capacity", () => {
    const done = run({ batches: 0, tasks: always("plan", interrupted) });
    assert.equal(done.status, "FAILED");
    assert.equal(tasksOf(done).length, INTERRUPTIONS.atMost);
  });

  for (const error of ["AmazonECS.Unknown", "ECS.AmazonECSException", "ECS.ServerException"])
    it(`asks ECS again at once after ${error}`, () => {
      const done = run({
        batches: 0,
        tasks: script({ "plan on FARGATE_SPOT": [new StateError(error, "no capacity for now")] }),
      });
      assert.deepEqual([done.status, done.waited], ["SUCCEEDED", 0]);
      assert(!tasksOf(done).includes("plan on FARGATE"));
    });

  it("asks ECS again a few times when it is asked too often", () => {
    const throttled = new StateError("ECS.ThrottlingException", "Rate exceeded");
    const done = run({ batches: 0, tasks: script({ "plan on FARGATE_SPOT": [throttled, throttled] }) });
    assert.equal(done.status, "SUCCEEDED");
    assert.equal(done.waited, 0);
    assert.equal(run({ batches: 0, tasks: always("plan", () => throttled) }).status, "FAILED");
  });
});

describe("a pipeline whose program stops early", () => {
  it("runs the step again after a quarter of an hour, on the same capacity", () => {
    const done = run({ batches: 1, tasks: script({ "extract 0 on FARGATE_SPOT": [stopped(75), stopped(75)] }) });
    assert.equal(done.status, "SUCCEEDED");
    assert.equal(done.waited, 2 * WAIT.afterEarlyStop);
    assert.deepEqual(
      tasksOf(done).filter((task) => task.startsWith("extract")),
      Array(3).fill("extract 0 on FARGATE_SPOT"),
    );
  });

  it("leaves to the next run what it never comes to extract: that is no failure", () => {
    const done = run({ batches: 1, tasks: always("extract", () => stopped(75)) });
    assert.equal(done.status, "SUCCEEDED");
    assert.equal(tasksOf(done).filter((task) => task.startsWith("extract")).length, EARLY_STOPS);
    assert(tasksOf(done).includes("publish on FARGATE_SPOT"));
  });

  it("is known by its exit code wherever ECS tells of the program among the containers of its task", () => {
    const containers = [{ Name: "prepare-volumes", ExitCode: 0 }, { Name: "pull-bundles" }];
    for (const at of [0, 1, 2]) {
      const Containers = containers.toSpliced(at, 0, { Name: "daily_prices", ExitCode: 75 });
      const done = run({ batches: 0, tasks: script({ "process on FARGATE_SPOT": [stopped(0, { Containers })] }) });
      assert.deepEqual([done.status, done.waited], ["SUCCEEDED", WAIT.afterEarlyStop]);
    }
  });

  it("fails when another step never comes to its end", () => {
    const done = run({ batches: 0, tasks: always("load", () => stopped(75)) });
    assert.equal(done.status, "FAILED");
    assert.equal(tasksOf(done).filter((task) => task.startsWith("load")).length, EARLY_STOPS);
  });
});

describe("a pipeline whose source allows no more for now", () => {
  const until = (resumeAt: unknown) => () => JSON.stringify({ version: 1, batch: 0, stopped: true, resumeAt });
  const extracts = (done: Execution) => tasksOf(done).filter((task) => task.startsWith("extract 0"));

  it("waits until the quota begins anew and runs the batch again, which uses up no attempt", () => {
    const times = ["2024-05-06T08:00:00Z", "2024-05-06T09:00:00.000Z"];
    const done = run({
      batches: 2,
      tasks: script({ "extract 0 on FARGATE_SPOT": [stopped(75), stopped(75)] }),
      left: () => until(times.shift())(),
    });
    assert.equal(done.status, "SUCCEEDED");
    assert.deepEqual(done.waitedUntil, ["2024-05-06T08:00:00Z", "2024-05-06T09:00:00.000Z"]);
    assert.equal(done.waited, 0);
    assert.deepEqual(extracts(done), Array(3).fill("extract 0 on FARGATE_SPOT"));
    assert(!done.entered.includes("Extract: count an early stop"));
  });

  it("reads what this batch of this run left, and nothing else", () => {
    const ends = { "extract 1 on FARGATE_SPOT": [stopped(75)] };
    const { calls } = run({ batches: 2, tasks: script(ends), left: until("2024-05-06T08:00:00Z") });
    const keys = calls.filter(({ state }) => state === "Extract: read what it left").map((call) => call.parameters);
    assert.deepEqual(keys, [{ Bucket: "lake-bucket", Key: `lake/runs/daily_prices/${RUN}/extract-1.json` }]);
  });

  for (const [what, left] of [
    ["the task could not say when", until(undefined)],
    ["the time is none", until("tomorrow")],
    ["the time is null", until(null)],
    ["it left nothing", () => undefined],
    ["it left something broken", () => "{"],
    ["it left more than fits", () => new StateError("States.DataLimitExceeded")],
    ["it cannot be read", () => new StateError("S3.S3Exception", "Access Denied")],
  ] as const)
    it(`waits a quarter of an hour when ${what}`, () => {
      const done = run({ batches: 1, tasks: script({ "extract 0 on FARGATE_SPOT": [stopped(75)] }), left });
      assert.equal(done.status, "SUCCEEDED");
      assert.deepEqual([done.waited, done.waitedUntil], [WAIT.afterEarlyStop, []]);
      assert.equal(extracts(done).length, 2);
    });

  for (const [batches, title] of [
    [40, "Extract"],
    [41, "Extract many"],
  ] as const)
    it(`leaves the rest to the next run, which is no failure, before the history of "${title}" is full`, () => {
      const tasks = always("extract 0", () => stopped(75));
      const done = run({ batches, tasks, left: until("2024-05-06T08:00:00Z") });
      assert.equal(done.status, "SUCCEEDED");
      assert.equal(done.waitedUntil.length, QUOTA_WAITS[title]);
      assert(tasksOf(done).includes("publish on FARGATE_SPOT"));
    });

  it("stays below the 25,000 events of an execution when every batch waits as often as it may", () => {
    const tasks = always("extract", () => stopped(75));
    const { entered, calls } = run({ batches: 40, tasks, left: until("2024-05-06T08:00:00Z") });
    // A state is entered and left; a task is scheduled, started, submitted and ended besides.
    const events = 2 * entered.length + 4 * calls.length;
    assert(events < 25_000, `${events} events`);
  });

  it("counts interruptions and deadlines beside", () => {
    const ends = [stopped(75), interrupted(), stopped(75), interrupted(), interrupted()];
    const left = [until("2024-05-06T08:00:00Z")(), until(undefined)()];
    const done = run({
      batches: 1,
      tasks: script({ "extract 0 on FARGATE_SPOT": ends }),
      left: () => left.shift(),
    });
    assert.equal(done.status, "SUCCEEDED");
    assert.equal(done.waited, WAIT.afterEarlyStop + 3 * WAIT.afterInterruption);
    assert.equal(extracts(done).at(-1), "extract 0 on FARGATE");
  });
});

describe("a pipeline in which something fails", () => {
  const failures = (done: Execution) =>
    eventsOf(done).map(({ DetailType, Detail }) => ({ DetailType, ...(Detail as Data) }));

  it("fails when the plan does, tells of it, and runs nothing else", () => {
    const done = run({ batches: 1, tasks: always("plan", () => stopped(1)) });
    assert.equal(done.status, "FAILED");
    assert.equal(done.error, "Tidegate.PipelineFailed");
    assert.match(done.cause ?? "", /Tidegate.PlanFailed.*States.TaskFailed.*ExitCode/);
    assert.deepEqual(tasksOf(done), ["plan on FARGATE_SPOT"]);
    const [event, ...more] = failures(done);
    assert.equal(more.length, 0);
    const { failure, ...rest } = event as Data;
    assert.deepEqual(rest, {
      DetailType: "dataset failed",
      dataset: "daily_prices",
      run: RUN,
      execution: "night-1",
      error: "Tidegate.PlanFailed",
    });
    assert.match(String(failure), /ExitCode/);
  });

  it("brings the other batches to their end when one fails, and fails at last", () => {
    const done = run({ batches: 3, tasks: always("extract 1", () => stopped(1)) });
    assert.equal(done.status, "FAILED");
    assert.match(done.cause ?? "", /Tidegate.ExtractFailed/);
    assert.deepEqual(
      tasksOf(done).map((task) => task.split(" on ")[0]),
      ["plan", "extract 0", "extract 1", "extract 2", "process", "load", "publish"],
    );
    assert.deepEqual(
      failures(done).map(({ DetailType }) => DetailType),
      ["dataset failed"],
    );
  });

  it("does so also when nobody can tell why the batch failed", () => {
    const done = run({
      batches: 3,
      tasks: always("extract 1", () => new StateError("States.TaskFailed", "who knows")),
    });
    assert.match(done.cause ?? "", /Tidegate.ExtractFailed/);
    assert(tasksOf(done).includes("extract 2 on FARGATE_SPOT"));
  });

  it("does so for many batches, too", () => {
    const done = run({ batches: 41, tasks: always("extract 40", () => stopped(1)) });
    assert.match(done.cause ?? "", /Tidegate.ExtractFailed/);
    assert.equal(tasksOf(done).filter((task) => task.startsWith("extract")).length, 41);
  });

  it("publishes what there is when processing fails, without loading it", () => {
    const done = run({ batches: 1, tasks: always("process", () => stopped(1)) });
    assert.equal(done.status, "FAILED");
    assert.deepEqual(
      tasksOf(done).map((task) => task.split(" ")[0]),
      ["plan", "extract", "process", "publish"],
    );
  });

  it("publishes what there is when loading fails", () => {
    const done = run({ batches: 1, tasks: always("load", () => stopped(1)) });
    assert.equal(done.status, "FAILED");
    assert.equal(tasksOf(done).at(-1), "publish on FARGATE_SPOT");
  });

  for (const [what, end] of [
    ["a step takes too long", () => new StateError("States.Timeout")],
    ["a right is missing", () => new StateError("ECS.AccessDeniedException", "not authorized")],
    ["the cause is no JSON", () => new StateError("States.TaskFailed", "{cut off}")],
    ["the cause is some text", () => new StateError("States.TaskFailed", "who knows")],
    ["an image cannot be pulled", () => stopped(1, { StopCode: "TaskFailedToStart", StoppedReason: "CannotPull" })],
  ] as const)
    it(`fails and tells of it when ${what}`, () => {
      for (const step of ["plan", "extract", "process", "load", "publish"]) {
        const done = run({ batches: 1, tasks: always(step, end) });
        assert.equal(done.status, "FAILED", step);
        assert.deepEqual(
          failures(done).map(({ DetailType }) => DetailType),
          ["dataset failed"],
          step,
        );
      }
    });

  it("fails also when the event about it cannot be put", () => {
    const refused = () => new StateError("EventBridge.FailedEntry", "throttled");
    const done = run({ batches: 0, tasks: always("plan", () => stopped(1)), events: refused });
    assert.equal(done.status, "FAILED");
    assert.match(done.cause ?? "", /Tidegate.PlanFailed/);
  });

  it("fails when nobody can be told of its success, as what depends on it would not start", () => {
    let first = true;
    const events = () => (first ? new StateError("EventBridge.FailedEntry", "throttled") : undefined);
    const definition = pipelineDefinition(VALUES);
    const answer = world({ batches: 0, events });
    const done = execute(definition, (call) => {
      if (call.state === "Tell of the failure") first = false;
      return answer(call);
    });
    assert.equal(done.status, "FAILED");
    assert.deepEqual(failures(done).at(-1)?.DetailType, "dataset failed");
  });
});
