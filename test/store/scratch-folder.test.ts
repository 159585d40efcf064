import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { scratchFolder } from "../../runtime/store/scratch-folder.ts";
import { useFolder } from "../support/folder.ts";

describe("a scratch folder", () => {
  let parent: string;
  useFolder((path) => {
    parent = path;
  });

  it("is a new one each time, and says whose it is", async () => {
    const [one, other] = [await scratchFolder("body", parent), await scratchFolder("zip", parent)];
    assert.match(basename(one), new RegExp(`^tidegate-body-${hostname()}-${process.pid}-\\w{6}$`));
    assert.deepEqual((await readdir(parent)).sort(), [basename(one), basename(other)].sort());
  });

  it("clears away what killed processes of this machine have left, and nothing else", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "close");
    const left = `tidegate-process-${hostname()}-${child.pid}-abc123`;
    const others = [
      `tidegate-process-elsewhere-${child.pid}-abc123`,
      `tidegate-process-${hostname()}-${process.ppid}-abc123`,
      `tidegate-${child.pid}`,
      "something",
    ];
    for (const name of [left, ...others]) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, "file"), "x");
    }
    const made = basename(await scratchFolder("process", parent));
    assert.deepEqual((await readdir(parent)).sort(), [made, ...others].sort());
  });

  it("cannot be made in a folder that is not there", async () => {
    await assert.rejects(scratchFolder("body", join(parent, "missing")), { code: "ENOENT" });
  });
});
