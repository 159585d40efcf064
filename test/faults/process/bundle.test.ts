import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { pullBundle } from "../../../runtime/publish/pull-bundle.ts";
import { writeJson } from "../../../runtime/store/documents.ts";
import { FolderStore } from "../../../runtime/store/folder.ts";
import { latestBundleKey } from "../../../runtime/store/layout.ts";
import { temporaryFolder } from "../../support/folder.ts";

describe("faults of the process: a bundle", () => {
  it("37) an archive that was uploaded before its pointer could be moved is not seen: clients keep the version before, whole", async () => {
    await using folder = await temporaryFolder();
    const store = new FolderStore(join(folder.path, "lake"));
    const upload = async (version: string) => {
      await writeFile(join(folder.path, "prices.txt"), version);
      const file = join(folder.path, `${version}.tar.gz`);
      await create({ gzip: true, cwd: folder.path, file }, ["prices.txt"]);
      const body = await readFile(file);
      const key = `zipline-data/prices-${version}.tar.gz`;
      await store.put(key, body);
      const sha256 = createHash("sha256").update(body).digest("hex");
      return { bundle: "prices", version, key, sha256, bytes: body.length };
    };
    const pulled = async (): Promise<string> => {
      const signal = new AbortController().signal;
      const { path } = await pullBundle({ store, bundle: "prices", folder: join(folder.path, "client"), signal });
      return readFile(join(path, "prices.txt"), "utf8");
    };

    await writeJson(store, latestBundleKey("prices"), await upload("20240101"));
    assert.equal(await pulled(), "20240101");
    const next = await upload("20240102");
    assert.equal(await pulled(), "20240101");
    await writeJson(store, latestBundleKey("prices"), next);
    assert.equal(await pulled(), "20240102");
    await store.put("zipline-data/prices-20240103.tar.gz", Buffer.from("half of an archive"));
    await writeJson(store, latestBundleKey("prices"), {
      ...next,
      version: "20240103",
      key: "zipline-data/prices-20240103.tar.gz",
      sha256: "0".repeat(64),
    });
    await assert.rejects(pulled(), /not unpacked/);
    assert.equal(await readFile(join(folder.path, "client", "prices", "prices.txt"), "utf8"), "20240102");
  });
});
