import type { RecordedResource } from "../record.ts";
import { type Course, courseOf } from "./definition.ts";
import { at, each, jsonAt, refersTo } from "./read.ts";
import { startsPerMonth } from "./starts.ts";
import type { Usage } from "./usage.ts";

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const MACHINE = "aws:sfn/stateMachine:StateMachine";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const STRATEGIES = ["target", "ecsParameters", "capacityProviderStrategies"];

/** A task definition's starts in a month, from one place in the program. */
export interface TaskStarts {
  readonly perMonth: number;
  readonly step: string;
  /** Part of the starts by capacity provider; empty when nothing is said, which means Fargate on demand. */
  readonly providers: ReadonlyMap<string, number>;
  readonly hasPublicAddress: boolean;
}

/** A state machine and what its runs do in a month. */
export interface MachineRuns {
  readonly machine: RecordedResource;
  readonly perMonth: number;
  readonly course: Course;
}

/** How often things run: what schedules start, and what that starts in turn. */
export class Runs {
  readonly machines: readonly MachineRuns[];
  /** Runs of all datasets in a month. */
  readonly perMonth: number;
  readonly #schedules: readonly RecordedResource[];

  constructor(ofType: (type: string) => readonly RecordedResource[], usage: Usage) {
    this.#schedules = ofType(SCHEDULE).filter((schedule) => at(schedule, "state") !== "DISABLED");
    const courses = ofType(MACHINE).map((machine) => {
      const course = courseOf(jsonAt(machine, "definition"), usage.batchesPerRun);
      return { machine, course };
    });
    const targets = ofType(TARGET);
    const rules = ofType(RULE).filter((rule) => at(rule, "state") !== "DISABLED");
    const isTold = (machine: RecordedResource, dataset: string): boolean =>
      targets.some(
        (target) =>
          starts(target, "arn", machine, at(target, "arn")) &&
          rules.some((rule) => refersTo(target, "rule", rule) && datasetsOf(rule).includes(dataset)),
      );
    const perMonth = (machine: RecordedResource, way: readonly RecordedResource[]): number => {
      if (way.includes(machine)) return 0;
      const scheduled = this.#schedules.filter((schedule) =>
        starts(schedule, "target", machine, at(schedule, "target", "arn")),
      );
      const before = courses.filter(({ course }) => course.tells.some((dataset) => isTold(machine, dataset)));
      return sum(scheduled.map(startsOf)) + sum(before.map((other) => perMonth(other.machine, [...way, machine])));
    };
    this.machines = courses.map(({ machine, course }) => ({ machine, course, perMonth: perMonth(machine, []) }));
    const direct = this.#schedules.filter((schedule) => at(schedule, "target", "ecsParameters") !== undefined);
    this.perMonth = sum(this.machines.map((machine) => machine.perMonth)) + sum(direct.map(startsOf));
  }

  /** Those of some task definitions that something starts again and again: one for each dataset. */
  repeated(tasks: readonly RecordedResource[]): readonly RecordedResource[] {
    return tasks.filter((task) => this.startsOf(task).length > 0);
  }

  /** What starts a task definition: schedules, and state machines by its family. */
  startsOf(task: RecordedResource): readonly TaskStarts[] {
    const direct = this.#schedules
      .filter((schedule) => refersTo(schedule, "target", task))
      .map((schedule) => ({
        perMonth: startsOf(schedule) * Number(at(schedule, "target", "ecsParameters", "taskCount") ?? 1),
        step: "",
        providers: parts(strategyOf(schedule)),
        hasPublicAddress: at(schedule, "target", "ecsParameters", "networkConfiguration", "assignPublicIp") === true,
      }));
    const family = String(at(task, "family") ?? task.name);
    const steps = this.machines.flatMap(({ course, perMonth }) =>
      course.tasks
        .filter(({ taskDefinition }) => familyOf(taskDefinition) === family)
        .map(({ times, step, providers, hasPublicAddress }) => ({
          perMonth: perMonth * times,
          step,
          providers: parts(providers),
          hasPublicAddress,
        })),
    );
    return [...direct, ...steps];
  }
}

/** Starts in a month by one schedule; none when its expression cannot be read. */
export function startsOf(schedule: RecordedResource): number {
  return startsPerMonth(String(at(schedule, "scheduleExpression"))) ?? 0;
}

/** Whether a target is a state machine, by reference or by name. */
function starts(resource: RecordedResource, property: string, machine: RecordedResource, arn: unknown): boolean {
  const name = at(machine, "name");
  const isNamed = typeof name === "string" && String(arn).endsWith(`:stateMachine:${name}`);
  return isNamed || refersTo(resource, property, machine);
}

/** The datasets that a rule waits for. */
function datasetsOf(rule: RecordedResource): readonly unknown[] {
  const pattern = jsonAt(rule, "eventPattern") as { detail?: { dataset?: unknown } } | undefined;
  const datasets = pattern?.detail?.dataset;
  return Array.isArray(datasets) ? datasets : [];
}

const strategyOf = (schedule: RecordedResource): ReadonlyMap<string, number> =>
  new Map(
    each(schedule, ...STRATEGIES).map((path) => [
      String(at(schedule, ...path, "capacityProvider")),
      Number(at(schedule, ...path, "weight") ?? 0),
    ]),
  );

function parts(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const all = sum([...weights.values()]);
  return new Map([...weights].map(([provider, weight]) => [provider, all > 0 ? weight / all : 0]));
}

/** @example familyOf("arn:aws:ecs:us-east-1:123456789012:task-definition/prices:3") // "prices" */
const familyOf = (taskDefinition: string): string =>
  taskDefinition.slice(taskDefinition.lastIndexOf("/") + 1).replace(/:\d+$/, "");

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
