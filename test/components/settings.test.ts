import assert from "node:assert/strict";
import { Region } from "@pulumi/aws";
import { PROJECT_FOLDER } from "../../components/bundle.ts";
import { NODE_IMAGE } from "../../components/image.ts";
import { settingsSchema } from "../../components/settings/schema.ts";
import { readSettings } from "../../components/settings.ts";
import { datasets as all } from "../../datasets/index.ts";
import { recordStack } from "../../offline/program.ts";
import { recordProgram } from "../../offline/record.ts";
import { readStackConfig } from "../../offline/stack-config.ts";
import { type Dataset, defineDataset, rowsOf, secretsOf, UserError } from "../../runtime/dataset/index.ts";
import { TWO_DATASETS as datasets, PRICES } from "../support/datasets.ts";
import { STACKS } from "../support/stacks.ts";
import { twoProviders } from "../support/two-providers.ts";

const read = (config: Record<string, string>, given: readonly Dataset[] = datasets, aws: Record<string, string> = {}) =>
  readSettings(
    { ...aws, ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`tidegate:${key}`, value])) },
    "tidegate",
    given,
  );

/** The faults of settings that skip loads, so that only what is asked about is wrong. */
const refusal = (
  config: Record<string, string>,
  given: readonly Dataset[] = datasets,
  aws: Record<string, string> = {},
): string[] => {
  try {
    read({ loadMissing: "skip", ...config }, given, aws);
  } catch (error) {
    assert(error instanceof UserError);
    const [head, ...faults] = error.message.split("\n");
    assert.equal(head, "the configuration of this stack is wrong:");
    return faults.map((fault) => fault.replace(/^ {2}- /, ""));
  }
  return [];
};

describe("settings", () => {
  it("are complete without any configuration", () => {
    assert.deepEqual(read({}, []), {
      disposable: false,
      owner: "data-platform",
      costCenter: "market-data",
      dataClass: "internal",
      lakePrefix: "lake",
      accessLogs: true,
      lakeKeepVersionsDays: 30,
      lakeLockMode: "none",
      lakeLockDays: 30,
      lakeReplicaRegion: "",
      networkCidr: "10.40.0.0/16",
      networkAvoid: [],
      networkZones: 2,
      networkNat: "single",
      networkTasksIn: "auto",
      networkInterfaceEndpoints: "auto",
      networkFlowLogs: "all",
      computeKind: "fargate-spot",
      computeInstanceTypes: [],
      computeMaxInstances: 4,
      architecture: "arm64",
      image: NODE_IMAGE,
      imageFolder: "",
      schedulesEnabled: true,
      pipelineLogLevel: "ERROR",
      logRetentionDays: 90,
      datasets: [],
      sourceUrls: {},
      warehouse: "none",
      warehouseBaseCapacity: 8,
      warehouseRpuHours: 60,
      warehouseNodeType: "ra3.large",
      warehouseNodes: 1,
      warehouseMultiZone: false,
      database: "none",
      databaseClass: "db.t4g.micro",
      databaseStorage: 20,
      databaseMaxStorage: 100,
      databaseMultiZone: false,
      databaseProxy: false,
      databaseBackupDays: 7,
      loadMissing: "refuse",
      alertEmails: [],
      budgetUsd: 0,
      dashboard: true,
      readers: [],
    });
  });

  it("are read from the text that Pulumi gives", () => {
    const settings = read({
      loadMissing: "skip",
      lakePrefix: "2026",
      networkZones: "3",
      disposable: "true",
      owner: "42",
      budgetUsd: "12.5",
      alertEmails: '["data@example.com"]',
      sourceUrls: '["daily_prices=http://127.0.0.1:18080","coinbase_candles=https://mirror.example.com/a=b"]',
      readers: '[{"name":"research","principals":["210987654321"],"datasets":"all"}]',
    });
    assert.deepEqual([settings.lakePrefix, settings.networkZones, settings.disposable], ["2026", 3, true]);
    assert.deepEqual([settings.owner, settings.budgetUsd, settings.alertEmails], ["42", 12.5, ["data@example.com"]]);
    assert.deepEqual(settings.sourceUrls, {
      daily_prices: "http://127.0.0.1:18080",
      coinbase_candles: "https://mirror.example.com/a=b",
    });
    assert.deepEqual(settings.readers, [
      { name: "research", principals: ["210987654321"], datasets: "all", bundles: [], mfa: false },
    ]);
  });

  it("choose the datasets of a stack, and the source that each asks", () => {
    const prices = defineDataset(twoProviders);
    const given = [...datasets, prices];
    const chosen = (config: Record<string, string>) =>
      read({ loadMissing: "skip", ...config }, given).datasets.map(({ name, sourceName }) => `${name} ${sourceName}`);
    assert.deepEqual(chosen({}), ["daily_prices default", "coinbase_candles default", "two_providers default"]);
    assert.deepEqual(chosen({ datasets: "all", sources: '{"two_providers":"other"}' }), [
      "daily_prices default",
      "coinbase_candles default",
      "two_providers other",
    ]);
    const named = { datasets: '["two_providers","daily_prices"]', sources: '{"two_providers":"default"}' };
    assert.deepEqual(chosen(named), ["daily_prices default", "two_providers default"]);
    const { datasets: other } = read({ loadMissing: "skip", sources: '{"two_providers":"other"}' }, [prices]);
    assert.deepEqual(other.flatMap(secretsOf), ["OTHER_KEY"]);
  });

  it("refuse choices that mean nothing, and datasets without those that they come after", () => {
    const prices = defineDataset(twoProviders);
    const returns = defineDataset({ ...twoProviders, name: "returns", after: ["two_providers"] });
    const given = [PRICES, prices, returns];
    assert.deepEqual(refusal({ datasets: '["daily_price","return"]', sources: '{"two_provider":"x"}' }, given), [
      'datasets[0]: names no dataset (got "daily_price"); allowed: daily_prices, two_providers, returns; did you mean "daily_prices"?',
      'datasets[1]: names no dataset (got "return"); allowed: daily_prices, two_providers, returns; did you mean "returns"?',
      'sources.two_provider: names no dataset of this stack (got "two_provider")',
    ]);
    assert.deepEqual(refusal({ datasets: '["daily_prices","returns"]', sources: '{"returns":"othr"}' }, given), [
      "datasets: has returns without two_providers, which it comes after; add two_providers, or leave returns out",
      'sources.returns: is no source of returns (got "othr"); allowed: default, other; did you mean "other"?',
    ]);
    for (const [value, problem] of [
      ["[]", /^datasets: /],
      ["daily_prices", /^datasets: /],
      ['{"daily_prices":true}', /^datasets: /],
    ] as const) {
      const [fault, ...more] = refusal({ datasets: value }, given);
      assert.match(fault ?? "", problem);
      assert.deepEqual(more, []);
    }
    assert.deepEqual(
      refusal({ loadMissing: "refuse", datasets: '["daily_prices"]' }, [{ ...PRICES, load: {} }, prices]),
      [],
    );
  });

  it("refuse partitions from a column that the other dataset does not have", () => {
    const { ticker: _, ...partitions } = twoProviders.partitions;
    const rows = defineDataset({
      ...twoProviders,
      name: "rows",
      partitions: { ...partitions, ticker: rowsOf("two_providers", "tickr") },
      after: ["two_providers"],
    });
    assert.deepEqual(refusal({}, [defineDataset(twoProviders), rows]), [
      'datasets.rows.partitions.ticker: names no column of two_providers (got "tickr"); allowed: ticker, date, price; did you mean "ticker"?',
    ]);
  });

  it("leave the configuration of others alone", () => {
    const config = { "aws:region": "eu-west-1", "tidegate-extra:lakePrefix": "no" };
    assert.equal(readSettings(config, "tidegate", []).lakePrefix, "lake");
  });

  it("name every fault at once: of settings, between them, of datasets and with datasets", () => {
    const twin = { ...PRICES, load: {}, schedule: { cron: "at noon", timeZone: "Mars/Base" } };
    assert.deepEqual(
      refusal(
        {
          lakePrefx: "lake",
          networkZones: "five",
          networkNat: "one",
          networkAvoid: '["10.0.0.0/8"]',
          logRetentionDays: "8",
          image: "node:24",
          schedulesEnabled: "yes",
          sourceUrls: '["coinbase_candle=https://mirror.example.com"]',
          databaseStorage: "200",
        },
        [...datasets, twin],
        { "aws:region": "us-eas-1" },
      ),
      [
        'networkZones: is not valid (got "five"); allowed: number',
        'networkNat: is not valid (got "one"); allowed: "none", "single", "perZone"; did you mean "none"?',
        'image: is no image with a digest: name:tag@sha256:… (got "node:24")',
        'schedulesEnabled: is not valid (got "yes"); allowed: boolean',
        "logRetentionDays: is not one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 (got 8)",
        `unknown key (got "lakePrefx"); allowed: ${Object.keys(settingsSchema.shape).join(", ")}; did you mean "lakePrefix"?`,
        `aws:region: is no region of AWS (got "us-eas-1"); allowed: ${Object.values(Region).join(", ")}; did you mean "us-east-1"?`,
        'networkCidr: overlaps networkAvoid[0], 10.0.0.0/8 (got "10.40.0.0/16"); take a range that nothing else uses',
        "databaseMaxStorage: is below databaseStorage (got 100); allowed: 200 or more",
        'sourceUrls: names no dataset (got "coinbase_candle"); allowed: daily_prices, coinbase_candles; did you mean "coinbase_candles"?',
        'datasets: two datasets have one name (got "daily_prices")',
        'datasets.daily_prices.schedule.cron: has 2 fields (got "at noon"); allowed: six: minute, hour, day of month, month, day of week, year; every day at 00:15 is "15 0 * * ? *"',
        'datasets.daily_prices.schedule.timeZone: is no time zone (got "Mars/Base"); allowed: an IANA name such as America/New_York or UTC',
      ],
    );
  });

  const faulty: [what: string, config: Record<string, string>, faults: RegExp[]][] = [
    ["an address range that is public", { networkCidr: "11.0.0.0/16" }, [/^networkCidr: /]],
    ["an address range that is too large", { networkCidr: "10.40.0.0/15" }, [/^networkCidr: /]],
    ["an address range that does not begin there", { networkCidr: "10.40.0.1/16" }, [/^networkCidr: /]],
    [
      "an overlap within another range",
      { networkAvoid: '["10.40.8.0/24"]' },
      [/^networkCidr: overlaps networkAvoid\[0\]/],
    ],
    ["private subnets without NAT", { networkNat: "none", networkTasksIn: "private" }, [/^networkTasksIn: /]],
    [
      "isolated tasks with a public image",
      { networkTasksIn: "isolated" },
      [/^imageFolder: tasks in isolated/, /^networkTasksIn: .*source of daily_prices, coinbase_candles/],
    ],
    ["EC2 Spot without NAT", { networkNat: "none", computeKind: "ec2-spot" }, [/^networkNat: tasks on ec2-spot/]],
    [
      "too few zones for a serverless warehouse",
      { warehouse: "serverless" },
      [/^networkZones: .*serverless.*at least 3/],
    ],
    ["too few zones for a database", { database: "postgres", networkZones: "1" }, [/^networkZones: .*database/]],
    ["a capacity between steps", { warehouseBaseCapacity: "12" }, [/^warehouseBaseCapacity: is no capacity/]],
    [
      "a maximum below the base",
      { warehouseBaseCapacity: "32", warehouseMaxCapacity: "16" },
      [/^warehouseMaxCapacity: is below the base capacity/],
    ],
    [
      "a lock that outlives a disposable stack",
      { lakeLockMode: "compliance", disposable: "true" },
      [/^lakeLockMode: what nobody can delete/],
    ],
    ["an unknown region for the copy", { lakeReplicaRegion: "eu-wst-1" }, [/^lakeReplicaRegion: /]],
    [
      "readers of nothing, and of one name",
      {
        readers: JSON.stringify([
          { name: "a", principals: ["210987654321"], datasets: "all" },
          { name: "a", principals: ["210987654321"] },
        ]),
      },
      [/^readers\[1\]: reads nothing/],
    ],
    [
      "two readers of one name",
      {
        readers: JSON.stringify([
          { name: "a", principals: ["210987654321"], datasets: "all" },
          { name: "a", principals: ["210987654321"], datasets: ["daily_price"] },
        ]),
      },
      [/^readers\[1\]\.datasets: names no dataset.*did you mean "daily_prices"/, /^readers\[1\]\.name: two readers/],
    ],
    [
      "principals that are everybody",
      { readers: '[{"name":"a","principals":["*"],"datasets":"all"}]' },
      [/^readers\[0\]\.principals\[0\]: is neither an account/],
    ],
    [
      "a misspelt key within a setting",
      { team: '{"name":"quants","dataset":["daily_prices"]}' },
      [/^team: unknown key \(got "dataset"\).*did you mean "datasets"/],
    ],
    ["workflows of a pattern of repositories", { ci: '{"repository":"acme/*","preview":{}}' }, [/^ci\.repository: /]],
    ["workflows without a role", { ci: '{"repository":"acme/data"}' }, [/^ci: makes no role/]],
    [
      "a deploying role without policies",
      { ci: '{"repository":"acme/data","deploy":{"branches":["main"]}}' },
      [/^ci\.deploy\.policies: is missing/],
    ],
    [
      "an existing VPC without subnets, and without a way to S3 for the warehouse",
      {
        warehouse: "provisioned",
        networkExisting: '{"vpcId":"vpc-1","cidr":"10.0.0.0/16","subnetIds":{}}',
      },
      [/^networkExisting\.subnetIds: names no subnet/, /^networkExisting\.subnetIds: has too few/, /routeTableIds: /],
    ],
  ];
  for (const [what, config, expected] of faulty)
    it(`refuse ${what}`, () => {
      const faults = refusal(config);
      assert.equal(faults.length, expected.length, faults.join("\n"));
      for (const [index, pattern] of expected.entries()) assert.match(faults[index] ?? "", pattern);
    });

  for (const range of ["10.0.0.0/16", "172.31.0.0/16", "192.168.4.0/24"])
    it(`take the address range ${range}`, () => {
      assert.deepEqual(refusal({ networkCidr: range, networkAvoid: '["10.1.0.0/16"]' }), []);
    });

  it("refuse datasets whose tables the stack does not have, unless it skips them", () => {
    const loading = { ...PRICES, load: { warehouse: { table: "prices", sortBy: [] }, database: { table: "prices" } } };
    assert.deepEqual(refusal({ loadMissing: "refuse" }, [loading]), [
      'datasets.daily_prices.load.warehouse: is a table of a warehouse, which this stack does not have (got "prices"); set warehouse to "serverless" or "provisioned", or loadMissing to "skip"',
      'datasets.daily_prices.load.database: is a table of a database, which this stack does not have (got "prices"); set database to "postgres", or loadMissing to "skip"',
    ]);
    assert.deepEqual(refusal({ loadMissing: "skip" }, [loading]), []);
  });

  it("refuse two datasets with one table, and an order that leads nowhere or round in a circle", () => {
    const named = (name: string, after: readonly string[]) => ({
      ...PRICES,
      name,
      after,
      load: { database: { table: "prices" } },
    });
    assert.deepEqual(refusal({}, [named("a", ["b"]), named("b", ["a", "bb"])]), [
      'datasets.b.after: names no dataset (got "bb"); allowed: a, b; did you mean "b"?',
      'datasets.a.after: goes round in a circle, so that each run would start the next for ever (got "a after b after a"); take one of them out',
      'datasets.b.load.database.table: a and b load into one table of the database (got "prices"); give each its own',
    ]);
  });

  for (const stack of STACKS)
    it(`of stack ${stack} are valid`, async () => {
      const { config } = await readStackConfig(PROJECT_FOLDER, stack);
      readSettings(config, "tidegate", all);
    });

  it("that are wrong end the program before anything is registered", async () => {
    const registered: string[] = [];
    const { config } = await readStackConfig(PROJECT_FOLDER, "lean");
    const program = () => import(`../../index.ts?wrong=${registered.length}`);
    const evaluation = recordProgram({
      program,
      project: "tidegate",
      stack: "lean",
      mode: "preview",
      config: { ...config, "tidegate:networkCidr": "10.40.0.0/8", "tidegate:budgetUsd": "much" },
      transformation: ({ type }) => {
        registered.push(type);
        return undefined;
      },
    });
    await assert.rejects(evaluation, (error) => {
      assert(error instanceof UserError);
      assert.deepEqual(
        error.faults.map(({ path }) => path),
        ["networkCidr", "budgetUsd"],
      );
      return true;
    });
    assert.deepEqual(registered, []);
    // The same program with sound settings registers something, so the empty list above means what it says.
    assert((await recordStack({ folder: PROJECT_FOLDER, stack: "lean", mode: "preview" })).resources.length > 50);
  });
});
