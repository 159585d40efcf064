import assert from "node:assert/strict";
import { join } from "node:path";
import { checkPolicies, type RuleVerdict } from "../../offline/policy.ts";
import { type Mode, type Recording, recordProgram } from "../../offline/record.ts";
import { rules } from "../../policies/rules/index.ts";

/** Makes resources, as the body of a Pulumi program does. */
export type Program = () => void;

/** The repository. */
export const PROJECT_FOLDER = join(import.meta.dirname, "..", "..");

/** A program that a rule must refuse. */
export interface Bad {
  readonly program: Program;
  /** What the violations say, one pattern for each, in any order. */
  readonly says: readonly RegExp[];
}

/** What a rule must let pass and what it must refuse, by what each shows. */
export interface Fixtures {
  readonly good: Readonly<Record<string, Program>>;
  readonly bad: Readonly<Record<string, Bad>>;
}

export const MODES: readonly Mode[] = ["preview", "update"];

/** Evaluates a program that is given as a function. */
export function recordFixture(program: Program, mode: Mode): Promise<Recording> {
  return recordProgram({
    program: async () => {
      program();
    },
    project: "fixture",
    stack: "test",
    config: {},
    mode,
  });
}

/** What one rule of the pack says about one evaluation. */
export async function verdictOf(name: string, recording: Recording): Promise<RuleVerdict> {
  const rule = rules.find((candidate) => candidate.name === name);
  assert(rule, `the pack has no rule ${name}`);
  const verdict = await checkPolicies([rule], [recording]);
  const [own] = verdict.rules;
  assert(own);
  return own;
}

/** Declares a rule's tests: each fixture before a first deployment and after it. */
export function describeRule(name: string, { good, bad }: Fixtures): void {
  describe(name, () => {
    for (const mode of MODES) {
      for (const [title, program] of Object.entries(good)) {
        it(`lets pass, in ${mode}: ${title}`, async () => {
          const { result, violations } = await verdictOf(name, await recordFixture(program, mode));
          assert.deepEqual({ result, violations }, { result: "passed", violations: [] });
        });
      }
      for (const [title, { program, says }] of Object.entries(bad)) {
        it(`refuses, in ${mode}: ${title}`, async () => {
          const { result, violations } = await verdictOf(name, await recordFixture(program, mode));
          const messages = violations.map(({ message }) => message);
          assert.equal(result, "failed");
          assert.equal(messages.length, says.length, messages.join("\n"));
          for (const pattern of says)
            assert(
              messages.some((message) => pattern.test(message)),
              `${pattern} in ${messages.join("\n")}`,
            );
          for (const message of messages) assert.match(message, /; allowed: .+; .+/, "a message says how to mend it");
        });
      }
    }
  });
}
