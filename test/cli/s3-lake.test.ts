import assert from "node:assert/strict";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { command, definitions, smallDataset } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { noS3, type S3Emulator, startS3 } from "../support/s3.ts";

const IEX_CHART = new URL("../../datasets/iex-chart.ts", import.meta.url).href;

describe("commands over a lake on S3", () => {
  let s3: S3Emulator;
  let folder: { path: string } & AsyncDisposable;

  before(async function () {
    const reason = noS3();
    if (reason) {
      process.stdout.write(`      skipped: ${reason}\n`);
      return this.skip();
    }
    this.timeout(60_000);
    s3 = await startS3();
    folder = await temporaryFolder();
    const asked = smallDataset("asked", "https://example.org")
      .replace('{ item: ["one", "two", "three"] }', "{ item: requested() }")
      .replace("text, token", "requested, text, token");
    await definitions(folder.path, { "asked.ts": asked, "iex.ts": `export { default } from "${IEX_CHART}";\n` });
  });
  after(async () => {
    await s3?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  const tidegate = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ReturnType<typeof command> =>
    command([...args, "--datasets", folder.path], { ...s3.environment, ...env });

  it("imports an IEX lake that the old environment names", async () => {
    const rows = [{ date: "2019-01-03", close: 142, volume: 1, change: 0, changePercent: 0, changeOverTime: 0 }];
    const client = s3.client();
    for (const [key, body] of [
      ["iex/definitions.json", [{ key: "AAPL", symbol: "AAPL", frequency: "daily" }]],
      ["iex/raw/chart/AAPL/20190104210000.json", rows],
      ["iex-foo/raw/chart/IBM/20190104210000.json", rows],
    ] as const)
      await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: JSON.stringify(body) }));
    const { code, stdout, stderr } = await tidegate(["import-iex", "--data", join(folder.path, "data"), "--json"], {
      IEX_S3_BUCKET: s3.bucket,
      IEX_S3_PREFIX: "iex/",
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).partitions, { AAPL: 1 });
  });

  it("queues a request in the cloud's lake, and asks it for its gaps", async () => {
    const lake = ["--lake", `s3://${s3.bucket}/lake`];
    const added = await tidegate(["request", "asked", "BRK/B", ...lake, "--json"]);
    assert.equal(added.code, 0, added.stderr);
    const object = await s3.read(`s3://${s3.bucket}/lake/requests/asked/BRK%2FB.json`);
    assert.equal(JSON.parse(new TextDecoder().decode(object)).partition, "BRK/B");
    const gaps = JSON.parse((await tidegate(["gaps", "asked", ...lake, "--json"])).stdout);
    assert.equal(gaps.datasets[0].partitions[0].partition, "BRK/B");
    assert.ok(gaps.datasets[0].gaps > 300);
  });
});
