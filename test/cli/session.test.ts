import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { LocalPlatform } from "../../runtime/cli/local.ts";
import { runLocally } from "../../runtime/cli/session.ts";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import { rowsOf } from "../../runtime/dataset/index.ts";
import { never } from "../support/extraction.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startTiny, tiny } from "../support/tiny.ts";

describe("a session on a laptop", () => {
  it("brings in a dataset after those that it follows, and takes its partitions from their records", async () => {
    await using folder = await temporaryFolder();
    await using server = await startTiny();
    const platform = await LocalPlatform.open(folder.path);
    try {
      const first = tiny(server.url, { definition: { name: "first", load: {} } });
      const second = tiny(server.url, {
        definition: { name: "second", after: ["first"], partitions: { ticker: rowsOf("first", "ticker") }, load: {} },
      });
      const until = Date.parse("2024-01-05");
      const summaries = await runLocally({
        datasets: [second, first],
        platform,
        signal: never,
        secret: () => undefined,
        until: () => until,
        input: ({ name }: Dataset) => (name === "first" ? { partitions: ["B"] } : {}),
        stream: new PassThrough() as unknown as NodeJS.WriteStream,
      });
      assert.deepEqual(
        summaries.map(({ dataset, partitions, rows, outcome }) => [dataset, partitions, rows, outcome]),
        [
          ["second", 1, 4, "done"],
          ["first", 2, 4, "done"],
        ],
      );
    } finally {
      await platform.close();
    }
  });
});
