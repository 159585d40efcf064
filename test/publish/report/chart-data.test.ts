import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chartPartitionLimit,
  chartsOf,
  chartTimeLimit,
  type DatasetChart,
} from "../../../runtime/publish/report/chart-data.ts";
import type { PriceSeries } from "../../../runtime/publish/report/input.ts";

const day = 86_400;

function facts(name: string) {
  return { name, title: `Title of ${name}`, schema: {}, notes: [] };
}

function one(series: readonly PriceSeries[]): DatasetChart {
  const [chart] = chartsOf([facts("prices")], series);
  assert.ok(chart);
  return chart;
}

function timesOf({ axis }: DatasetChart): number[] {
  const times = [axis.start];
  for (const stride of axis.strides) times.push((times.at(-1) ?? 0) + stride * axis.step);
  return times;
}

describe("the data of the chart", () => {
  it("shares one time axis among the partitions of a dataset", () => {
    const chart = one([
      { dataset: "prices", partition: "AAPL", times: [0, day, 4 * day], close: [1, 2, 3] },
      { dataset: "prices", partition: "GOOG", times: [day, 5 * day], close: [20, 30] },
    ]);
    assert.deepEqual(chart, {
      dataset: "prices",
      title: "Title of prices",
      axis: { start: 0, step: day, strides: [1, 3, 1] },
      lines: [
        { partition: "AAPL", offset: 0, close: [1, 2, 3] },
        { partition: "GOOG", offset: 1, close: [20, null, 30] },
      ],
      partitions: 2,
      thinning: 1,
    });
  });

  it("loses no price, whatever the times", () => {
    const series = fc.uniqueArray(fc.record({ time: fc.integer({ min: -1e9, max: 1e9 }), price: fc.integer() }), {
      selector: ({ time }) => time,
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 4 }), (all) => {
        const chart = one(
          all.map((points, index) => ({
            dataset: "prices",
            partition: String(index),
            times: points.map(({ time }) => time),
            close: points.map(({ price }) => price),
          })),
        );
        const times = timesOf(chart);
        for (const [index, points] of all.entries()) {
          const line = chart.lines[index];
          const drawn = line?.close.flatMap((price, at) => (price === null ? [] : [[times[at + line.offset], price]]));
          assert.deepEqual(
            drawn,
            points.map(({ time, price }) => [time, price]).sort(([a = 0], [b = 0]) => a - b),
          );
        }
      }),
    );
  });

  it("leaves a hole where a price is no number", () => {
    const series = {
      dataset: "prices",
      partition: "A",
      times: [0, 1, 2, 3],
      close: [Number.NaN, 1, Number.POSITIVE_INFINITY, 2],
    };
    assert.deepEqual(one([series]).lines, [{ partition: "A", offset: 1, close: [1, null, 2] }]);
  });

  it("follows the order of the datasets and leaves out those without prices", () => {
    const series = ["b", "a"].map((dataset) => ({ dataset, partition: "p", times: [0], close: [1] }));
    const charts = chartsOf(
      [facts("a"), facts("none"), facts("b")],
      [...series, { dataset: "none", partition: "p", times: [], close: [] }],
    );
    assert.deepEqual(
      charts.map(({ dataset }) => dataset),
      ["a", "b"],
    );
  });

  it("holds a limited number of partitions and says how many there are", () => {
    const series = Array.from({ length: 500 }, (_, index) => ({
      dataset: "prices",
      partition: `p${index}`,
      times: [0],
      close: [1],
    }));
    const chart = one(series);
    assert.equal(chart.lines.length, chartPartitionLimit);
    assert.equal(chart.lines.at(-1)?.partition, `p${chartPartitionLimit - 1}`);
    assert.equal(chart.partitions, 500);
  });

  it("thins long series evenly, keeps the newest price, and says so", () => {
    const times = Array.from({ length: 3 * chartTimeLimit - 1 }, (_, index) => index * 60);
    const chart = one([{ dataset: "prices", partition: "A", times, close: times.map((time) => time + 0.5) }]);
    assert.equal(chart.thinning, 3);
    assert.deepEqual(new Set(chart.axis.strides), new Set([1]));
    assert.equal(chart.axis.step, 180);
    assert.equal(chart.lines[0]?.close.at(-1), (times.at(-1) ?? 0) + 0.5);
    assert.ok(chart.axis.strides.length < chartTimeLimit);
  });
});
