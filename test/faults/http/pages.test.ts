import assert from "node:assert/strict";
import { counted, jsonBody, nextToken, when } from "../../../runtime/dataset/index.ts";
import type { Answer, Asked, ReplayServer } from "../../../runtime/replay/index.ts";
import { startReplay } from "../../../runtime/replay/server.ts";
import { assertWhole, bringIn, coveredOf, problemOf, REQUESTS, recordsOf } from "../../support/bring-in.ts";
import { type TinyChanges, tinyRows } from "../../support/tiny.ts";

const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });
const rowsOf = (asked: Pick<Asked, "query">): unknown[] => JSON.parse(tinyRows(asked));
const isA = ({ path }: Asked): boolean => path.endsWith("/A");

/** Ten rows a window, five a page. */
const SIZE = 5;

/** Pages of one window at most. */
const LIMIT = 12;

const byToken: TinyChanges = {
  source: {
    format: jsonBody({ rows: "rows" }),
    pages: nextToken({ body: "next" }, { limit: LIMIT }),
    request: ({ partition, window, page }) => ({
      path: ["prices", partition.ticker],
      query: { from: window.first.date, to: window.last.date, token: page.token },
    }),
  },
};

const byOffset = (last: "short" | "empty" | { readonly total: string }): TinyChanges => ({
  source: {
    format: jsonBody({ rows: "rows" }),
    pages: counted({ size: SIZE, last, limit: LIMIT }),
    request: ({ partition, window, page }) => ({
      path: ["prices", partition.ticker],
      query: { from: window.first.date, to: window.last.date, offset: page.offset },
    }),
  },
});

describe("faults of HTTP: pages", () => {
  let server: ReplayServer;
  afterEach(() => server.close());

  const start = async (handle: (asked: Asked, token: string, rows: unknown[]) => Answer): Promise<void> => {
    server = await startReplay((asked) => handle(asked, asked.query.get("token") ?? "", rowsOf(asked)));
  };

  for (const [what, most, page] of [
    ["the same token with the same page", 2, () => ({ next: "again", note: 0 })],
    ["the same token with another page", 2, ({ nth }: Asked) => ({ next: "again", note: nth })],
    ["new tokens for ever", LIMIT, ({ nth }: Asked) => ({ next: `page ${nth}`, note: nth })],
  ] as const)
    it(`12) a source that gives ${what} ends the window as incomplete: it is not covered, and is not asked for ever`, async () => {
      await start((asked, token, rows) => {
        if (!isA(asked)) return ok({ rows, next: null });
        return ok({ rows: rows.slice(token ? SIZE : 0).slice(0, SIZE), ...page(asked) });
      });
      await using tried = await bringIn(server, byToken);
      assert.match(problemOf(tried), /cannot be told complete, so it is not covered/);
      assert.deepEqual(coveredOf(tried, "A"), []);
      assert.equal(tried.requests.filter(isA).length, most);
      assert.equal(recordsOf(tried).filter((record) => record.startsWith("B")).length, 20);
    });

  it("13) an empty page in the middle is no end while there is a token", async () => {
    await start((_asked, token, rows) => {
      if (token === "") return ok({ rows: rows.slice(0, SIZE), next: "middle" });
      if (token === "middle") return ok({ rows: [], next: "last" });
      return ok({ rows: rows.slice(SIZE), next: null });
    });
    await using tried = await bringIn(server, byToken);
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS * 3);
  });

  it("14) a last page that is exactly full is followed by one more question, which proves the end", async () => {
    const page = ({ query }: Asked, rows: unknown[]): unknown[] =>
      rows.slice(Number(query.get("offset"))).slice(0, SIZE);
    await start((asked, _token, rows) => ok({ rows: page(asked, rows) }));
    await using tried = await bringIn(server, byOffset("short"));
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS * 3);
  });

  it("15) a total that shrinks between pages, and with it rows that move, makes the window begin anew", async () => {
    let shrunk = false;
    await start((asked, _token, rows) => {
      const offset = Number(asked.query.get("offset"));
      // A row before the first page is taken out between the first two pages of a window of A.
      const moved = shrunk ? rows : [{ date: "2024-01-01", price: 0 }, ...rows];
      const list = isA(asked) && asked.query.get("from") === "2024-01-01" ? moved : rows;
      if (isA(asked) && offset === 0) shrunk = asked.nth > 1 || shrunk;
      const answer = ok({ rows: list.slice(offset, offset + SIZE), total: list.length });
      if (isA(asked)) shrunk = true;
      return answer;
    });
    await using tried = await bringIn(server, byOffset({ total: "total" }));
    assertWhole(tried);
    const firsts = tried.requests.filter((asked) => isA(asked) && asked.query.get("offset") === "0");
    assert.equal(firsts.length, 3, "the first window of A was begun twice");
  });

  it("16) a token that has expired makes the window begin anew, once", async () => {
    let expired = false;
    await start((asked, token, rows) => {
      if (token && isA(asked) && !expired) {
        expired = true;
        return { status: 400, body: '{"quandl_error":{"code":"QESx06","message":"cursor"}}' };
      }
      return token
        ? ok({ rows: rows.slice(SIZE), next: null })
        : ok({ rows: rows.slice(0, SIZE), next: `${asked.path} ${asked.query.get("from")}` });
    });
    const responses = [when({ status: 400, body: /QESx06/ }).restartWindow()];
    await using tried = await bringIn(server, { source: { ...byToken.source, responses } });
    assertWhole(tried);
    assert.equal(tried.requests.length, REQUESTS * 2 + 2);
  });

  for (const status of [413, 422])
    it(`17) a ${status} for too many rows is answered by asking for halves, as small as it takes`, async () => {
      await start((_asked, _token, rows) =>
        rows.length > 3 ? { status, body: '{"message":"too many rows"}' } : ok(rows),
      );
      const responses = [when({ status }).splitWindow()];
      await using tried = await bringIn(server, { source: { responses } });
      assertWhole(tried);
      assert.deepEqual(coveredOf(tried, "A"), ["2024-01-01/2024-01-21"]);
    });

  it("17) a single day that is too much is a problem that is told, not a loop", async () => {
    await start(() => ({ status: 422, body: "{}" }));
    await using tried = await bringIn(server, { source: { responses: [when({ status: 422 }).splitWindow()] } });
    assert.match(tried.summary.errors[0]?.problem ?? "", /refuses even a single bucket/);
  });
});
