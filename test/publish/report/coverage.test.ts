import assert from "node:assert/strict";
import fc from "fast-check";
import type { PartitionCoverage } from "../../../runtime/dataset/run.ts";
import {
  type CoverageState,
  coverageDomain,
  layLane,
  narrowestMark,
  type Piece,
} from "../../../runtime/publish/report/coverage.ts";

const day = 86_400_000;
const at = (date: string) => Date.parse(date);

function coverage(changes: Partial<PartitionCoverage>): PartitionCoverage {
  return {
    partition: "AAPL",
    covered: [],
    first: null,
    last: null,
    rows: 0,
    quarantined: 0,
    gaps: [],
    missing: [],
    ...changes,
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function lane(changes: Partial<PartitionCoverage>, [start, end]: [string, string]): string[] {
  return layLane(coverage(changes), { start: at(start), end: at(end) }).map(
    ({ state, spans }) =>
      `${state} ${spans.map((span) => `${iso(span.start).slice(0, 10)}/${iso(span.end).slice(0, 10)}`).join(" ")}`,
  );
}

describe("the coverage picture", () => {
  it("spans from the first to the last instant that any partition mentions", () => {
    const domain = coverageDomain([
      coverage({ covered: [["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"]] }),
      coverage({ gaps: [["2000-06-01T00:00:00Z", "2000-07-01T00:00:00Z"]], first: "2001-05-01", last: "2003-03-01" }),
    ]);
    assert.deepEqual(domain, { start: at("2000-06-01"), end: at("2003-03-02") });
    assert.equal(coverageDomain([coverage({})]), undefined);
  });

  it("tells covered, gap and not yet apart", () => {
    const partition = {
      covered: [
        ["2001-01-01T00:00:00Z", "2001-03-01T00:00:00Z"],
        ["2001-04-01T00:00:00Z", "2001-06-01T00:00:00Z"],
      ] as const,
      gaps: [["2001-03-01T00:00:00Z", "2001-04-01T00:00:00Z"]] as const,
      first: "2001-01-01",
      last: "2001-05-31",
    };
    assert.deepEqual(lane(partition, ["2001-01-01", "2001-07-01"]), [
      "pending 2001-06-01/2001-07-01",
      "covered 2001-01-01/2001-03-01",
      "covered 2001-04-01/2001-06-01",
      "gap 2001-03-01/2001-04-01",
    ]);
  });

  it("shows the time before the first and behind the last record as empty, save for a few closed days", () => {
    const covered = [["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"]] as const;
    assert.deepEqual(lane({ covered, first: "2001-05-01", last: "2001-12-24" }, ["2001-01-01", "2002-01-01"]), [
      "covered 2001-05-01/2002-01-01",
      "empty 2001-01-01/2001-05-01",
    ]);
    assert.deepEqual(lane({ covered, first: "2001-01-08", last: "2001-12-23" }, ["2001-01-01", "2002-01-01"]), [
      "covered 2001-01-01/2001-12-24",
      "empty 2001-12-24/2002-01-01",
    ]);
  });

  it("shows what was asked and never had a record as empty", () => {
    const covered = [["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"]] as const;
    assert.deepEqual(lane({ covered }, ["2001-01-01", "2002-01-01"]), ["empty 2001-01-01/2002-01-01"]);
  });

  it("shows a single day without a record, wide enough to be seen", () => {
    const partition = coverage({
      covered: [["2000-01-01T00:00:00Z", "2013-01-01T00:00:00Z"]],
      first: "2000-01-01",
      last: "2012-12-31",
      missing: ["2012-10-29"],
    });
    const empty = layLane(partition, { start: at("2000-01-01"), end: at("2013-01-01") }).find(
      ({ state }) => state === "empty",
    );
    assert.deepEqual(empty?.spans, [{ start: at("2012-10-29"), end: at("2012-10-30") }]);
    assert.equal(empty?.width, narrowestMark);
    const centre = (at("2012-10-29T12:00:00Z") - at("2000-01-01")) / (at("2013-01-01") - at("2000-01-01"));
    assert.ok(Math.abs((empty?.x ?? 0) + narrowestMark / 2 - centre) < 1e-9);
  });

  it("joins marks that are too near to be drawn apart and remembers each", () => {
    const missing = ["2005-01-03", "2005-01-05", "2009-01-05"];
    const covered = [["2000-01-01T00:00:00Z", "2013-01-01T00:00:00Z"]] as const;
    assert.deepEqual(
      lane({ covered, first: "2000-01-01", last: "2012-12-31", missing }, ["2000-01-01", "2013-01-01"]).filter((text) =>
        text.startsWith("empty"),
      ),
      ["empty 2005-01-03/2005-01-04 2005-01-05/2005-01-06", "empty 2009-01-05/2009-01-06"],
    );
  });

  it("accounts for every instant exactly once, inside the picture, whatever the coverage", () => {
    const origin = at("2000-01-01");
    const span = fc
      .tuple(fc.nat(4_000), fc.integer({ min: 1, max: 900 }))
      .map(([from, length]) => [iso(origin + from * day), iso(origin + (from + length) * day)] as const);
    const date = fc.nat(5_000).map((days) => iso(origin + days * day).slice(0, 10));
    const anyCoverage = fc.record({
      partition: fc.constant("AAPL"),
      covered: fc.array(span, { maxLength: 5 }),
      gaps: fc.array(span, { maxLength: 5 }),
      records: fc.option(fc.tuple(date, date)),
      missing: fc.array(date, { maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(anyCoverage, { minLength: 1, maxLength: 3 }), (raw) => {
        const partitions = raw.map(({ records, ...rest }) => {
          const [first = null, last = null] = [...(records ?? [])].sort();
          return coverage({ ...rest, first, last });
        });
        const domain = coverageDomain(partitions);
        if (!domain) return;
        for (const partition of partitions) {
          const pieces = layLane(partition, domain);
          const spans = pieces.flatMap((piece) => piece.spans).sort((a, b) => a.start - b.start);
          assert.equal(spans[0]?.start, domain.start);
          assert.equal(spans.at(-1)?.end, domain.end);
          for (const [index, { end }] of spans.slice(0, -1).entries()) assert.equal(spans[index + 1]?.start, end);
          for (const { x, width } of pieces) assert.ok(x >= 0 && x + width <= 1 + 1e-9);
          for (const state of ["gap", "empty"] as const) assertApart(pieces, state);
        }
      }),
    );
  });
});

function assertApart(pieces: readonly Piece[], state: CoverageState): void {
  const marks = pieces.filter((piece) => piece.state === state);
  for (const [index, { x, width }] of marks.entries()) {
    assert.ok(width >= narrowestMark - 1e-12);
    assert.ok((marks[index + 1]?.x ?? 2) > x + width);
  }
}
