import * as aws from "@pulumi/aws";
import { describeRule } from "../support/rules.ts";

const IMAGE = `node@sha256:${"a".repeat(64)}`;
const SOUND = {
  name: "ingest",
  image: IMAGE,
  user: "node",
  readonlyRootFilesystem: true,
  linuxParameters: { capabilities: { drop: ["ALL"] } },
  environment: [{ name: "TIDEGATE_ARTIFACT_SHA256", value: "ab".repeat(32) }],
  secrets: [{ name: "TIINGO_TOKEN", valueFrom: "arn:aws:secretsmanager:us-east-1:123456789012:secret:tiingo" }],
  logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/tidegate" } },
};

const task = (changes: object = {}, opts: { dependsOn?: aws.cloudwatch.LogGroup } = {}) =>
  new aws.ecs.TaskDefinition(
    "task",
    { family: "ingest", containerDefinitions: JSON.stringify([{ ...SOUND, ...changes }]) },
    opts,
  );
const withChange = (changes: object) => () => task(changes);

const handing = (changes: object, dependsOn: object[] = [{ containerName: "prepare", condition: "SUCCESS" }]) =>
  new aws.ecs.TaskDefinition("task", {
    family: "ingest",
    containerDefinitions: JSON.stringify([
      { ...SOUND, dependsOn },
      { ...SOUND, name: "prepare", user: "0", essential: false, environment: [], secrets: [], ...changes },
    ]),
  });

describeRule("ecs-image-pinned", {
  good: {
    "a digest": withChange({}),
    "a tag before the digest": withChange({ image: IMAGE.replace("@", ":24-slim@") }),
  },
  bad: {
    "a tag": { program: withChange({ image: "node:24-slim" }), says: [/container ingest .*got "node:24-slim"/] },
    "a digest that is cut": { program: withChange({ image: IMAGE.slice(0, -1) }), says: [/name points to/] },
    "the second container": {
      program: () =>
        new aws.ecs.TaskDefinition("task", {
          family: "ingest",
          containerDefinitions: JSON.stringify([SOUND, { ...SOUND, name: "side", image: "busybox" }]),
        }),
      says: [/container side/],
    },
  },
});

describeRule("ecs-container-hardened", {
  good: {
    "an unprivileged container": withChange({}),
    "a user by number": withChange({ user: "1000:1000", privileged: false }),
    "root that hands volumes over": () => handing({}),
  },
  bad: {
    "no user": { program: withChange({ user: undefined }), says: [/runs as root/] },
    "root by name, with a group": {
      program: withChange({ user: "root:node" }),
      says: [/runs as root \(got "root:node"\)/],
    },
    "root by number": { program: withChange({ user: "0" }), says: [/runs as root/] },
    privileged: { program: withChange({ privileged: true }), says: [/is privileged/] },
    "a file system that can be written": {
      program: withChange({ readonlyRootFilesystem: false }),
      says: [/can write its root/],
    },
    "capabilities kept": { program: withChange({ linuxParameters: {} }), says: [/keeps rights in the kernel/] },
    "root that hands volumes over with rights": {
      program: () => handing({ linuxParameters: {} }),
      says: [/container prepare keeps rights/],
    },
    "root that gets a secret": {
      program: () => handing({ secrets: SOUND.secrets }),
      says: [/container prepare runs as root/],
    },
    "root that is told something": {
      program: () => handing({ environment: SOUND.environment }),
      says: [/container prepare runs as root/],
    },
    "root that stays": { program: () => handing({ essential: true }), says: [/container prepare runs as root/] },
    "root that nobody waits for": {
      program: () => handing({}, [{ containerName: "prepare", condition: "START" }]),
      says: [/container prepare runs as root/],
    },
    "capabilities added": {
      program: withChange({ linuxParameters: { capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } } }),
      says: [/more rights in the kernel .*SYS_PTRACE/],
    },
  },
});

const variable = (name: string, value: string) => withChange({ environment: [{ name, value }] });

describeRule("ecs-environment-without-secrets", {
  good: { "a digest and an address": variable("TIDEGATE_LAKE", "s3://lake/prefix") },
  bad: {
    "a name that says token": { program: variable("TIINGO_TOKEN", "x"), says: [/got "TIINGO_TOKEN"/] },
    "a name that says password": { program: variable("dbPassword", "x"), says: [/got "dbPassword"/] },
    "an AWS key under another name": { program: variable("ID", "AKIAIOSFODNN7EXAMPLE"), says: [/got "ID"/] },
    "a private key under another name": {
      program: variable("PEM", "-----BEGIN RSA PRIVATE KEY-----"),
      says: [/got "PEM"/],
    },
  },
});

const group = (name = "logs") => new aws.cloudwatch.LogGroup(name);

describeRule("ecs-container-logs", {
  good: {
    "a group that the task waits for": () => task({}, { dependsOn: group() }),
    "a group that the task names": () =>
      new aws.ecs.TaskDefinition("task", {
        family: "ingest",
        containerDefinitions: group().name.apply((name) =>
          JSON.stringify([
            { ...SOUND, logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": name } } },
          ]),
        ),
      }),
  },
  bad: {
    "no log configuration": {
      program: () => task({ logConfiguration: undefined }, { dependsOn: group() }),
      says: [/container ingest does not log/],
    },
    "another driver": {
      program: () => task({ logConfiguration: { logDriver: "fluentd" } }, { dependsOn: group() }),
      says: [/got "fluentd"/],
    },
    "a group beside it": {
      program: () => {
        group();
        task();
      },
      says: [/does not wait for a log group/],
    },
  },
});
