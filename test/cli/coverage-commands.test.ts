import assert from "node:assert/strict";
import { join } from "node:path";
import type { ReplayServer } from "../../runtime/replay/server.ts";
import { writeJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";
import { stateKey } from "../../runtime/store/layout.ts";
import type { StateDocument } from "../../runtime/store/state.ts";
import { command, definitions, smallDataset } from "../support/command.ts";
import { useFolder } from "../support/folder.ts";
import { startRows } from "../support/replay/rows.ts";

const span = (start: string, end: string) => ({ start: `${start}T00:00:00Z`, end: `${end}T00:00:00Z` });

describe("what is missing, and asking for it", () => {
  let server: ReplayServer;
  const folder = useFolder();
  let data: string;
  let datasets: string;
  let store: FolderStore;

  beforeEach(async () => {
    server = await startRows();
    data = join(folder.path, "data");
    store = new FolderStore(join(data, "lake"));
    const asked = smallDataset("asked", server.url)
      .replace('{ item: ["one", "two", "three"] }', "{ item: requested() }")
      .replace("text, token", "requested, text, token");
    datasets = await definitions(folder.path, { "small.ts": smallDataset("small", server.url), "asked.ts": asked });
  });
  afterEach(() => server.close());

  const tidegate = (...args: string[]): ReturnType<typeof command> =>
    command([...args, "--data", data, "--datasets", datasets]);

  const keepState = (partition: string, state: Partial<StateDocument>): Promise<string> =>
    writeJson(store, stateKey("small", partition), { version: 2, dataset: "small", partition, coverage: [], ...state });

  describe("tidegate gaps", () => {
    const today = new Date().toISOString().slice(0, 10);

    it("tells of each partition what is missing, has ended, was skipped or never asked", async () => {
      await keepState("one", { coverage: [span("2024-01-01", "2024-02-01"), span("2024-02-10", today)] });
      await keepState("two", {
        coverage: [span("2024-01-01", "2024-03-01")],
        ended: { at: "2024-03-05T00:00:00Z", from: "2024-03-01T00:00:00Z", message: "delisted" },
      });
      await keepState("three", { skipped: { at: "2024-03-05T00:00:00Z", message: "no such item" } });
      const { code, stdout, stderr } = await tidegate("gaps", "small");
      assert.equal(code, 0, stderr);
      const line = (name: string): string => stdout.split("\n").find((text) => text.startsWith(name)) ?? "";
      assert.match(line("one"), /^one +9 +2024-02-01 to 2024-02-10/);
      assert.match(line("two"), /^two +0 .*ended at 2024-03-01: delisted/);
      assert.match(line("three"), /skipped since 2024-03-05: no such item/);
      assert.match(stdout, /tidegate run small asks for them/);

      const json = JSON.parse((await tidegate("gaps", "small", "--json")).stdout);
      const [found] = json.datasets;
      assert.deepEqual(found.partitions[0].gaps, [["2024-02-01T00:00:00Z", "2024-02-10T00:00:00Z"]]);
      assert.equal(found.partitions[0].gapBuckets, 9);
    });

    it("fails on gaps only when it is told to", async () => {
      for (const item of ["one", "two", "three"]) await keepState(item, { coverage: [span("2024-01-01", today)] });
      const complete = await tidegate("gaps", "small", "--fail");
      assert.equal(complete.code, 0, complete.stderr + complete.stdout);
      assert.match(complete.stdout, /^small: 0 gaps in 3 partitions/);
      await keepState("two", { coverage: [span("2024-01-02", today)] });
      assert.equal((await tidegate("gaps", "small")).code, 0);
      assert.equal((await tidegate("gaps", "small", "--fail")).code, 1);
    });

    it("looks into another lake", async () => {
      await keepState("one", { coverage: [span("2024-01-01", today)] });
      const elsewhere = ["--data", join(folder.path, "none"), "--lake", join(data, "lake"), "--datasets", datasets];
      const { stdout, stderr } = await command(["gaps", "small", "--json", ...elsewhere]);
      assert.equal(JSON.parse(stdout).datasets[0].partitions[0].gapBuckets, 0, stderr);
    });

    it("says of a folder without data that nothing was ever asked", async () => {
      const { code, stdout, stderr } = await tidegate("gaps", "small");
      assert.equal(code, 0, stderr);
      assert.equal(stdout.match(/never asked/g)?.length, 3);
    });
  });

  describe("tidegate request", () => {
    it("queues partitions once, lists them with their state, and a run brings them in", async () => {
      const first = await tidegate("request", "asked", "alpha", "BRK/B", "alpha");
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, /asked: 2 queued; tidegate run asked brings them in/);
      const again = await tidegate("request", "asked", "alpha", "beta", "--json");
      assert.deepEqual(JSON.parse(again.stdout), { dataset: "asked", added: ["beta"] });

      const run = await tidegate("run", "asked", "--until", "2024-01-10", "--json");
      assert.equal(run.code, 0, run.stderr);
      assert.equal(JSON.parse(run.stdout).summaries[0].rows, 30);
      await tidegate("request", "asked", "gamma");
      const list = await tidegate("request", "asked", "--list", "--json");
      assert.deepEqual(JSON.parse(list.stdout).queue, [
        { partition: "BRK/B", state: "brought in" },
        { partition: "alpha", state: "brought in" },
        { partition: "beta", state: "brought in" },
        { partition: "gamma", state: "waits" },
      ]);
      const gaps = JSON.parse((await tidegate("gaps", "asked", "--json")).stdout);
      assert.equal(gaps.datasets[0].partitions.length, 4);
    });

    it("refuses a dataset that lists its partitions, and requests that are none", async () => {
      const listed = await tidegate("request", "small", "one");
      assert.equal(listed.code, 1);
      assert.match(
        listed.stderr,
        /small takes no requests:\n.*are listed in its definition; write partitions: \{ item: requested\(\) \}/,
      );
      const nothing = await tidegate("request", "asked");
      assert.equal(nothing.code, 2);
      assert.match(nothing.stderr, /value: is missing; tidegate request asked <value\.\.\.>, or --list/);
    });
  });

  describe("tidegate backfill", () => {
    it("asks for the days and partitions that it names, again when it is told so", async () => {
      const backfill = (...args: string[]) =>
        tidegate(
          "backfill",
          "small",
          "--from",
          "2024-01-05",
          "--to",
          "2024-01-09",
          "--partitions",
          "one, three",
          ...args,
        );
      const first = await backfill();
      assert.equal(first.code, 0, first.stderr);
      const asked = (): string[] =>
        server.requests.map(({ path, query }) => `${path} ${query.get("from")} ${query.get("to")}`).sort();
      const expected = ["/rows/one 2024-01-05 2024-01-09", "/rows/three 2024-01-05 2024-01-09"];
      assert.deepEqual(asked(), expected);
      assert.equal((await backfill()).code, 0);
      assert.deepEqual(asked(), expected);
      assert.equal((await backfill("--again")).code, 0);
      assert.deepEqual(asked(), [...expected, ...expected].sort());
    });

    it("prints what starts it in the cloud, with the same input", async () => {
      const { code, stdout } = await tidegate(
        ...["backfill", "small", "--from", "2024-01-05", "--partitions", "one", "--again", "--stack", "prod"],
      );
      assert.equal(code, 0);
      assert.match(stdout, /^aws stepfunctions start-execution \\\n/);
      assert.match(stdout, /pulumi stack output stateMachineArns --stack prod --json \| jq -r \.small/);
      assert.match(stdout, /--input '\{"from":"2024-01-05","partitions":\["one"\],"again":true\}'\n$/);
      assert.equal(server.requests.length, 0);
    });

    it("ends with 2 and every mistake at once", async () => {
      const { code, stderr } = await tidegate(
        ...["backfill", "small", "--from", "2023-12-01", "--to", "2024-02-30", "--partitions", "one,tow"],
      );
      assert.equal(code, 2);
      assert.match(stderr, /--to: is no day of the form YYYY-MM-DD \(got "2024-02-30"\)/);
      const meaning = await tidegate(
        ...["backfill", "small", "--from", "2023-12-01", "--to", "2023-11-01", "--partitions", "one,tow"],
      );
      assert.match(meaning.stderr, /--from: is before the first day of small \(got "2023-12-01"\)/);
      assert.match(meaning.stderr, /--to: is before from/);
      assert.match(meaning.stderr, /--partitions: is no item \(got "tow"\).*did you mean "two"\?/);
    });
  });

  describe("tidegate run --source-url", () => {
    it("asks another server, and keeps its records apart from the source's own", async () => {
      await using other = await startRows();
      const { code, stderr } = await tidegate(
        ...["run", "small", "--until", "2024-01-10", "--source-url", `small=${other.url}`],
      );
      assert.equal(code, 0, stderr);
      assert.equal(server.requests.length, 0);
      assert.equal(other.requests.length, 3);
    });

    it("ends with 2 for what it cannot know", async () => {
      const { code, stderr } = await tidegate(
        ...[
          "run",
          "--source",
          "small=alpaca",
          "--source",
          "smal=x",
          "--source-url",
          "http://127.0.0.1:1",
          "--source-url",
          "small=ftp",
        ],
      );
      assert.equal(code, 2);
      for (const expected of [
        /--source: is no source of small \(got "alpaca"\); allowed: default/,
        /--source: names no dataset of this run \(got "smal"\); allowed: asked, small; did you mean "small"\?/,
        /--source-url: does not say of which dataset \(got "http:\/\/127\.0\.0\.1:1"\)/,
        /--source-url: is no base URL \(got "ftp"\); allowed: https, or http on this machine/,
      ])
        assert.match(stderr, expected);
    });
  });
});
