import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { NODE_IMAGE } from "../../components/image.ts";
import { readSettings, settingsSchema } from "../../components/settings.ts";
import { readStackConfig } from "../../offline/stack-config.ts";
import { UserError } from "../../runtime/dataset/errors.ts";

const DATASETS = ["daily_prices", "coinbase_candles"];

const read = (config: Record<string, string>) =>
  readSettings(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`tidegate:${key}`, value])),
    "tidegate",
    DATASETS,
  );

const refusal = (config: Record<string, string>): string[] => {
  try {
    read(config);
  } catch (error) {
    assert(error instanceof UserError);
    return error.message.split("\n");
  }
  throw new Error("the settings were not refused");
};

describe("settings", () => {
  it("are complete without any configuration", () => {
    assert.deepEqual(read({}), {
      lakePrefix: "lake",
      networkCidr: "10.40.0.0/16",
      networkZones: 2,
      networkNat: "single",
      logRetentionDays: 90,
      alertEmail: "",
      image: NODE_IMAGE,
      architecture: "arm64",
      schedulesEnabled: true,
      disposable: false,
      owner: "data-platform",
      costCenter: "market-data",
      dataClass: "internal",
      sourceUrls: {},
    });
  });

  it("are read from the text that Pulumi gives", () => {
    const settings = read({
      lakePrefix: "2026",
      networkZones: "3",
      networkNat: "perZone",
      disposable: "true",
      owner: "42",
      alertEmail: "data@example.com",
      sourceUrls: '["daily_prices=http://127.0.0.1:18080","coinbase_candles=https://mirror.example.com/a=b"]',
    });
    assert.equal(settings.lakePrefix, "2026");
    assert.equal(settings.networkZones, 3);
    assert.equal(settings.networkNat, "perZone");
    assert.equal(settings.disposable, true);
    assert.equal(settings.owner, "42");
    assert.equal(settings.alertEmail, "data@example.com");
    assert.deepEqual(settings.sourceUrls, {
      daily_prices: "http://127.0.0.1:18080",
      coinbase_candles: "https://mirror.example.com/a=b",
    });
  });

  it("leave the configuration of others alone", () => {
    const config = { "aws:region": "eu-west-1", "tidegate-extra:lakePrefix": "no" };
    assert.equal(readSettings(config, "tidegate", DATASETS).lakePrefix, "lake");
  });

  it("name every fault at once, with the value, what is allowed and the nearest name", () => {
    assert.deepEqual(
      refusal({
        lakePrefx: "lake",
        lakePrefix: "/lake/",
        networkCidr: "10.40.0.1/16",
        networkZones: "4",
        networkNat: "one",
        logRetentionDays: "8",
        alertEmail: "nobody",
        image: "node:24",
        architecture: "arm",
        schedulesEnabled: "yes",
        sourceUrls: '["coinbase_candle=https://mirror.example.com","daily_prices"]',
      }),
      [
        "the configuration of this stack is wrong:",
        '  - lakePrefix: is no prefix: lower case letters, digits, - and _, parts joined by / (got "/lake/")',
        '  - networkCidr: is no private range of /16 to /24, such as 10.40.0.0/16 (got "10.40.0.1/16")',
        "  - networkZones: is not valid (got 4); allowed: at most 3",
        '  - networkNat: is not valid (got "one"); allowed: "none", "single", "perZone"; did you mean "none"?',
        "  - logRetentionDays: is not one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 (got 8)",
        '  - alertEmail: is no mail address (got "nobody")',
        '  - image: is no image with a digest: name:tag@sha256:… (got "node:24")',
        '  - architecture: is not valid (got "arm"); allowed: "arm64", "x86_64"; did you mean "arm64"?',
        '  - schedulesEnabled: is not valid (got "yes"); allowed: boolean',
        '  - sourceUrls[1]: is not dataset=URL (got "daily_prices")',
        `  - unknown key (got "lakePrefx"); allowed: ${Object.keys(settingsSchema.shape).join(", ")}; did you mean "lakePrefix"?`,
        '  - sourceUrls: names no dataset (got "coinbase_candle"); allowed: daily_prices, coinbase_candles; did you mean "coinbase_candles"?',
      ],
    );
  });

  for (const range of ["10.40.0.0", "10.40.0.0/15", "10.40.0.0/25", "11.0.0.0/16", "10.300.0.0/16", "172.32.0.0/16"])
    it(`refuse the address range ${range}`, () => {
      assert.equal(refusal({ networkCidr: range }).length, 2);
    });

  for (const range of ["10.0.0.0/16", "172.31.0.0/16", "192.168.4.0/24"])
    it(`take the address range ${range}`, () => {
      assert.equal(read({ networkCidr: range }).networkCidr, range);
    });

  it("are declared in Pulumi.yaml, with the same defaults", async () => {
    const { config } = parse(await readFile(join(PROJECT_FOLDER, "Pulumi.yaml"), "utf8"));
    const declared = Object.entries(config).map(([key, value]) => [key, (value as { default: unknown }).default]);
    assert.deepEqual(Object.fromEntries(declared), settingsSchema.parse({}));
    for (const [key, { description }] of Object.entries<{ description?: string }>(config))
      assert(description, `${key} has no description`);
  });

  it("of stack dev are valid", async () => {
    const { config } = await readStackConfig(PROJECT_FOLDER, "dev");
    assert.equal(readSettings(config, "tidegate", DATASETS).networkNat, "none");
  });
});
