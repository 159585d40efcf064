import assert from "node:assert/strict";
import type {
  Catcher,
  Json,
  Machine,
  MapState,
  Retrier,
  Rule,
  State,
  TaskState,
} from "../../../components/state-machine/language.ts";
import { type Data, evaluate, fill, isPresent, put, read, StateError } from "./data.ts";

/** One call that a Task made. */
export interface Call {
  readonly state: string;
  readonly resource: string;
  readonly parameters: Data;
}

/** What became of an execution. */
export interface Execution {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly error?: string;
  readonly cause?: string;
  /** Names of the states that were entered, in order. */
  readonly entered: readonly string[];
  readonly calls: readonly Call[];
  /** Seconds that Wait states took, but for those until a time. */
  readonly waited: number;
  /** The times that Wait states waited for. */
  readonly waitedUntil: readonly string[];
}

/** Plays the services: answers a call, or throws a `StateError`. */
export type Answer = (call: Call) => Json;

/**
 * Executes a state machine without AWS, one state after the other, with what Step Functions documents about paths, retries and
 * catchers. Retries happen at once.
 */
export function execute(machine: Machine, answer: Answer, input: Json = {}): Execution {
  const run = new Run(answer, input);
  try {
    run.machine(machine, input);
    return { status: "SUCCEEDED", ...run.trace };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { status: "FAILED", error: error.error, cause: error.cause, ...run.trace };
  }
}

class Run {
  readonly trace: { entered: string[]; calls: Call[]; waited: number; waitedUntil: string[] } = {
    entered: [],
    calls: [],
    waited: 0,
    waitedUntil: [],
  };
  readonly #answer: Answer;
  readonly #context: Data;

  constructor(answer: Answer, input: Json) {
    this.#answer = answer;
    this.#context = { Execution: { Name: "night-1", StartTime: "2024-05-06T07:08:09.123Z", Input: input } };
  }

  machine({ StartAt, States }: Machine, input: Json, context: Data = this.#context): Json {
    let name: string | undefined = StartAt;
    let data = input;
    while (name !== undefined) {
      const state: State | undefined = States[name];
      assert(state, `there is no state ${name}`);
      this.trace.entered.push(name);
      assert(this.trace.entered.length < 100_000, "the machine goes round in circles");
      const left = this.#state(name, state, data, context);
      data = left.data;
      name = left.next;
    }
    return data;
  }

  #state(name: string, state: State, data: Json, context: Data): { data: Json; next: string | undefined } {
    switch (state.Type) {
      case "Succeed":
        return { data, next: undefined };
      case "Fail":
        throw new StateError(state.Error, String(evaluate(state.CausePath, data, context)));
      case "Choice": {
        const found = state.Choices.find((choice) => holds(choice, data, context));
        return { data, next: found?.Next ?? state.Default };
      }
      case "Wait":
        if ("TimestampPath" in state) {
          const time = read(state.TimestampPath, data, context);
          assert(isTimestamp(time), `${name} waits until ${JSON.stringify(time)}`);
          this.trace.waitedUntil.push(time);
        } else this.trace.waited += Number(read(state.SecondsPath, data, context));
        return { data, next: state.Next };
      case "Pass": {
        const result = state.Parameters ? fill(state.Parameters, data, context) : (state.Result ?? data);
        return { data: put(state.ResultPath, data, result), next: state.Next };
      }
      default:
        return this.#caught(state.Catch, data, () => {
          const raw =
            state.Type === "Task"
              ? this.#task(name, state, data, context)
              : state.Type === "Map"
                ? this.#map(name, state, data, context)
                : state.Branches.map((branch) => this.machine(branch, fill(state.Parameters, data, context), context));
          const result = state.ResultSelector ? fill(state.ResultSelector, raw, context) : raw;
          return { data: put(state.ResultPath, data, result), next: state.Next };
        });
    }
  }

  #caught(catchers: readonly Catcher[], data: Json, work: () => { data: Json; next: string | undefined }) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const catcher = catchers.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
      if (!catcher) throw error;
      return { data: put(catcher.ResultPath, data, { Error: error.error, Cause: error.cause }), next: catcher.Next };
    }
  }

  #task(name: string, state: TaskState, data: Json, context: Data): Json {
    const parameters = fill(state.Parameters, data, context) as Data;
    const call = { state: name, resource: state.Resource, parameters };
    const used = new Map<Retrier, number>();
    for (;;) {
      this.trace.calls.push(call);
      try {
        return this.#answer(call);
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const retrier = state.Retry.find(({ ErrorEquals }) => matches(ErrorEquals, error.error));
        const tries = retrier ? (used.get(retrier) ?? 0) : 0;
        if (!retrier || tries >= retrier.MaxAttempts) throw error;
        used.set(retrier, tries + 1);
      }
    }
  }

  #map(name: string, state: MapState, data: Json, context: Data): Json {
    const items = state.ItemReader
      ? this.#items(name, state.ItemReader, data, context)
      : read(state.ItemsPath ?? "$", data, context);
    assert(Array.isArray(items), `${name} has no list of items`);
    const concurrency = read(state.MaxConcurrencyPath, data, context);
    assert(Number.isInteger(concurrency), `${name} has no concurrency`);
    return items.map((Value, Index) => {
      const inner = { ...context, Map: { Item: { Index, Value } } };
      return this.machine(state.ItemProcessor, fill(state.ItemSelector, data, inner), inner);
    });
  }

  #items(name: string, reader: NonNullable<MapState["ItemReader"]>, data: Json, context: Data): Json {
    const call = { state: name, resource: reader.Resource, parameters: fill(reader.Parameters, data, context) as Data };
    this.trace.calls.push(call);
    const { Body } = this.#answer(call) as { Body: string };
    return read(`$${reader.ReaderConfig.ItemsPointer.replaceAll("/", ".")}`, JSON.parse(Body), {});
  }
}

// States.ALL stands for every error but these two; States.TaskFailed for every one but a timeout.
const TERMINAL = ["States.DataLimitExceeded", "States.Runtime"];
const matches = (names: readonly string[], error: string): boolean =>
  names.some((name) => name === error || (name === "States.ALL" && !TERMINAL.includes(error)));

/** https://states-language.net/#timestamps */
const isTimestamp = (value: Json): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);

function holds(rule: Rule, data: Json, context: Json): boolean {
  if ("And" in rule) return rule.And.every((each) => holds(each, data, context));
  if ("Or" in rule) return rule.Or.some((each) => holds(each, data, context));
  if ("IsPresent" in rule) return isPresent(rule.Variable, data, context) === rule.IsPresent;
  const value = read(rule.Variable, data, context);
  if ("IsTimestamp" in rule) return isTimestamp(value) === rule.IsTimestamp;
  if ("StringEquals" in rule) return value === rule.StringEquals;
  if ("BooleanEquals" in rule) return value === rule.BooleanEquals;
  if ("NumericEquals" in rule) return value === rule.NumericEquals;
  if ("NumericGreaterThanEquals" in rule) return typeof value === "number" && value >= rule.NumericGreaterThanEquals;
  const pattern = rule.StringMatches.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return typeof value === "string" && new RegExp(`^${pattern.join(".*")}$`, "s").test(value);
}
