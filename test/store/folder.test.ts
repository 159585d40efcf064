import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../../runtime/dataset/errors.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { clearLeftovers, FolderStore } from "../../runtime/store/folder.ts";
import { temporaryFolder } from "../support/folder.ts";
import { keepsItsPromises } from "./conformance.ts";

const worker = fileURLToPath(new URL("../support/store-worker.ts", import.meta.url));

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [worker, ...args], { stdio: ["ignore", "pipe", "inherit"] });

const filesOf = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe("a folder as a store", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder[Symbol.asyncDispose]());

  keepsItsPromises(() => new FolderStore(folder.path));

  it("leaves neither temporary files nor locks behind", async () => {
    assert.deepEqual(await readdir(join(folder.path, ".work")), []);
  });

  it("keeps its own folder for itself, and out of the listing", async () => {
    const store = new FolderStore(folder.path);
    await assert.rejects(store.put(".work/x", new Uint8Array(1)), /the store's own/);
    await writeFile(join(folder.path, ".work", "left"), "x");
    for await (const { key } of store.list("")) assert(!key.startsWith(".work"), key);
    await clearLeftovers(folder.path);
    await assert.rejects(readFile(join(folder.path, ".work", "left")), { code: "ENOENT" });
    assert.equal((await store.get("part-1/a/b.bin"))?.body.length, 70_000);
  });

  it("loses no change when two processes change one document", async () => {
    await using place = await temporaryFolder();
    const workers = [start("count", place.path, "20"), start("count", place.path, "20")];
    for (const [code] of await Promise.all(workers.map((child) => once(child, "exit")))) assert.equal(code, 0);
    assert.deepEqual((await readJson(new FolderStore(place.path), "count.json"))?.value, { count: 40 });
  });

  it("has whole objects only when a process that writes is killed", async () => {
    await using place = await temporaryFolder();
    for (let round = 0; round < 3; round += 1) {
      const child = start("overwrite", place.path);
      assert(child.stdout);
      await once(child.stdout, "data");
      await wait(round * 15);
      child.kill("SIGKILL");
      await once(child, "exit");
      const body = (await new FolderStore(place.path).get("big"))?.body;
      assert(body?.length === 8_000_000 && body.every((byte) => byte === body[0]));
      await clearLeftovers(place.path);
      assert.deepEqual(await filesOf(place.path), ["big"]);
    }
  });

  it("has no right to write: says so, and what to do", async function () {
    if (process.getuid?.() === 0 || process.platform === "win32") {
      process.stderr.write("      skipped: root may write everywhere\n");
      return this.skip();
    }
    await using place = await temporaryFolder();
    await mkdir(join(place.path, "lake"), { mode: 0o500 });
    await assert.rejects(new FolderStore(join(place.path, "lake")).put("k", new Uint8Array(1)), {
      name: "UserError",
      message: /no right to write .*choose another one with --data/s,
    });
  });

  describe("on a disk that is full", () => {
    let disk: Awaited<ReturnType<typeof temporaryFolder>>;
    let mounted = false;
    before(async function () {
      disk = await temporaryFolder();
      try {
        if (process.platform !== "linux" || process.getuid?.() !== 0)
          throw new Error("only root on Linux can mount one");
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.path], { stdio: "pipe" });
        mounted = true;
      } catch (error) {
        process.stderr.write(`      skipped: ${(error as Error).message.trim()}\n`);
        this.skip();
      }
    });
    after(async () => {
      if (mounted) execFileSync("umount", [disk.path]);
      await disk[Symbol.asyncDispose]();
    });

    it("says so, keeps what there was and leaves nothing half-written", async () => {
      const store = new FolderStore(disk.path);
      await store.put("kept", new Uint8Array(400_000).fill(1));
      for (const condition of [undefined, { absent: true as const }])
        await assert.rejects(
          store.put("raw/big", new Uint8Array(800_000), condition ? { condition } : {}),
          (error) =>
            error instanceof UserError &&
            /the disk is full.*run again/s.test(error.message) &&
            error.faults.length === 1,
        );
      await assert.rejects(store.put("kept", new Uint8Array(800_000)), UserError);
      assert.deepEqual(await filesOf(disk.path), ["kept"]);
      assert.equal((await store.get("kept"))?.body.length, 400_000);
      await store.put("raw/small", new Uint8Array(100_000));
      assert.equal((await store.get("raw/small"))?.body.length, 100_000);
    });
  });
});
