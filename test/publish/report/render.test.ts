import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { renderReport } from "../../../runtime/publish/report/index.ts";
import type { ReportInput } from "../../../runtime/publish/report/input.ts";
import { type Element, readElements } from "./elements.ts";
import { sampleReport } from "./sample.ts";
import { summary } from "./summary.ts";

function page(changes: Partial<ReportInput> = {}): {
  source: string;
  elements: Element[];
  named: (name: string) => Element[];
} {
  const source = renderReport({ ...sampleReport(), ...changes });
  const elements = readElements(source);
  return { source, elements, named: (name) => elements.filter((element) => element.name === name) };
}

function withAttribute(elements: readonly Element[], key: string, value?: string): Element[] {
  return elements.filter(({ attributes }) =>
    value === undefined ? attributes.has(key) : attributes.get(key) === value,
  );
}

describe("the report page", () => {
  const sample = page();

  it("has a section for everything a reader asks for", () => {
    const headings = sample.named("h2").map(({ text }) => text);
    assert.deepEqual(headings, ["Closing prices", "Coverage", "Runs", "Datasets", "Where everything is"]);
    assert.equal(sample.named("h1")[0]?.text, "Market data report");
    assert.match(sample.named("footer")[0]?.text ?? "", /Made by Tidegate on 2025-03-01 14:05 UTC/);
  });

  it("shows the numbers of the runs as the terminal does", () => {
    const rows = sample.named("tr").map(({ text }) => text);
    assert.ok(rows.includes("daily_pricesdone552.35 MB12,15412,1542000-03-012013-03-010002.9"), rows.join("\n"));
  });

  it("embeds the prices for the browser", () => {
    const [data] = withAttribute(sample.elements, "id", "chart-data");
    const charts = JSON.parse(data?.text ?? "");
    assert.deepEqual(
      charts.map(({ dataset, lines }: { dataset: string; lines: { partition: string }[] }) => [
        dataset,
        lines.length,
        lines[0]?.partition,
      ]),
      [
        ["daily_prices", 5, "AAPL"],
        ["coinbase_candles", 15, "BTC-USD"],
      ],
    );
    assert.equal(charts[0].lines[0].close[0], 130.31);
    assert.equal(charts[0].axis.strides.length, 3_269);
  });

  it("draws a lane for every partition with a text for what the pointer is on", () => {
    const lanes = withAttribute(sample.elements, "data-partition");
    assert.equal(lanes.length, 20);
    const tips = withAttribute(sample.elements, "data-tip").map(({ attributes }) => attributes.get("data-tip"));
    assert.ok(tips.includes("covered, but empty, 2000-03-01 to 2004-08-18 (1,632 days)"), tips.join("\n"));
  });

  it("tells columns, units and provenance of each dataset", () => {
    const rows = sample.named("tr").map(({ text }) => text);
    assert.ok(rows.includes("closedecimal(18, 6)USDClosing price, unadjusted"));
    assert.ok(rows.includes("volumeinteger or nullshares"));
    const notes = sample.named("li").map(({ text }) => text);
    assert.ok(notes.includes("Synthetic candles from a seeded generator."));
  });

  it("says where everything is", () => {
    const paths = sample.named("code").map(({ text }) => text);
    assert.ok(paths.includes("/home/ada/market-data/.tidegate/warehouse.duckdb"));
  });

  it("shows errors, warnings and reasons of the quarantine, and no such section when all is well", () => {
    const failed = summary({
      outcome: "failed",
      errors: [{ partition: "LINK-USD", problem: "the source answered 404", fix: "check the product" }],
      warnings: [{ problem: "is late" }],
    });
    const quarantine = [
      { dataset: "candles", partition: "ADA-USD", reason: "high is below low", records: 3_000, raw: "lake/raw/x.json" },
    ];
    const { named } = page({ summaries: [failed], quarantine });
    assert.equal(named("h2")[0]?.text, "Needs attention");
    const items = named("li").map(({ text }) => text);
    assert.ok(items.includes("errordaily_prices LINK-USD the source answered 404check the product"), items.join("\n"));
    assert.ok(items.includes("warningdaily_prices is late"));
    assert.ok(named("tr").some(({ text }) => text === "candlesADA-USD3,000high is below lowlake/raw/x.json"));
    assert.doesNotMatch(sample.source, /Needs attention/);
  });

  it("is made although there is nothing to show", () => {
    const { named } = page({ summaries: [], series: [], datasets: [], places: [] });
    assert.deepEqual(named("h2"), []);
    assert.match(
      named("p")
        .map(({ text }) => text)
        .join(),
      /No dataset has run yet/,
    );
  });

  it("stays readable with 500 partitions: a filter, and a chart that says what it leaves out", () => {
    const { summaries, datasets } = sampleReport();
    const [first] = summaries;
    const [one] = first?.coverage ?? [];
    assert.ok(first && one);
    const names = Array.from({ length: 500 }, (_, index) => `SYM${index}`);
    const { elements, named } = page({
      summaries: [{ ...first, coverage: names.map((partition) => ({ ...one, partition })) }],
      series: names.map((partition) => ({ dataset: "daily_prices", partition, times: [0, 86_400], close: [1, 2] })),
      datasets,
    });
    assert.equal(withAttribute(elements, "data-partition").length, 500);
    assert.equal(withAttribute(elements, "data-many").length, 1);
    assert.equal(withAttribute(elements, "type", "search").length, 1);
    assert.equal(withAttribute(sample.elements, "type", "search").length, 0);
    assert.match(
      named("span")
        .map(({ text }) => text)
        .join(),
      /The chart holds the first 40 of the 500 partitions of daily_prices\./,
    );
  });
});

describe("the report page as a file", () => {
  const sample = page();

  it("loads nothing: no address anywhere in its elements or styles", () => {
    for (const { name, attributes, text } of sample.elements) {
      for (const key of ["src", "srcset", "action", "poster", "data"])
        assert.ok(!attributes.has(key), `${name} has ${key}`);
      const href = attributes.get("href");
      assert.ok(href === undefined || href.startsWith("#"), href);
      if (name === "style") assert.doesNotMatch(text, /@import|url\((?!#)/);
    }
    assert.equal(sample.named("link").length, 0);
  });

  it("allows exactly its own scripts and styles", () => {
    const [policy] = withAttribute(sample.elements, "http-equiv");
    const directives = new Map(
      (policy?.attributes.get("content") ?? "").split("; ").map((text) => [text.slice(0, text.indexOf(" ")), text]),
    );
    assert.equal(directives.get("default-src"), "default-src 'none'");
    for (const [element, directive] of [
      ["style", "style-src"],
      ["script", "script-src"],
    ] as const) {
      const own = sample.named(element).filter(({ attributes }) => !attributes.has("type"));
      const hashes = own.map(({ text }) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
      assert.equal(directives.get(directive), [directive, ...hashes].join(" "));
    }
    assert.equal(withAttribute(sample.elements, "style").length, 0);
  });

  it("has scripts that are valid and find every element that they ask for by its id", () => {
    const scripts = sample.named("script").filter(({ attributes }) => !attributes.has("type"));
    assert.equal(scripts.length, 3);
    for (const { text } of scripts) new Script(text);
    const asked = scripts.flatMap(({ text }) =>
      Array.from(text.matchAll(/getElementById\("([^"]+)"\)/g), ([, id]) => id),
    );
    assert.ok(asked.length > 5);
    for (const id of asked) assert.equal(withAttribute(sample.elements, "id", id).length, 1, id);
  });

  it("defines every colour that styles and scripts use, in both themes", () => {
    const styles = sample
      .named("style")
      .map(({ text }) => text)
      .join("\n");
    const dark =
      /@media screen and \(prefers-color-scheme: dark\) \{\s*:root \{(?<body>[^}]*)\}/.exec(styles)?.groups?.body ?? "";
    const light = /:root \{(?<body>[^}]*)\}/.exec(styles)?.groups?.body ?? "";
    const defined = (body: string) => new Set(Array.from(body.matchAll(/(--[\w-]+):/g), ([, name]) => name));
    const used = Array.from(styles.matchAll(/var\((--[\w-]+)\)/g), ([, name]) => name).filter(
      (name) => name !== "--swatch",
    );
    for (const name of used) {
      assert.ok(defined(light).has(name), `${name} in light`);
      assert.ok(name === "--sans" || name === "--mono" || defined(dark).has(name), `${name} in dark`);
    }
  });

  it("names its tables, regions and controls for those who do not see them", () => {
    const captions = sample.named("caption");
    assert.equal(captions.length, sample.named("table").length);
    for (const caption of captions) assert.notEqual(caption.text, "");
    for (const { attributes } of withAttribute(sample.elements, "role", "region"))
      assert.ok(attributes.has("aria-label") || attributes.has("aria-labelledby"));
    for (const { attributes } of withAttribute(sample.elements, "role", "img")) assert.ok(attributes.has("aria-label"));
    for (const { attributes } of sample.named("th")) assert.ok(attributes.has("scope"));
    for (const { attributes } of sample.elements) {
      const target = attributes.get("aria-labelledby") ?? attributes.get("aria-describedby");
      if (target) assert.equal(withAttribute(sample.elements, "id", target).length, 1, target);
    }
  });
});

describe("the report page with hostile texts", () => {
  const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&`;

  it("shows them as texts and runs none of them", () => {
    const run = summary({
      dataset: hostile,
      title: hostile,
      outcome: "failed",
      errors: [{ partition: hostile, problem: hostile, fix: hostile }],
      warnings: [{ problem: hostile }],
      coverage: [
        {
          ...{
            partition: hostile,
            first: "2001-01-01",
            last: "2001-12-31",
            rows: 1,
            quarantined: 1,
            gaps: [],
            missing: [],
          },
          covered: [["2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z"]],
        },
      ],
    });
    const { elements, named } = page({
      title: hostile,
      summaries: [run],
      series: [{ dataset: hostile, partition: hostile, times: [0], close: [1] }],
      datasets: [
        {
          ...{ name: hostile, title: hostile, notes: [hostile] },
          schema: { [hostile]: { kind: "text", nullable: false, unit: hostile, description: hostile } },
        },
      ],
      places: [{ label: hostile, path: hostile }],
      quarantine: [{ dataset: hostile, partition: hostile, reason: hostile, records: 1, raw: hostile }],
    });
    assert.equal(named("script").length, 4);
    assert.equal(named("img").length, 0);
    for (const { attributes } of elements) for (const key of attributes.keys()) assert.doesNotMatch(key, /^on/);
    assert.equal(named("title")[0]?.text, hostile);
    assert.equal(withAttribute(elements, "data-partition")[0]?.attributes.get("data-partition"), hostile);
    assert.equal(JSON.parse(withAttribute(elements, "id", "chart-data")[0]?.text ?? "")[0].lines[0].partition, hostile);
  });
});
