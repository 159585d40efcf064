import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { stackOutputs } from "../../runtime/cli/stack.ts";
import { temporaryFolder } from "../support/folder.ts";

const OUTPUTS = { outputsVersion: 1, region: "eu-west-1", lakeUrl: "s3://lake/data", logGroup: "more" };

/** A Pulumi CLI that only knows what it is given, in front of the others on the PATH until the end of the block. */
async function fakePulumi(script: string): Promise<AsyncDisposable> {
  const folder = await temporaryFolder();
  const before = process.env.PATH;
  const bin = join(folder.path, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "pulumi"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "pulumi"), 0o755);
  process.env.PATH = `${bin}${delimiter}${before}`;
  return {
    [Symbol.asyncDispose]: async () => {
      process.env.PATH = before;
      await folder[Symbol.asyncDispose]();
    },
  };
}

const answering = (outputs: object): string =>
  `[ "$*" = "stack output --json --stack prod" ] && echo '${JSON.stringify(outputs)}'`;

describe("the outputs of a stack", () => {
  it("are asked of the Pulumi CLI", async () => {
    await using _cli = await fakePulumi(answering(OUTPUTS));
    assert.deepEqual(await stackOutputs("prod"), { outputsVersion: 1, region: "eu-west-1", lakeUrl: "s3://lake/data" });
  });

  it("are refused when they are those of another version", async () => {
    await using _cli = await fakePulumi(answering({ ...OUTPUTS, outputsVersion: 2 }));
    await assert.rejects(stackOutputs("prod"), /not what this version reads.*outputsVersion.*got "prod".*pulumi up/s);
  });

  it("say what the CLI says when there are none", async () => {
    await using _cli = await fakePulumi("echo \"error: no stack named 'prd' found\" >&2; exit 255");
    await assert.rejects(stackOutputs("prd"), /--stack: error: no stack named 'prd' found/);
  });

  it("need the CLI", async () => {
    const before = process.env.PATH;
    process.env.PATH = "/nowhere";
    try {
      await assert.rejects(stackOutputs("prod"), /there is no Pulumi CLI.*--lake/);
    } finally {
      process.env.PATH = before;
    }
  });
});
