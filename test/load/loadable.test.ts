import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findLoadable } from "../../runtime/load/loadable.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { recordsKey } from "../../runtime/store/layout.ts";
import { temporaryFolder } from "../support/folder.ts";
import { writeRecords } from "../support/records.ts";
import { tiny } from "../support/tiny.ts";

describe("what there is to load", () => {
  const dataset = tiny("https://example.org");
  const fileOf = (price: bigint, rows = 1): Uint8Array =>
    writeRecords(
      dataset.schema,
      Array.from({ length: rows }, (_, i) => ({ values: ["A", i, price], raw: "r", fetchedAt: 0 })),
      { version: 1, definition: "", exchanges: [], rows, quarantined: 0 },
    );
  const described = (partition: string, file: Uint8Array, rows: number) => ({
    ...{ partition, rows, bytes: file.byteLength },
    digest: createHash("sha256").update(file).digest("hex"),
  });

  /** Remembers which files were read. */
  class Watched extends FolderStore {
    readonly files: string[] = [];
    override get(key: string): ReturnType<FolderStore["get"]> {
      this.files.push(key);
      return super.get(key);
    }
  }

  it("is what processing said, without reading a file", async () => {
    await using folder = await temporaryFolder();
    const store = new Watched(folder.path);
    const said = [described("A", fileOf(1n), 1), described("B", fileOf(2n), 1)];
    for (const [partition, price] of [["A", 1n] as const, ["B", 2n] as const])
      await store.put(recordsKey("tiny", partition), fileOf(price));
    assert.deepEqual(await findLoadable(dataset, said, store), said);
    assert.deepEqual(store.files, []);
  });

  it("is read from the files that processing said nothing of, or that were written since", async () => {
    await using folder = await temporaryFolder();
    const store = new Watched(folder.path);
    const now = fileOf(1n, 500);
    await store.put(recordsKey("tiny", "A"), now);
    await store.put(recordsKey("tiny", "B"), fileOf(2n));
    const found = await findLoadable(dataset, [described("A", fileOf(1n), 1)], store);
    assert.deepEqual(found, [described("A", now, 500), described("B", fileOf(2n), 1)]);
    assert.deepEqual(
      store.files,
      ["A", "B"].map((name) => recordsKey("tiny", name)),
    );
  });

  it("leaves out partitions without a file, and files of partitions that are no more", async () => {
    await using folder = await temporaryFolder();
    const store = new Watched(folder.path);
    await store.put(recordsKey("tiny", "GONE"), fileOf(1n));
    await store.put(recordsKey("tiny_other", "A"), fileOf(1n));
    assert.deepEqual(await findLoadable(dataset, [described("B", fileOf(1n), 1)], store), []);
  });
});
