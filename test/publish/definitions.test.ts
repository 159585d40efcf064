import assert from "node:assert/strict";
import { requested, rowsOf } from "../../runtime/dataset/index.ts";
import { describe as described, publishDefinitions } from "../../runtime/publish/definitions.ts";
import { readJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { temporaryFolder } from "../support/folder.ts";
import { tiny } from "../support/tiny.ts";

const URL = "https://example.org";

describe("definitions.json", () => {
  it("tells people and other tools what there is, sorted by name", async () => {
    await using folder = await temporaryFolder();
    const store = new FolderStore(folder.path);
    const other = tiny(URL, { definition: { name: "another", retired: "closed in 2024" } });
    await publishDefinitions([tiny(URL), other], store);
    const file = (await readJson<{ version: number; datasets: Record<string, unknown>[] }>(store, "definitions.json"))
      ?.value;
    assert.equal(file?.version, 1);
    assert.deepEqual(
      file?.datasets.map(({ name, retired, partitions, frequency, tables }) => [
        name,
        retired,
        partitions,
        frequency,
        tables,
      ]),
      ["another", "tiny"].map((name) => [
        name,
        name === "another" ? "closed in 2024" : undefined,
        { ticker: ["A", "B"] },
        "1 day",
        { warehouse: name, database: name },
      ]),
    );
  });

  it("says where partitions come from that a definition does not list", () => {
    const partitions = (origin: ReturnType<typeof rowsOf>) =>
      (
        described(tiny(URL, { definition: { partitions: { ticker: origin }, after: ["names"] } })) as {
          partitions: unknown;
        }
      ).partitions;
    assert.deepEqual(partitions(rowsOf("names", "id")), { ticker: { dataset: "names", column: "id" } });
    assert.deepEqual(partitions(requested()), { ticker: "on demand" });
  });
});
