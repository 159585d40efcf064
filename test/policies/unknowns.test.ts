import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkPolicies } from "../../offline/policy.ts";
import { recordStack } from "../../offline/program.ts";
import type { RecordedResource, Recording } from "../../offline/record.ts";
import type { WireProperties } from "../../offline/wire.ts";
import { rules } from "../../policies/rules/index.ts";
import { PROJECT_FOLDER } from "../support/rules.ts";

const { specialSigKey, unknownValue: unknown } = pulumi.runtime;

/** Every property unknown as a whole. */
const blank = (properties: WireProperties): WireProperties =>
  Object.fromEntries(Object.keys(properties).map((name) => [name, unknown]));

/** The shape is known, but no text, number or switch in it. */
const hollow = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(hollow);
  if (value === null || typeof value !== "object" || specialSigKey in value) return unknown;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hollow(inner)]));
};

function withWire(recording: Recording, by: (properties: WireProperties) => WireProperties): Recording {
  const change = (resource: RecordedResource): RecordedResource => ({
    ...resource,
    wire: { inputs: by(resource.wire.inputs), outputs: by(resource.wire.outputs) },
  });
  return { ...recording, resources: recording.resources.map(change) };
}

const results = async (recording: Recording): Promise<string[]> =>
  (await checkPolicies(rules, [recording])).rules.map(({ rule, result }) => `${rule} ${result}`);

describe("what is unknown at preview", () => {
  let recording: Recording;

  before(async () => {
    recording = await recordStack({ folder: PROJECT_FOLDER, stack: "dev", mode: "preview" });
  });

  it("skips a check, and never the rule: with nothing known, each rule still runs and finds nothing", async () => {
    const said = await results(withWire(recording, blank));
    assert.equal(said.length, rules.length);
    assert.deepEqual(
      said.filter((result) => !/ (passed|not applicable)$/.test(result)),
      [],
    );
  });

  it("skips a check also where only the leaves are unknown", async () => {
    const hollowed = withWire(recording, (properties) => hollow(properties) as WireProperties);
    assert.deepEqual(
      (await results(hollowed)).filter((result) => !/ (passed|failed|not applicable)$/.test(result)),
      [],
    );
  });

  it("does not keep joins from being seen: a missing sibling is found when no value is known", async () => {
    const without = recording.resources.filter(({ type }) => !type.startsWith("aws:s3/bucketVersioning:"));
    const failed = (await results(withWire({ ...recording, resources: without }, blank))).filter(
      (result) => !/ (passed|not applicable)$/.test(result),
    );
    assert.deepEqual(failed, ["s3-bucket-versioned failed"]);
  });
});
