import assert from "node:assert/strict";
import { DAY } from "../../runtime/dataset/duration.ts";
import { when } from "../../runtime/dataset/index.ts";
import type { Asked } from "../../runtime/replay/server.ts";
import { readCoverage } from "../support/coverage.ts";
import { about, days, exchangesOf, extractTiny, useTiny } from "../support/extraction.ts";
import { tiny } from "../support/tiny.ts";

describe("the windows of an extraction", () => {
  const tools = useTiny();

  it("leaves a partition that the source does not know, and goes on with the others", async () => {
    tools.server.fail(about("A"), { kind: "answer", answer: { status: 404, body: "no such ticker" } });
    const { skipped, problems, progress } = await extractTiny(tools.dataset, tools.store, { days: 30 });
    assert.deepEqual([skipped.map(({ partition }) => partition), problems], [["A"], []]);
    assert.match(skipped[0]?.problem ?? "", /answered 404: "no such ticker"/);
    assert.equal(tools.server.requests.filter(about("A")).length, 1);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), []);
    assert.deepEqual(await readCoverage(tools.store, "tiny", "B"), [days(0, 30)]);
    assert.deepEqual([progress.at(-1)?.done, progress.at(-1)?.total], [6, 6]);
  });

  it("covers a window that a rule calls empty, and keeps the answer", async () => {
    const { responses } = tools.dataset.source;
    const rules = [when({ status: 204 }).empty(), ...responses];
    tools.server.fail(about("A"), { kind: "answer", answer: { status: 204, body: "" } });
    await extractTiny(tiny(tools.server.url, { source: { responses: rules } }), tools.store, { days: 10 });
    assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 10)]);
    const [exchange] = await exchangesOf(tools.store, "raw/tiny/A/");
    assert.deepEqual([exchange?.verdict, exchange?.response.status, exchange?.body.bytes], ["empty", 204, 0]);
  });

  it("splits a window that is too much, down to a single bucket", async () => {
    const length = ({ query }: Asked): number =>
      (Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "")) / DAY + 1;
    tools.server.fail((asked) => length(asked) > 3, { kind: "answer", answer: { status: 413, body: "too many rows" } });
    const splitting = tiny(tools.server.url, { source: { responses: [when({ status: 413 }).splitWindow()] } });
    const { problems, done, total } = await extractTiny(splitting, tools.store, { days: 10 });
    assert.deepEqual(problems, []);
    assert.equal(done, total);
    assert.deepEqual(
      tools.server.requests
        .filter(about("A"))
        .filter(({ status }) => status === 200)
        .map(({ query }) => `${query.get("from")?.slice(8)}-${query.get("to")?.slice(8)}`),
      ["01-03", "04-05", "06-08", "09-10"],
    );
    assert.deepEqual(await readCoverage(tools.store, "tiny", "A"), [days(0, 10)]);

    tools.server.fail(() => true, { kind: "answer", answer: { status: 413, body: "too many rows" } });
    const { problems: hopeless } = await extractTiny(splitting, tools.store, { days: 11 });
    assert.match(hopeless[0]?.problem ?? "", /refuses even a single bucket: answered 413/);
  });

  it("survives a definition whose request throws", async () => {
    const broken = tiny(tools.server.url, {
      source: {
        request: ({ partition }) => {
          if (partition.ticker === "A") throw new TypeError("cannot read it");
          return { path: ["prices", partition.ticker], query: { from: "2024-01-01", to: "2024-01-02" } };
        },
      },
    });
    const { problems } = await extractTiny(broken, tools.store);
    assert.deepEqual(problems, [{ partition: "A", problem: "cannot read it" }]);
  });

  it("encodes what it asks for, and leaves out what is undefined", async () => {
    const odd = tiny(tools.server.url, {
      source: {
        request: ({ partition, window }) => ({
          path: ["prices", partition.ticker, 7],
          query: { start: window.first, n: 5, none: undefined, text: "a b&c" },
        }),
      },
      definition: { partitions: { ticker: ["BRK/B é?"] } },
    });
    await extractTiny(odd, tools.store, { days: 5 });
    const [asked] = tools.server.requests;
    assert.equal(asked?.path, "/prices/BRK%2FB%20%C3%A9%3F/7");
    assert.deepEqual(
      [...(asked?.query ?? [])],
      [
        ["start", "2024-01-01T00:00:00Z"],
        ["n", "5"],
        ["text", "a b&c"],
      ],
    );
  });
});
