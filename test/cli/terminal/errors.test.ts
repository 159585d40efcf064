import assert from "node:assert/strict";
import { printUserError } from "../../../runtime/cli/terminal/errors.ts";
import { UserError } from "../../../runtime/dataset/errors.ts";
import { MemoryStream } from "./stream.ts";

function printed(error: unknown, options?: { verbose?: boolean }): string {
  const stream = new MemoryStream();
  printUserError(stream, error, options);
  return stream.written;
}

describe("an error at the terminal", () => {
  const mistake = new UserError("datasets/prices.ts is not valid", [
    { path: "key[1]", problem: "is no column", value: "dat", allowed: "ticker, date", fix: 'did you mean "date"?' },
    { path: "calendar", problem: "is unknown", value: "NYSE" },
  ]);

  it("of the user shows every fault and no stack, also when verbose", () => {
    const text = [
      "tidegate: datasets/prices.ts is not valid",
      '  - key[1]: is no column (got "dat"); allowed: ticker, date; did you mean "date"?',
      '  - calendar: is unknown (got "NYSE")',
      "",
    ].join("\n");
    assert.equal(printed(mistake), text);
    assert.equal(printed(mistake, { verbose: true }), text);
  });

  it("of Tidegate says that it is a bug, with its causes, and hides the stack", () => {
    const error = new Error("cannot read the state", { cause: new TypeError("x is undefined") });
    assert.equal(
      printed(error),
      [
        "tidegate: cannot read the state",
        "  caused by: x is undefined",
        "This is a bug in Tidegate, not a mistake of yours. Run it again with --verbose to see where it happened.",
        "",
      ].join("\n"),
    );
  });

  it("of Tidegate shows the stacks when verbose", () => {
    const error = new Error("cannot read the state", { cause: new TypeError("x is undefined") });
    const text = printed(error, { verbose: true });
    assert.match(text, /^Error: cannot read the state\n {4}at .*errors\.test\.ts/m);
    assert.match(text, /^caused by: TypeError: x is undefined\n {4}at /m);
    assert.doesNotMatch(text, /again with --verbose/);
  });

  it("that is no Error is shown as it is", () => {
    assert.match(printed("out of luck"), /^tidegate: out of luck\nThis is a bug/);
  });

  it("ends, although it is its own cause", () => {
    const error = new Error("round");
    error.cause = error;
    assert.match(printed(error), /^tidegate: round\nThis is a bug/);
  });

  it("cannot steer the terminal", () => {
    assert.equal(printed(new UserError("no file \u001b]0;owned\u0007")), "tidegate: no file \\u001b]0;owned\\u0007\n");
  });
});
