import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readIexEnvironment } from "../../runtime/iex-environment.ts";
import { startReplay } from "../../runtime/replay/server.ts";
import { command, definitions } from "../support/command.ts";
import { temporaryFolder, useFolder } from "../support/folder.ts";

const IEX_CHART = new URL("../../datasets/iex-chart.ts", import.meta.url).href;
const GOOGLE = new URL("../../datasets/google-intraday.ts", import.meta.url).href;

const row = (date: string, close: number) => ({
  date,
  close,
  volume: 100,
  change: 0.5,
  changePercent: 0.01,
  changeOverTime: 0,
});

const GETPRICES = [
  ...["EXCHANGE%3DLON", "MARKET_OPEN_MINUTE=480", "MARKET_CLOSE_MINUTE=990", "INTERVAL=60"],
  ...["COLUMNS=DATE,CLOSE,HIGH,LOW,OPEN,VOLUME", "DATA=", "TIMEZONE_OFFSET=60"],
  ...["a1433923200,10.5,11,10,10.25,500", "1,10.75,11,10,10.5,600", ""],
].join("\n");

describe("importing an old lake", () => {
  const folder = useFolder();
  let old: string;
  let data: string;

  beforeEach(async () => {
    old = join(folder.path, "old");
    data = join(folder.path, "data");
    await definitions(folder.path, {
      "index.ts": `import iex from "${IEX_CHART}";\nimport google from "${GOOGLE}";\nexport const datasets = [iex, google];\n`,
    });
  });

  async function keep(files: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [key, content] of Object.entries(files)) {
      await mkdir(dirname(join(old, key)), { recursive: true });
      await writeFile(join(old, key), typeof content === "string" ? content : JSON.stringify(content));
    }
  }

  const tidegate = (args: readonly string[], env?: Record<string, string>): ReturnType<typeof command> =>
    command([...args, "--data", data, ...(args[0] === "export-intraday" ? [] : ["--datasets", folder.path])], env);
  const rows = async (query: string): Promise<unknown> => {
    const { stdout, stderr, code } = await command(["sql", query, "--data", data, "--json"]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };

  it("takes over the bodies of IEX, whatever they are named, and refuses what the old code stored of errors", async () => {
    await keep({
      "definitions.json": [
        { key: "AAPL", symbol: "AAPL", frequency: "daily" },
        { key: "TSLA", symbol: "TSLA", frequency: "daily" },
      ],
      "raw/chart/AAPL/20190104210000.json": [row("2019-01-03", 142), row("2019-01-04", 148)],
      "raw/chart/AAPL/20190107210000.json": [row("2019-01-04", 148.25), row("2019-01-07", 147)],
      "raw/chart/IBM/20190104210000.csv":
        "date,close,volume,change,changePercent,changeOverTime\n2019-01-03,112.5,7,,0.01,0\n",
      "raw/chart/MSFT/20190104210000.csv": [row("2019-01-03", 97)],
      "raw/chart/FB/20190104210000.json": "Unknown symbol",
      "raw/chart/FB/20190105210000.json": { error: "over quota" },
      "raw/chart/GOOG/20190104210000.json": [],
      "raw/chart/AAPL/notes.txt": "not raw",
      "processed/AAPL/20190104210000.parquet": "PAR1",
    });
    const { code, stdout, stderr } = await tidegate(["import-iex", old, "--json"]);
    assert.equal(code, 0, stderr);
    const imported = JSON.parse(stdout);
    assert.deepEqual(imported.partitions, { AAPL: 2, IBM: 1, MSFT: 1 });
    assert.equal(imported.others, 1);
    assert.deepEqual(imported.unlisted, ["TSLA"]);
    const reasons = Object.fromEntries(
      imported.refused.map(({ key, reason }: { key: string; reason: string }) => [key, reason]),
    );
    assert.match(reasons["raw/chart/FB/20190104210000.json"], /Unknown symbol/);
    assert.match(reasons["raw/chart/FB/20190105210000.json"], /over quota/);
    assert.match(reasons["raw/chart/GOOG/20190104210000.json"], /has no rows/);
    assert.equal(imported.refused.length, 3);

    const processed = await tidegate(["process", "iex_chart"]);
    assert.equal(processed.code, 0, processed.stderr + processed.stdout);
    assert.deepEqual(await rows("select key, date::text as date, close::text as close from iex_chart order by 1, 2"), [
      { key: "AAPL", date: "2019-01-03", close: "142.000000000000000000" },
      { key: "AAPL", date: "2019-01-04", close: "148.250000000000000000" },
      { key: "AAPL", date: "2019-01-07", close: "147.000000000000000000" },
      { key: "IBM", date: "2019-01-03", close: "112.500000000000000000" },
      { key: "MSFT", date: "2019-01-03", close: "97.000000000000000000" },
    ]);
    const gaps = JSON.parse((await tidegate(["gaps", "iex_chart", "--json"])).stdout).datasets[0].partitions;
    const covered = (key: string) => gaps.find(({ partition }: { partition: string }) => partition === key).covered;
    assert.deepEqual(covered("AAPL"), [["2019-01-03T00:00:00Z", "2019-01-08T00:00:00Z"]]);
    assert.deepEqual(covered("FB"), []);

    const again = await tidegate(["import-iex", old]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /add to the partitions of iex_chart: "TSLA"\n {2}tidegate process iex_chart/);
    assert.match((await tidegate(["process", "iex_chart"])).stdout, /nothing asked/);
  });

  it("adds nothing to what was taken over when bodies lay beside their records", async () => {
    await keep({ "raw/chart/AAPL/20190104210000.json": [row("2019-01-04", 148.25)] });
    assert.equal((await tidegate(["import-iex", old])).code, 0);
    const raw = join(data, "lake/raw/iex_chart/AAPL");
    const [packed = ""] = await readdir(raw);
    const name = packed.replace(/\..*$/, "");
    const [line = "", body = ""] = (await readFile(join(raw, packed), "utf8")).split("\n");
    const record = JSON.parse(line);
    record.body.key = `raw/iex_chart/AAPL/${name}.json`;
    await writeFile(join(raw, `${name}.json`), body);
    await writeFile(join(raw, `${name}.exchange.json`), JSON.stringify(record));
    await rm(join(raw, packed));
    assert.equal((await tidegate(["import-iex", old])).code, 0);
    assert.deepEqual((await readdir(raw)).sort(), [`${name}.exchange.json`, `${name}.json`]);
  });

  it("takes over intraday files by date, and gives them back", async () => {
    await keep({ "raw/20150610/VOD.txt": GETPRICES, "raw/2015-06-11/BARC.txt": "<html>sorry</html>" });
    const { code, stdout, stderr } = await tidegate(["import-intraday", old, "--json"]);
    assert.equal(code, 0, stderr);
    const { partitions, refused } = JSON.parse(stdout);
    assert.deepEqual(partitions, { VOD: 1 });
    assert.deepEqual(
      refused.map(({ key }: { key: string }) => key),
      ["raw/2015-06-11/BARC.txt"],
    );
    const back = join(folder.path, "back");
    const exported = await tidegate(["export-intraday", back, "--json"]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.deepEqual(JSON.parse(exported.stdout).keys, ["raw/2015-06-10/VOD.txt"]);
    assert.equal(await readFile(join(back, "raw/2015-06-10/VOD.txt"), "utf8"), GETPRICES);
  });

  it("says where it looked when there is nothing", async () => {
    const nowhere = await tidegate(["import-iex", join(folder.path, "none")]);
    assert.equal(nowhere.code, 1);
    assert.match(
      nowhere.stderr,
      /there is nothing to import:\n.*has no raw\/chart\/<key>\/<YYYYMMDDhhmmss>\.json or \.csv; name the folder above raw\//,
    );
    const unsaid = await tidegate(["import-iex"]);
    assert.equal(unsaid.code, 2);
    assert.match(unsaid.stderr, /place: is missing; name a folder or s3:\/\/bucket\/prefix, or set IEX_S3_BUCKET/);
    const wrong = await tidegate(["import-iex"], { IEX_S3_BUCKET: "No_Bucket", IEX_S3_PREFIX: "/iex" });
    assert.match(wrong.stderr, /IEX_S3_BUCKET: is no name of a bucket \(got "No_Bucket"\)/);
    assert.match(wrong.stderr, /IEX_S3_PREFIX: is no prefix \(got "\/iex"\)/);
  });
});

describe("the environment of the IEX service", () => {
  it("leads iex_chart to its endpoint, with its token", async () => {
    await using server = await startReplay(() => ({ status: 200, body: JSON.stringify([row("2024-01-04", 1)]) }));
    await using folder = await temporaryFolder();
    await definitions(folder.path, { "index.ts": `export { default } from "${IEX_CHART}";\n` });
    const args = ["check", "iex_chart", "--partition", "AAPL", "--datasets", folder.path, "--json"];
    const { code, stdout, stderr } = await command(args, { IEX_ENDPOINT: `${server.url}/v1`, IEX_TOKEN: "pk_secret" });
    assert.equal(code, 0, stderr);
    assert.match(server.requests[0]?.path ?? "", /^\/v1\/stock\/AAPL\/chart\//);
    assert.equal(server.requests[0]?.query.get("token"), "pk_secret");
    assert.ok(!stdout.includes("pk_secret"));
  });

  it("names the lake and the endpoint", () => {
    const environment = {
      IEX_S3_BUCKET: "old-bucket",
      IEX_S3_PREFIX: "iex/live/",
      IEX_ENDPOINT: "https://cloud.iexapis.com/stable",
      IEX_TOKEN: "pk_1",
    };
    assert.deepEqual(readIexEnvironment(environment), {
      lake: "s3://old-bucket/iex/live",
      endpoint: "https://cloud.iexapis.com/stable",
    });
    assert.deepEqual(readIexEnvironment({ IEX_S3_BUCKET: "old-bucket" }), {
      lake: "s3://old-bucket",
      endpoint: undefined,
    });
    assert.deepEqual(readIexEnvironment({}), { lake: undefined, endpoint: undefined });
  });

  it("is refused with everything that is wrong, and never shows the token", () => {
    const environment = { IEX_S3_PREFIX: "iex", IEX_ENDPOINT: "http://example.org?token=x", IEX_TOKEN: "two words" };
    assert.throws(
      () => readIexEnvironment(environment),
      (error: Error) => {
        assert.match(error.message, /IEX_S3_PREFIX: is no prefix \(got "iex"\)/);
        assert.match(error.message, /IEX_S3_PREFIX: is set without IEX_S3_BUCKET/);
        assert.match(error.message, /IEX_ENDPOINT: is no base URL/);
        assert.match(error.message, /IEX_TOKEN: is empty or has spaces in it/);
        assert.doesNotMatch(error.message, /two words/);
        return true;
      },
    );
  });
});
