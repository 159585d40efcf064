import assert from "node:assert/strict";
import rounds from "../../datasets/crunchbase-funding-rounds.ts";
import organizations from "../../datasets/crunchbase-organizations.ts";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayUserKey, startCrunchbase } from "../support/replay/crunchbase.ts";
import { roundsOf, ventures } from "../support/replay/ventures.ts";
import { SourceBench, says } from "../support/sourcing.ts";

const SECRETS = { CRUNCHBASE_USER_KEY: replayUserKey };
const MANY = "thousand-grants-institute";

describe("the datasets of Crunchbase", () => {
  let bench: SourceBench;
  let server: ReplayServer;

  beforeEach(async () => {
    bench = await SourceBench.open("2026-11-20T12:00:00Z");
    server = await startCrunchbase({ now: bench.now });
  });
  afterEach(async () => {
    await server.close();
    await bench[Symbol.asyncDispose]();
  });

  const run = (dataset: typeof organizations) => bench.run(dataset, server, SECRETS);
  const ask = (...permalinks: string[]) => bench.request(organizations, ...permalinks);
  const announced = (permalink: string, until: string): string[] =>
    ventures
      .filter((venture) => venture.permalink === permalink)
      .flatMap((venture) => roundsOf(venture, 1, bench.now()))
      .filter(({ updated }) => updated < Date.parse(until))
      .map(({ uuid }) => uuid)
      .sort();

  it("ask nothing before anything was asked for", async () => {
    for (const dataset of [organizations, rounds]) {
      const { partitions, requests, errors } = await run(dataset);
      assert.deepEqual([partitions, requests, errors], [0, 0, []]);
    }
  });

  it("bring in an organization that was asked for, a snapshot a day", async () => {
    await ask("copperlight-robotics");
    const { records, requests, errors, quarantined } = await run(organizations);
    assert.deepEqual([requests, errors, quarantined], [1, [], 0]);
    assert.deepEqual(records, [
      {
        organization: "copperlight-robotics",
        date: "2026-11-20",
        uuid: "ea8634c7-1259-4bb9-a4a8-d67a5f543386",
        permalink: "copperlight-robotics",
        name: "Copperlight Robotics",
        description: "Copperlight Robotics is invented.",
        website: "https://copperlight-robotics.example",
        founded_on: "2015-03-01",
        employees: "c_00051_00100",
        operating_status: "active",
        categories: ["robotics"],
        locations: ["Rotterdam"],
        founders: ["Copperlight Founder", "Second Founder of Copperlight Robotics"],
        funding_rounds: "5",
        funding_total_usd: "43890000",
        last_funding_type: "series_c",
        last_funding_at: "2020-08-05",
        updated_at: "2020-08-05T16:39:23Z",
      },
    ]);
    assert.equal((await run(organizations)).requests, 0);
    bench.time = "2026-11-21T12:00:00Z";
    assert.deepEqual(
      (await run(organizations)).records.map(({ date }) => date),
      ["2026-11-20", "2026-11-21"],
    );
  });

  it("bring in an organization of which little is known", async () => {
    await ask("quiet-ledger");
    const { records, quarantined } = await run(organizations);
    assert.equal(quarantined, 0);
    assert.deepEqual([records[0]?.funding_rounds, records[0]?.funding_total_usd], ["0", null]);
  });

  it("bring in every round of the organizations that were found, page after page", async () => {
    await ask(MANY, "quiet-ledger", "kelpworks");
    await run(organizations);
    const { records, requests, errors, quarantined } = await run(rounds);
    assert.deepEqual([errors, quarantined], [[], 0]);
    const many = announced(MANY, "2026-11-20T00:00:00Z");
    assert.ok(many.length > 200);
    assert.deepEqual(
      records
        .filter(({ organization }) => organization === MANY)
        .map(({ uuid }) => uuid)
        .sort(),
      many,
    );
    assert.equal(requests, Math.ceil((many.length + 1) / 100) + 2);
    assert.ok(
      records.some(({ currency, money_raised: one, money_raised_usd: usd }) => currency === "EUR" && one !== usd),
    );
    assert.ok(records.some(({ money_raised: money }) => money === null));
    assert.deepEqual(
      records.find(({ organization }) => organization === "kelpworks"),
      {
        organization: "kelpworks",
        uuid: "8249f9e9-bab0-4b7c-a02f-af2dd953d71c",
        name: "pre_seed - Kelpworks",
        announced_on: "2020-09-23",
        kind: "pre_seed",
        money_raised: "21750000",
        currency: "USD",
        money_raised_usd: "21750000",
        investors: "2",
        investor_names: ["Gull Partners", "Anchor & Sons"],
        lead_investor_names: ["Gull Partners"],
        updated_at: "2021-03-22T01:00:00Z",
      },
    );
  });

  it("cover an organization without a round", async () => {
    await ask("quiet-ledger");
    await run(organizations);
    const { coverage, errors } = await run(rounds);
    assert.deepEqual(errors, []);
    assert.equal(coverage[0]?.covered.length, 1);
  });

  it("ask later for what was changed, and keep the correction", async () => {
    await ask(MANY);
    await run(organizations);
    const before = new Map((await run(rounds)).records.map((record) => [record.uuid, record]));
    bench.time = "2027-06-01T12:00:00Z";
    const { records, requests } = await run(rounds);
    assert.ok(requests <= 2, String(requests));
    assert.deepEqual(records.map(({ uuid }) => uuid).sort(), announced(MANY, "2027-06-01T00:00:00Z"));
    const corrected = records.filter(
      ({ uuid, updated_at: at }) => before.has(uuid) && before.get(uuid)?.updated_at !== at,
    );
    assert.ok(corrected.length > 0);
    for (const { uuid, investors } of corrected)
      assert.equal(Number(investors), Number(before.get(uuid)?.investors) + 1);
  });

  describe("when Crunchbase answers", () => {
    it("401 with a list: stops, and says what to set", async () => {
      await ask("kelpworks", "quiet-ledger");
      const { errors, outcome, requests } = await bench.run(organizations, server, { CRUNCHBASE_USER_KEY: "wrong" });
      assert.deepEqual([outcome, errors.length], ["failed", 1]);
      assert.ok(requests <= 2);
      assert.match(JSON.stringify(errors), /LA401.*set CRUNCHBASE_USER_KEY to that of a contract/);
    });

    it("401 after a key was taken away: keeps what there is", async () => {
      await ask(MANY);
      await run(organizations);
      const refused = says(401, [{ status: 401, code: "LA401", message: "Unauthorized user_key" }]);
      server.fail(({ body }) => body.includes("after_id"), refused);
      const { errors, records, coverage } = await run(rounds);
      assert.equal(errors.length, 1);
      assert.equal(records.length, 100);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("404: skips this organization, and says how to find the permalink", async () => {
      await ask("Kelpworks", "kelpworks");
      const { errors, warnings, records } = await run(organizations);
      assert.deepEqual(errors, []);
      assert.deepEqual(
        warnings.map(({ partition }) => partition),
        ["Kelpworks"],
      );
      assert.match(
        warnings[0]?.problem ?? "",
        /no organization of this permalink: take it from the address of its page/,
      );
      assert.equal(records.length, 1);
      assert.deepEqual(
        (await run(rounds)).coverage.map(({ partition }) => partition),
        ["kelpworks"],
      );
    });

    it("403: stops, for the licence does not include a field", async () => {
      await ask("kelpworks");
      server.fail(() => true, says(403, [{ status: 403, code: "LA403", message: "Forbidden" }]));
      const { errors, outcome } = await run(organizations);
      assert.equal(outcome, "failed");
      assert.match(JSON.stringify(errors), /LA403.*licence does not include/);
    });

    it("426: stops, and says that it must be https", async () => {
      await ask("kelpworks");
      server.fail(() => true, says(426, "Upgrade Required"));
      const { errors, outcome } = await run(organizations);
      assert.equal(outcome, "failed");
      assert.match(JSON.stringify(errors), /answered 426.*over https alone/);
    });

    it("429 without any header: waits, longer each time, and fails nothing", async () => {
      await ask("kelpworks");
      server.fail(() => true, says(429, [{ status: 429, message: "Usage limit exceeded" }]), 3);
      const { errors, records } = await run(organizations);
      assert.deepEqual([errors, records.length], [[], 1]);
      const waits = bench.slept.filter((wait) => wait >= 1_000);
      assert.ok(waits.length >= 3 && waits.toSorted((a, b) => a - b).join() === waits.join(), String(waits));
    });

    it("400: fails this organization with its words", async () => {
      await ask("kelpworks", MANY);
      await run(organizations);
      const wrong = says(400, [{ status: 400, code: "MD101", message: "limit: must be from 1 to 1000" }]);
      server.fail(({ body }) => body.includes("kelpworks"), wrong);
      const { errors, records } = await run(rounds);
      assert.deepEqual(
        errors.map(({ partition }) => partition),
        ["kelpworks"],
      );
      assert.match(errors[0]?.problem ?? "", /answered 400: .*limit: must be/);
      assert.ok(records.length > 200);
    });

    it("200 without entities: takes it for no data", async () => {
      await ask("kelpworks");
      await run(organizations);
      server.fail(() => true, says(200, { count: 3 }));
      const { errors, coverage } = await run(rounds);
      assert.equal(errors.length, 1);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("200 with the same page for ever: does not take it for complete", async () => {
      await ask(MANY);
      await run(organizations);
      const entities = Array.from({ length: 100 }, (_, n) => ({
        uuid: `u-${n}`,
        properties: {
          identifier: { value: "x" },
          announced_on: "2020-01-01",
          investment_type: "seed",
          updated_at: "2020-01-02T00:00:00Z",
        },
      }));
      server.fail(() => true, says(200, { count: 200, entities }));
      const { errors, coverage } = await run(rounds);
      assert.match(errors[0]?.problem ?? "", /cannot be told complete/);
      assert.deepEqual(coverage[0]?.covered, []);
    });

    it("503 or nothing: asks again", async () => {
      await ask("kelpworks");
      server.fail(1, says(503, "<html>down</html>"));
      server.fail(2, { kind: "reset" });
      const { errors, records } = await run(organizations);
      assert.deepEqual([errors, records.length], [[], 1]);
    });
  });
});
