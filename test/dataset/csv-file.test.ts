import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { csvColumn } from "../../runtime/dataset/index.ts";
import { temporaryFolder } from "../support/folder.ts";

const TICKERS = '\uFEFFticker,name\nAAPL,"Apple, Inc."\n\nMSFT,Microsoft\n,nobody\nAAPL,again\n';

describe("a column of a CSV file", () => {
  it("is read once for each value, whatever stands around it", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "tickers.csv");
    await writeFile(file, TICKERS);
    assert.deepEqual(csvColumn(pathToFileURL(file), "ticker"), ["AAPL", "MSFT"]);
    assert.deepEqual(csvColumn(pathToFileURL(file), "name"), ["Apple, Inc.", "Microsoft", "nobody", "again"]);
  });

  it("is read from a data: URL, as which it goes into a task", () => {
    const url = new URL(`data:text/csv;base64,${Buffer.from(TICKERS).toString("base64")}`);
    assert.deepEqual(csvColumn(url, "ticker"), ["AAPL", "MSFT"]);
  });

  it("must be there, with a name near it when it is misspelt", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "tickers.csv");
    await writeFile(file, TICKERS);
    assert.throws(
      () => csvColumn(pathToFileURL(file), "tickr"),
      /tickers\.csv cannot be read:.*\n.*did you mean "ticker"/,
    );
    assert.throws(() => csvColumn(pathToFileURL(`${file}x`), "ticker"), /cannot be read:\n.*ENOENT/);
  });
});
