import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { pipelineDefinition } from "../../components/state-machine/pipeline.ts";
import { describeRule } from "../support/rules.ts";
import { VALUES } from "../support/state-machine/pipeline.ts";

type State = Record<string, unknown>;

const machine = (args: Partial<aws.sfn.StateMachineArgs>) =>
  new aws.sfn.StateMachine("machine", { roleArn: "arn", definition: "{}", ...args });
const group = () => new aws.cloudwatch.LogGroup("logs", { name: "/shop/pipelines" });
const TRACED = { tracingConfiguration: { enabled: true } };
const ARN = "arn:aws:logs:us-east-1:123456789012:log-group";

describeRule("sfn-machine-logged", {
  good: {
    "a group of the program": () =>
      machine({
        ...TRACED,
        loggingConfiguration: { level: "ERROR", logDestination: pulumi.interpolate`${group().arn}:*` },
      }),
    "a group of the program, by name": () => {
      group();
      machine({ ...TRACED, loggingConfiguration: { level: "ALL", logDestination: `${ARN}:/shop/pipelines:*` } });
    },
  },
  bad: {
    "nothing said": { program: () => machine({}), says: [/^machine: logs nothing/, /does not trace its runs/] },
    "logging that is off": {
      program: () => machine({ ...TRACED, loggingConfiguration: { level: "OFF" } }),
      says: [/logs nothing \(got "OFF"\)/],
    },
    "a group of somebody else": {
      program: () => {
        group();
        machine({ ...TRACED, loggingConfiguration: { level: "ALL", logDestination: `${ARN}:/other:*` } });
      },
      says: [/logs to a group that is not in this stack/],
    },
  },
});

const HANDLED = {
  Type: "Task",
  TimeoutSeconds: 60,
  Retry: [{ ErrorEquals: ["States.ALL"] }],
  Catch: [{ ErrorEquals: ["States.ALL"], Next: "b" }],
};
const withStates = (States: State) => () => machine({ definition: JSON.stringify({ StartAt: "a", States }) });

describeRule("sfn-tasks-handled", {
  good: {
    "a task with everything": withStates({ a: HANDLED, b: { Type: "Fail" } }),
    "a timeout by path": withStates({ a: { ...HANDLED, TimeoutSeconds: undefined, TimeoutSecondsPath: "$.t" } }),
    "the pipeline of a dataset": () => machine({ definition: JSON.stringify(pipelineDefinition(VALUES)) }),
  },
  bad: {
    "a task with nothing": {
      program: withStates({ a: { Type: "Task" }, b: HANDLED }),
      says: [/^machine: its task "a" has no timeout and no Retry and no Catch for States\.ALL/],
    },
    "a Catch for some errors": {
      program: withStates({ a: { ...HANDLED, Catch: [{ ErrorEquals: ["States.Timeout"], Next: "b" }] } }),
      says: [/has no Catch for States\.ALL;/],
    },
    "tasks in branches, items and iterators": {
      program: withStates({
        a: { Type: "Parallel", Branches: [{ States: { inBranch: { ...HANDLED, Retry: [] } } }] },
        b: { Type: "Map", ItemProcessor: { States: { inItem: { ...HANDLED, TimeoutSeconds: undefined } } } },
        c: { Type: "Map", Iterator: { States: { inIterator: { ...HANDLED, Catch: undefined } } } },
      }),
      says: [/"inBranch" has no Retry/, /"inItem" has no timeout/, /"inIterator" has no Catch/],
    },
    "no definition": {
      program: () => machine({ definition: "not json" }),
      says: [/has a definition that cannot be read/],
    },
  },
});
