import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { checkPolicies } from "../../offline/policy.ts";
import { policyText } from "../../offline/policy-text.ts";
import { read } from "../../policies/lib/read.ts";
import { type Rule, resourceRule, stackRule } from "../../policies/lib/rule.ts";
import { recordFixture } from "../support/rules.ts";

const TOPIC = "aws:sns/topic:Topic";
const common = {
  title: "Topics are named",
  description: "Every topic has a display name.",
  rationale: "People read it.",
  severity: "low",
  frameworks: [],
  remediation: "Set displayName.",
  url: "https://docs.aws.amazon.com/sns/",
  types: [TOPIC],
} as const;

const careful = resourceRule({
  ...common,
  name: "careful",
  check(topic, report) {
    if (read(topic.props, "displayName") === undefined) {
      report(topic, { problem: "has no name", allowed: "a text", fix: "set displayName" });
    }
  },
});

/** Reads past the helper, as a rule must not: the engine gives it up where a value is unknown. */
const careless = stackRule({
  ...common,
  name: "careless",
  check(resources, report) {
    for (const topic of resources.filter(({ type }) => type === TOPIC)) {
      if (topic.props.arn === "") report(topic, { problem: "has no ARN", allowed: "an ARN", fix: "wait" });
    }
  },
});

const named = () => void new aws.sns.Topic("topic", { displayName: "Prices" });
const nameless = () => void new aws.sns.Topic("topic");

const check = async (rules: readonly Rule[], program: () => void) =>
  checkPolicies(rules, [await recordFixture(program, "preview"), await recordFixture(program, "update")]);

describe("the policy harness", () => {
  it("passes what a rule has nothing against, and what there is nothing of", async () => {
    const passed = await check([careful], named);
    assert.equal(passed.passed, true);
    assert.deepEqual(
      passed.rules.map(({ result, resources }) => [result, resources]),
      [["passed", 1]],
    );
    const empty = await check([careful], () => {});
    assert.equal(empty.passed, true);
    assert.equal(empty.rules[0]?.result, "not applicable");
  });

  it("fails with the message, the resource and the evaluations that it shows in", async () => {
    const verdict = await check([careful], nameless);
    assert.equal(verdict.passed, false);
    assert.deepEqual(verdict.rules[0]?.violations, [
      {
        urn: `urn:pulumi:test::fixture::${TOPIC}::topic`,
        message: "topic: has no name; allowed: a text; set displayName",
        modes: ["preview", "update"],
      },
    ]);
  });

  it("counts as a failure that a rule could not run at preview, which the engine would let pass", async () => {
    const verdict = await check([careless], named);
    assert.equal(verdict.passed, false);
    assert.equal(verdict.rules[0]?.result, "could not run");
    assert.deepEqual(
      verdict.rules[0]?.violations.map(({ modes }) => modes),
      [["preview"]],
    );
    assert.match(verdict.rules[0]?.violations[0]?.message ?? "", /can't run policy 'careless'.*during preview/);
  });

  it("does not hide the fault of a rule", async () => {
    const faulty = resourceRule({
      ...common,
      name: "faulty",
      check() {
        throw new RangeError("out of rules");
      },
    });
    await assert.rejects(check([faulty], named), /out of rules/);
  });

  it("prints a line for each rule, and below how to mend what is wrong", async () => {
    const text = policyText(await check([careful, careless], nameless));
    assert.match(text, /│ careful +│ low +│ +1 │ failed +│/);
    assert.match(
      text,
      /careful: Topics are named\n {2}- topic: has no name; .* \[preview, update\]\n {2}mend: Set displayName\.\n/,
    );
    assert.match(text, /Policies for stack test: FAILED \(1 failed, 1 could not run\)\.$/);
  });
});
