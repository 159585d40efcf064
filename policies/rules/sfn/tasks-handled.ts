import { knownList, read, readJson, UNKNOWN } from "../../lib/read.ts";
import { resourceRule } from "../../lib/rule.ts";
import { STATE_MACHINES } from "../../lib/types.ts";

export const tasksHandled = resourceRule({
  name: "sfn-tasks-handled",
  title: "No task of a state machine waits for ever or fails unheard",
  description:
    "Every Task of a state machine, in branches and maps too, has a timeout, a Retry and a Catch for all errors.",
  rationale:
    "By default a task waits for 99,999,999 seconds and its first error ends the run, with nobody told and nothing cleaned up.",
  severity: "medium",
  frameworks: [],
  remediation: "Give each Task TimeoutSeconds, Retry, and a Catch whose ErrorEquals has States.ALL.",
  url: "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
  types: STATE_MACHINES,
  check(machine, report) {
    const definition = readJson(machine.props, "definition");
    if (definition === UNKNOWN) return;
    const tasks = tasksOf(definition);
    if (tasks === undefined) {
      report(machine, {
        problem: "has a definition that cannot be read",
        allowed: "Amazon States Language as JSON text",
        fix: "set definition",
      });
    }
    for (const { name, state } of tasks ?? []) {
      const missing = missingIn(state);
      if (missing.length === 0) continue;
      report(machine, {
        problem: `its task "${name}" has no ${missing.join(" and no ")}`,
        allowed: "TimeoutSeconds, Retry and Catch for States.ALL",
        fix: "add them to the state",
      });
    }
  },
});

interface NamedState {
  readonly name: string;
  readonly state: unknown;
}

/** The tasks of a machine and of every branch and item processor in it; undefined when it has no states. */
function tasksOf(machine: unknown): readonly NamedState[] | undefined {
  const states = read(machine, "States");
  if (states === null || typeof states !== "object") return undefined;
  return Object.keys(states).flatMap((name) => {
    const state = read(states, name);
    const inner = [...knownList(state, "Branches"), read(state, "ItemProcessor"), read(state, "Iterator")];
    const own = read(state, "Type") === "Task" ? [{ name, state }] : [];
    return [...own, ...inner.flatMap((part) => tasksOf(part) ?? [])];
  });
}

function missingIn(state: unknown): readonly string[] {
  const hasTimeout = ["TimeoutSeconds", "TimeoutSecondsPath"].some((name) => read(state, name) !== undefined);
  const catchesAll = knownList(state, "Catch").some((catcher) =>
    knownList(catcher, "ErrorEquals").includes("States.ALL"),
  );
  return [
    ...(hasTimeout ? [] : ["timeout"]),
    ...(knownList(state, "Retry").length > 0 ? [] : ["Retry"]),
    ...(catchesAll ? [] : ["Catch for States.ALL"]),
  ];
}
