import assert from "node:assert/strict";
import { DAY } from "../../../runtime/dataset/duration.ts";
import { counted, integer, type Schema, text, timestamp, when } from "../../../runtime/dataset/index.ts";
import type { SourceRow } from "../../../runtime/dataset/source.ts";
import { JumpingClock, type ReplayServer } from "../../../runtime/replay/index.ts";
import { type Handler, startReplay } from "../../../runtime/replay/server.ts";
import {
  assertWhole,
  bringIn,
  coveredOf,
  dates,
  dayOf,
  NOW,
  REQUESTS,
  recordsOf,
  START,
  UNTIL,
} from "../../support/bring-in.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { startTiny, type TinyChanges, tinyRows } from "../../support/tiny.ts";

const HOUR = DAY / 24;

interface Row {
  readonly date: string;
  readonly price: number;
}

const rowsOf = (asked: Parameters<Handler>[0]): Row[] => JSON.parse(tinyRows(asked));

const isWithin = (time: string, query: URLSearchParams): boolean =>
  Date.parse(time) >= Date.parse(query.get("from") ?? "") && Date.parse(time) < Date.parse(query.get("to") ?? "");

describe("faults of time series", () => {
  let server: ReplayServer;
  afterEach(() => server.close());

  const start = async (rows: (asked: Parameters<Handler>[0]) => readonly unknown[]): Promise<void> => {
    server = await startReplay((asked) => ({ status: 200, body: JSON.stringify(rows(asked)) }));
  };

  it("22) candles newest first, with days without ticks and one before the start, are sorted, complete and no gap", async () => {
    await start((asked) => {
      const [first] = rowsOf(asked);
      const before = { date: dayOf(Date.parse(first?.date ?? "") - DAY), price: 9 };
      return [before, ...rowsOf(asked)].filter(({ date }) => !date.endsWith("-05")).reverse();
    });
    await using tried = await bringIn(server);
    assertWhole(
      tried,
      dates().filter((day) => !day.endsWith("-05")),
    );
    assert.equal(tried.summary.empty, 2, "a day without ticks of each ticker");
  });

  it("22) the candle that is still open is not taken for the last word: the closed one takes its place", async () => {
    let closed = false;
    await start((asked) => {
      const open = { date: dayOf(UNTIL), price: closed ? 2 : 1 };
      return [...rowsOf(asked).filter(({ date }) => date !== open.date), open];
    });
    await using folder = await temporaryFolder();
    const during = new JumpingClock(UNTIL + 5 * HOUR);
    const early = await bringIn(server, {}, { clock: during, until: UNTIL + DAY, folder: folder.path });
    assertWhole(early);
    closed = true;
    const after = new JumpingClock(UNTIL + DAY + HOUR);
    const late = await bringIn(server, {}, { clock: after, until: UNTIL + DAY, folder: folder.path });
    assertWhole(late, dates(21));
    assert.deepEqual(
      late.records.filter((row) => row.date === dayOf(UNTIL)).map((row) => Number(row.price)),
      [2, 2],
    );
  });

  it("23) a row that both windows bring, because the source includes their ends, is there once", async () => {
    await start((asked) => {
      const rows = rowsOf(asked);
      const after = { date: dayOf(Date.parse(asked.query.get("to") ?? "") + DAY), price: -1 };
      return [...rows, after];
    });
    await using tried = await bringIn(server);
    assertWhole(tried);
    assert.ok(
      tried.records.every(({ price }) => Number(price) > 0),
      "each window's rows come from its own answer",
    );
  });

  it("24) rows of one instant that pages and windows part are all there, each once", async () => {
    const ids = Array.from({ length: 12 }, (_, id) => ({
      id,
      time: new Date(START + Math.floor(id / 6) * 10 * DAY).toISOString(),
    }));
    await start(({ query }) => {
      const inside = ids.filter(({ time }) => isWithin(time, query));
      const offset = Number(query.get("offset"));
      return inside.slice(offset, offset + 4);
    });
    const schema: Schema = { ticker: text(), id: integer(), at: timestamp("iso") };
    await using tried = await bringIn(server, {
      definition: { schema, key: ["ticker", "id"], cursor: "at", partitions: { ticker: ["A"] } },
      source: {
        pages: counted({ size: 4, last: "short" }),
        rows: (row) => ({ id: row.id, at: row.time }),
        request: ({ partition, window, page }) => ({
          path: ["news", partition.ticker],
          query: { from: window.start, to: window.end, offset: page.offset },
        }),
      },
    });
    assert.deepEqual(
      tried.records.map(({ id }) => Number(id)).sort((a, b) => a - b),
      ids.map(({ id }) => id),
    );
  });

  it("25) a correction that comes late replaces the row when it lies inside of the lookback", async () => {
    let corrected = false;
    await start((asked) =>
      rowsOf(asked).map((row) =>
        corrected && ["2024-01-18", "2024-01-03"].includes(row.date) ? { ...row, price: 7 } : row,
      ),
    );
    const changes: TinyChanges = { source: { windows: { step: "10 days", granularity: "1 day", lookback: "5 days" } } };
    await using folder = await temporaryFolder();
    await bringIn(server, changes, { folder: folder.path });
    corrected = true;
    const next = await bringIn(server, changes, {
      folder: folder.path,
      clock: new JumpingClock(NOW + DAY),
      until: UNTIL + DAY,
    });
    assertWhole(next, dates(21));
    assert.deepEqual(
      next.records.filter(({ price }) => Number(price) === 7).map((row) => row.date),
      ["2024-01-18", "2024-01-18"],
    );
    const asked = next.requests.map(({ query }) => query.get("from"));
    assert.ok(
      asked.every((from) => (from ?? "") >= "2024-01-16"),
      `asked from ${asked}`,
    );
    const later = await bringIn(server, changes, {
      folder: folder.path,
      clock: new JumpingClock(NOW + DAY),
      until: UNTIL + DAY,
    });
    assert.equal(later.requests.length, 0, "once for each new end");
  });

  it("26) a split makes the whole history of its ticker be asked again, and only of that ticker", async () => {
    let split = false;
    await start((asked) => {
      const factor = split && asked.path.endsWith("/A") ? 0.5 : 1;
      return rowsOf(asked).map(({ date, price }) => ({
        date,
        price: price * factor,
        splitFactor: factor !== 1 && date === dayOf(UNTIL) ? 2 : 1,
      }));
    });
    const windows = {
      step: "10 days",
      granularity: "1 day",
      restatedBy: (row: SourceRow) => row.splitFactor !== 1,
    } as const;
    await using folder = await temporaryFolder();
    const before = await bringIn(server, { source: { windows } }, { folder: folder.path });
    split = true;
    const after = await bringIn(
      server,
      { source: { windows } },
      { folder: folder.path, clock: new JumpingClock(NOW + DAY), until: UNTIL + DAY },
    );
    assertWhole(after, dates(21));
    const priceOf = (tried: typeof after, ticker: string): number[] =>
      tried.records
        .filter((row) => row.ticker === ticker)
        .slice(0, 20)
        .map(({ price }) => Number(price));
    assert.deepEqual(
      priceOf(after, "A"),
      priceOf(before, "A").map((price) => price / 2),
    );
    assert.deepEqual(priceOf(after, "B"), priceOf(before, "B"));
    const asked = (ticker: string): number => after.requests.filter(({ path }) => path.endsWith(`/${ticker}`)).length;
    assert.equal(asked("B"), 1);
    assert.ok(asked("A") >= 3, `A was asked ${asked("A")} times`);
    const later = await bringIn(
      server,
      { source: { windows } },
      { folder: folder.path, clock: new JumpingClock(NOW + DAY), until: UNTIL + DAY },
    );
    assert.equal(later.requests.length, 0, "the split does not restate for ever");
  });

  it("28) a ticker that the source no longer knows is skipped and said, and the others are whole", async () => {
    server = await startTiny();
    server.fail(({ path }) => path.endsWith("/A"), {
      kind: "answer",
      answer: { status: 404, body: '{"message":"NotFound"}' },
    });
    await using folder = await temporaryFolder();
    const tried = await bringIn(server, {}, { folder: folder.path });
    assert.equal(tried.summary.outcome, "done");
    assert.deepEqual(
      tried.summary.warnings.map(({ partition }) => partition),
      ["A"],
    );
    assert.deepEqual(coveredOf(tried, "A"), []);
    assert.deepEqual(
      recordsOf(tried),
      dates().map((day) => `B ${day}`),
    );
    assert.equal(tried.requests.length, REQUESTS - 1);
    const tomorrow = await bringIn(server, {}, { folder: folder.path, clock: new JumpingClock(NOW + DAY) });
    assert.equal(tomorrow.requests.length, 0, "it is not asked every day");
    const week = await bringIn(server, {}, { folder: folder.path, clock: new JumpingClock(NOW + 8 * DAY) });
    assert.equal(week.requests.length, 1, "but after a week");
  });

  it("28) a ticker that has ended keeps its history, and is neither asked nor missed from then on", async () => {
    await start((asked) => rowsOf(asked));
    const gone = { kind: "answer", answer: { status: 410, body: '{"message":"delisted"}' } } as const;
    server.fail(({ path, query }) => path.endsWith("/A") && (query.get("from") ?? "") > "2024-01-10", gone);
    const source = { responses: [when({ status: 410 }).endPartition()] };
    await using folder = await temporaryFolder();
    const tried = await bringIn(server, { source }, { folder: folder.path });
    assert.equal(tried.summary.outcome, "done");
    assert.deepEqual(recordsOf(tried), [...dates(10).map((day) => `A ${day}`), ...dates().map((day) => `B ${day}`)]);
    assert.equal(tried.summary.gaps, 0, "what will never come is no gap");
    const later = await bringIn(server, { source }, { folder: folder.path, clock: new JumpingClock(NOW + 30 * DAY) });
    assert.equal(later.requests.length, 0);
  });
});
