import assert from "node:assert/strict";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { replayUserKey, startCrunchbase } from "../support/replay/crunchbase.ts";

const MANY = "thousand-grants-institute";

describe("replay server of Crunchbase", () => {
  let now = 0;
  let server: ReplayServer;

  async function ask(path: string, body?: unknown, key = replayUserKey): Promise<[number, string]> {
    const response = await fetch(`${server.url}/v4/data/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "X-cb-user-key": key },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    assert.equal(response.headers.get("x-tidegate-synthetic"), "true");
    assert.equal(response.headers.get("retry-after"), null);
    assert.deepEqual(
      [...response.headers.keys()].filter((name) => /rate|limit/i.test(name)),
      [],
    );
    return [response.status, await response.text()];
  }

  const includes = (...values: string[]) => ({
    type: "predicate",
    field_id: "funded_organization_identifier",
    operator_id: "includes",
    values,
  });
  const changed = (operator_id: string, value: string) => ({
    type: "predicate",
    field_id: "updated_at",
    operator_id,
    values: [value],
  });

  interface Rounds {
    readonly count: number;
    readonly entities: { readonly uuid: string; readonly properties: Record<string, unknown> }[];
  }

  async function search(body: Record<string, unknown>): Promise<Rounds> {
    const [status, text] = await ask("searches/funding_rounds", {
      field_ids: ["announced_on", "updated_at"],
      order: [{ field_id: "announced_on", sort: "asc" }],
      ...body,
    });
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  async function refused(body: unknown): Promise<[number, string]> {
    const [status, text] = await ask("searches/funding_rounds", body);
    return [status, JSON.parse(text)[0].message];
  }

  beforeEach(async () => {
    now = Date.parse("2026-11-20T12:00:00Z");
    server = await startCrunchbase({ now: () => now });
  });
  afterEach(() => server.close());

  it("answers an organization with the fields and cards that are asked for, and no others", async () => {
    assert.deepEqual(
      await ask("entities/organizations/copperlight-robotics?field_ids=founded_on,funding_total&card_ids=founders"),
      [
        200,
        '{"properties":{"identifier":{"permalink":"copperlight-robotics","uuid":"ea8634c7-1259-4bb9-a4a8-d67a5f543386",' +
          '"entity_def_id":"organization","value":"Copperlight Robotics"},"founded_on":{"value":"2015-03-01","precision":"day"},' +
          '"funding_total":{"value":43890000,"currency":"USD","value_usd":43890000}},"cards":{"founders":[{"identifier":' +
          '{"permalink":"copperlight-founder","uuid":"33251e4a-4467-45ca-a2c4-557aff81f2fa","entity_def_id":"person",' +
          '"value":"Copperlight Founder"}},{"identifier":{"permalink":"second-founder-of-copperlight-robotics",' +
          '"uuid":"86ff62bd-9257-43dd-a521-b01d234f8202","entity_def_id":"person","value":"Second Founder of Copperlight Robotics"}}]}}',
      ],
    );
  });

  it("knows an organization by its uuid too, and none by its name", async () => {
    const [, text] = await ask("entities/organizations/kelpworks");
    const { properties } = JSON.parse(text);
    assert.deepEqual(await ask(`entities/organizations/${properties.identifier.uuid}`), [200, text]);
    assert.deepEqual(await ask("entities/organizations/Kelpworks"), [
      404,
      `[{"status":404,"code":"MD404","message":"Entity 'Kelpworks' could not be found"}]`,
    ]);
  });

  it("leaves out what is not known", async () => {
    const [, text] = await ask("entities/organizations/quiet-ledger?field_ids=funding_total,num_funding_rounds");
    assert.deepEqual(Object.keys(JSON.parse(text).properties), ["identifier", "num_funding_rounds"]);
  });

  it("answers rounds with money in three forms, or without any", async () => {
    const { entities } = await search({
      field_ids: ["money_raised", "investment_type", "identifier"],
      query: [includes(MANY)],
      limit: 1_000,
    });
    const money = entities.map(({ properties }) => properties.money_raised as Record<string, unknown> | undefined);
    assert.ok(money.some((one) => one === undefined));
    for (const one of money) {
      if (!one) continue;
      assert.deepEqual(Object.keys(one), ["value", "currency", "value_usd"]);
      assert.equal(one.value === one.value_usd, one.currency === "USD");
    }
    assert.ok(money.some((one) => one?.currency === "EUR"));
  });

  it("goes on behind the last uuid of a page until the rounds end", async () => {
    const whole = await search({ query: [includes(MANY)], limit: 1_000 });
    assert.equal(whole.count, whole.entities.length);
    assert.ok(whole.count > 200, String(whole.count));
    const found: Rounds["entities"] = [];
    for (let after: string | undefined, size = 50; size === 50; ) {
      const { entities } = await search({ query: [includes(MANY)], ...(after ? { after_id: after } : {}) });
      found.push(...entities);
      size = entities.length;
      after = entities.at(-1)?.uuid;
    }
    assert.deepEqual(found, whole.entities);
    const days = found.map(({ properties }) => String(properties.announced_on));
    assert.deepEqual(days, days.toSorted());
  });

  it("orders the other way round as well", async () => {
    const up = await search({ query: [includes(MANY)], limit: 1_000 });
    const down = await search({
      query: [includes(MANY)],
      limit: 1_000,
      order: [{ field_id: "announced_on", sort: "desc" }],
    });
    assert.deepEqual(down.entities, up.entities.toReversed());
  });

  it("finds nothing for a name instead of a permalink, and says nothing of it", async () => {
    assert.deepEqual(await search({ query: [includes("Thousand Grants Institute")] }), { count: 0, entities: [] });
  });

  it("selects by the time of the last change, which corrections move", async () => {
    const query = [includes(MANY), changed("gte", "2026-06-01T00:00:00Z"), changed("lte", "2026-11-01T00:00:00Z")];
    const { entities } = await search({ query, limit: 1_000 });
    assert.ok(entities.length > 0);
    for (const { properties } of entities) {
      assert.ok(String(properties.updated_at) >= "2026-06-01T00:00:00Z");
      assert.ok(String(properties.updated_at) <= "2026-11-01T00:00:00Z");
    }
    now = Date.parse("2027-06-01T00:00:00Z");
    const later = new Map(
      (await search({ query: [includes(MANY)], limit: 1_000 })).entities.map(({ uuid, properties }) => [
        uuid,
        properties.updated_at,
      ]),
    );
    assert.ok(entities.some(({ uuid, properties }) => later.get(uuid) !== properties.updated_at));
  });

  it("refuses searches that it does not understand", async () => {
    const field_ids = ["announced_on"];
    for (const [body, message] of [
      ["{", "The body is no JSON"],
      [{}, "field_ids: is missing"],
      [{ field_ids: ["price"] }, "field_ids: 'price' is no field of funding_rounds"],
      [{ field_ids, limit: 1_001 }, "limit: must be from 1 to 1000"],
      [{ field_ids, after_id: "x" }, "after_id: 'x' is not in the results"],
      [{ field_ids, before_id: "x" }, "this replay server does not speak 'before_id'"],
      [{ field_ids, query: [changed("gte", "then")] }, "query: 'then' is no time"],
      [{ field_ids, query: [changed("near", "2026-01-01")] }, "query: 'near' is no operator of 'updated_at'"],
    ] as const)
      assert.deepEqual(await refused(body), [400, message]);
  });

  it("refuses a request without the key", async () => {
    const unauthorized = [401, '[{"status":401,"code":"LA401","message":"Unauthorized user_key"}]'];
    assert.deepEqual(await ask("entities/organizations/kelpworks", undefined, "wrong"), unauthorized);
    assert.equal((await ask(`entities/organizations/kelpworks?user_key=${replayUserKey}`, undefined, ""))[0], 401);
    const response = await fetch(`${server.url}/v4/data/entities/organizations/kelpworks?user_key=${replayUserKey}`);
    assert.equal(response.status, 200);
  });

  it("allows 200 calls a minute", async () => {
    await using small = await startCrunchbase({ now: () => now, callsPerMinute: 2 });
    const status = async (): Promise<number> =>
      (await fetch(`${small.url}/v4/data/entities/organizations/kelpworks?user_key=${replayUserKey}`)).status;
    assert.deepEqual([await status(), await status(), await status()], [200, 200, 429]);
    now += 60_000;
    assert.equal(await status(), 200);
  });
});
