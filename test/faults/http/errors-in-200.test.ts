import assert from "node:assert/strict";
import { csvBody, jsonBody, when } from "../../../runtime/dataset/index.ts";
import type { Answer, ReplayServer } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { assertWhole, bringIn, coveredOf, problemOf, REQUESTS, recordsOf } from "../../support/bring-in.ts";
import { exchangesOf } from "../../support/extraction.ts";
import { startTiny, type TinyChanges, tinyRows } from "../../support/tiny.ts";

const ok = (body: string): Answer => ({ status: 200, body });

describe("faults of HTTP: an error under status 200", () => {
  let server: ReplayServer;
  afterEach(() => server.close());

  /** What is said of A for ever. */
  async function saysOfA(body: string, changes: TinyChanges = {}) {
    server = await startTiny();
    server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer: ok(body) });
    return bringIn(server, changes);
  }

  it("9) an error object instead of a list fails the partition, is no data and covers nothing", async () => {
    await using tried = await saysOfA('{"detail":"Error: Ticker \'A\' not found"}');
    assert.match(problemOf(tried), /answered 200, but the body is no list of rows but \{"detail"/);
    assert.deepEqual(coveredOf(tried, "A"), []);
    assert.equal(recordsOf(tried).length, 20);
    assert.ok((await exchangesOf(tried.store)).every(({ partition }) => partition === "B"));
  });

  it("9) a notice in the body that the quota is used up is waited for, by a rule over the parsed body", async () => {
    server = await startTiny();
    server.fail(
      ({ path }) => path.endsWith("/A"),
      { kind: "answer", answer: ok('{"Information":"25 requests per day"}') },
      2,
    );
    const isNotice = (body: unknown): boolean => typeof body === "object" && body !== null && "Information" in body;
    await using tried = await bringIn(server, { source: { responses: [when({ json: isNotice }).limited()] } });
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS + 2);
  });

  it("9) a plain text instead of CSV fails by itself, and is waited for by a rule over the text", async () => {
    const text = "Exceeded the daily hits limit";
    const csv = { format: csvBody() };
    server = await startReplay((asked) => ok(toCsv(tinyRows(asked))));
    server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer: ok(text) }, 1);
    await using failed = await bringIn(server, { source: csv });
    assert.match(problemOf(failed), /no CSV: "Exceeded the daily hits limit"/);
    server.fail(({ path }) => path.endsWith("/A"), { kind: "answer", answer: ok(text) }, 1);
    await using waited = await bringIn(server, {
      source: { ...csv, responses: [when({ body: /daily hits/ }).limited()] },
    });
    assertWhole(waited);
  });

  it("9) GraphQL's errors fail the partition even when there is data beside them", async () => {
    server = await startReplay(({ body, query }) => {
      const { variables } = JSON.parse(body);
      const rows = tinyRows({ query: new URLSearchParams(variables) ?? query });
      const errors = variables.ticker === "A" ? ',"errors":[{"message":"Complexity limit exceeded"}]' : "";
      return ok(`{"data":{"prices":${rows}}${errors}}`);
    });
    await using tried = await bringIn(server, {
      source: {
        format: jsonBody({ rows: "data.prices" }),
        request: ({ partition, window }) => ({
          path: ["graphql"],
          body: {
            graphql: "query($ticker: String!) { prices(ticker: $ticker) { date price } }",
            variables: { ticker: partition.ticker, from: window.first.date, to: window.last.date },
          },
        }),
      },
    });
    assert.match(problemOf(tried), /with errors: "Complexity limit exceeded"/);
    assert.deepEqual(coveredOf(tried, "A"), []);
    assert.equal(recordsOf(tried).length, 20);
  });
});

const toCsv = (rows: string): string =>
  [
    "date,price",
    ...(JSON.parse(rows) as { date: string; price: number }[]).map(({ date, price }) => `${date},${price}`),
  ].join("\n");
