import assert from "node:assert/strict";
import { putOnce, readJson, updateJson, writeJson } from "../../runtime/store/documents.ts";
import { MemoryStore } from "../support/memory-store.ts";

describe("documents", () => {
  it("that are damaged name themselves", async () => {
    const store = new MemoryStore();
    await store.put("state/d/A.json", new TextEncoder().encode('{"version":'));
    await assert.rejects(
      readJson(store, "state/d/A.json"),
      /^Error: memory\/state\/d\/A\.json is damaged: it is no JSON \(/,
    );
  });

  it("count every one of those who change them at once", async () => {
    const store = new MemoryStore();
    const add = () => updateJson<{ count: number }>(store, "n.json", (now) => ({ count: (now?.count ?? 0) + 1 }));
    await Promise.all(Array.from({ length: 20 }, add));
    assert.deepEqual((await readJson(store, "n.json"))?.value, { count: 20 });
  });

  it("that never change stay as they were first", async () => {
    const store = new MemoryStore();
    await writeJson(store, "a.json", 1);
    await putOnce(store, "a.json", new TextEncoder().encode("2"));
    assert.equal((await readJson(store, "a.json"))?.value, 1);
  });
});
