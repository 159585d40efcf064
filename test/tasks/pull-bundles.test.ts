import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { c } from "tar";
import { UserError } from "../../runtime/dataset/index.ts";
import { readBundlesEnvironment } from "../../runtime/environment.ts";
import { FolderStore } from "../../runtime/store/folder.ts";

const PROGRAM = fileURLToPath(new URL("../../runtime/tasks/pull-bundles.ts", import.meta.url));

interface Ended {
  readonly code: number;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

const run = (env: Readonly<Record<string, string>>): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM], { env }, (_error, stdout) =>
      resolve({
        code: child.exitCode ?? -1,
        lines: stdout
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      }),
    );
  });

describe("the container that fetches bundles for another one", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pull-task-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function publish(bundle: string): Promise<void> {
    await mkdir(join(folder, "source"), { recursive: true });
    await writeFile(join(folder, "source/name.txt"), bundle);
    const file = join(folder, "archive.tar.gz");
    await c({ gzip: true, cwd: join(folder, "source"), file }, ["name.txt"]);
    const archive = await readFile(file);
    const store = new FolderStore(join(folder, "lake"));
    const key = `zipline-data/${bundle}-20260301.tar.gz`;
    const sha256 = createHash("sha256").update(archive).digest("hex");
    await store.put(key, archive);
    const latest = { bundle, version: "20260301", key, sha256, bytes: archive.byteLength };
    await store.put(`zipline-data/${bundle}/latest.json`, Buffer.from(JSON.stringify(latest)));
  }

  const environment = (bundles: string) => ({
    TIDEGATE_LAKE: join(folder, "lake"),
    TIDEGATE_BUNDLES: bundles,
    TIDEGATE_BUNDLES_FOLDER: join(folder, "volume"),
  });

  it("fills the volume with each of them and says what they are", async () => {
    for (const bundle of ["sharadar", "funds"]) await publish(bundle);
    const { code, lines } = await run(environment("sharadar,funds"));
    assert.equal(code, 0);
    assert.deepEqual(
      lines.map(({ level, message, bundle, version }) => [level, message, bundle, version]),
      [
        ["info", "pulled", "sharadar", "20260301"],
        ["info", "pulled", "funds", "20260301"],
      ],
    );
    for (const bundle of ["sharadar", "funds"])
      assert.equal(await readFile(join(folder, "volume", bundle, "name.txt"), "utf8"), bundle);
  });

  it("ends with 1 when one of them cannot be had, so that the other container never starts", async () => {
    await publish("sharadar");
    const { code, lines } = await run(environment("sharadar,funds"));
    assert.equal(code, 1);
    assert.equal(lines.at(-1)?.level, "error");
    assert.match(String(lines.at(-1)?.message), /there is no bundle funds/);
  });

  it("names everything that its environment lacks, at once", () => {
    assert.throws(
      () => readBundlesEnvironment({ TIDEGATE_BUNDLES: "sharadar,../etc" }),
      new UserError("the container's environment is not complete:", [
        { path: "TIDEGATE_LAKE", problem: "is not set", allowed: "s3://bucket/prefix" },
        { path: "TIDEGATE_BUNDLES_FOLDER", problem: "is not set", allowed: "a folder" },
        { path: "TIDEGATE_BUNDLES", problem: "is no bundle", value: "../etc" },
      ]),
    );
  });
});
