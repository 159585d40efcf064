import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle, PROJECT_FOLDER } from "../../components/bundle.ts";
import { UserError } from "../../runtime/dataset/errors.ts";

describe("a bundle", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bundle-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("of the ingestion task holds all it needs and neither Pulumi nor a native module", () => {
    const { code } = bundle("runtime/tasks/run.ts");
    const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? "");
    // What the SDK and pg do without unless they are told to use it.
    const optional = ["@aws-sdk/signature-v4-crt", "pg-native"];
    assert.deepEqual(
      required.filter((name) => !isBuiltin(name) && !optional.includes(name)),
      [],
    );
    assert.doesNotMatch(code, /pulumi(?!RunError)|duckdb|pglite|\.node["'`]/i);
    assert(code.length < 2_000_000, `the artifact has ${code.length} characters`);
    assert(!code.includes(PROJECT_FOLDER), "the artifact names the folder that it was built in");
  });

  it("is the same for the same sources, wherever they lie", async () => {
    for (const copy of ["one", "two/deeper"])
      await cp(join(PROJECT_FOLDER, "components/bootstrap"), join(folder, copy), { recursive: true });
    const one = bundle("program.ts", join(folder, "one"));
    assert.deepEqual(one, bundle("program.ts", join(folder, "two/deeper")));
    await writeFile(join(folder, "one/program.ts"), "process.stdout.write('other');");
    assert.notEqual(bundle("program.ts", join(folder, "one")).sha256, one.sha256);
  });

  it("keeps the names of classes, which logs and checks of errors show", async () => {
    await writeFile(
      join(folder, "task.ts"),
      "class QuotaEnded extends Error {}\nprocess.stdout.write(QuotaEnded.name);",
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", bundle("task.ts", folder).code]);
    assert.equal(stdout, "QuotaEnded");
  });

  it("holds the files that definitions read, and the same values come out of it", async () => {
    await mkdir(join(folder, "datasets"));
    await writeFile(join(folder, "datasets/tickers.csv"), "ticker\nAAPL\nBRK.B\nÉTÉ\n");
    await writeFile(
      join(folder, "datasets/prices.ts"),
      `import { csvColumn } from "${PROJECT_FOLDER}/runtime/dataset/csv-file.ts";
export const tickers: string[] = csvColumn(
  new URL("./tickers.csv", import.meta.url),
  "ticker",
);
`,
    );
    await writeFile(
      join(folder, "task.ts"),
      'import { tickers } from "./datasets/prices.ts";\nprocess.stdout.write(JSON.stringify(tickers));',
    );
    const first = bundle("task.ts", folder);
    const { stdout } = await promisify(execFile)(process.execPath, ["--permission", "-e", first.code]);
    assert.deepEqual(JSON.parse(stdout), ["AAPL", "BRK.B", "ÉTÉ"]);
    await writeFile(join(folder, "datasets/tickers.csv"), "ticker\nIBM\n");
    assert.notEqual(bundle("task.ts", folder).sha256, first.sha256, "another file is another artifact");
  });

  it("refuses files of definitions that are not there, or named in a way that only this machine understands", async () => {
    await mkdir(join(folder, "datasets"));
    const faultsOf = async (...lines: string[]) => {
      await writeFile(join(folder, "datasets/prices.ts"), lines.join("\n"));
      await writeFile(join(folder, "task.ts"), 'import "./datasets/prices.ts";');
      try {
        bundle("task.ts", folder);
      } catch (error) {
        assert(error instanceof UserError);
        return error.faults;
      }
      return [];
    };
    assert.deepEqual(await faultsOf("", '  export const a = new URL("./tickers.csv", import.meta.url);'), [
      { path: "datasets/prices.ts:2:20", problem: "the file ./tickers.csv cannot be read" },
    ]);
    const [lost] = await faultsOf('const name = "tickers.csv";', "export const a = new URL(name, import.meta.url);");
    assert.equal(lost?.path, "datasets/prices.ts:2:32");
    assert.match(lost?.problem ?? "", /no import\.meta.*new URL\("\.\/name\.csv", import\.meta\.url\)/);
  });

  it("that does not compile is refused with file, line and column of each fault", async () => {
    await writeFile(join(folder, "task.ts"), 'import { a } from "./missing.ts";\n\nexport const b = a +;\n');
    assert.throws(
      () => bundle("task.ts", folder),
      new UserError("cannot bundle task.ts:", [{ path: "task.ts:3:21", problem: 'Unexpected ";"' }]),
    );
    await writeFile(
      join(folder, "task.ts"),
      'import { a } from "./missing.ts";\n  import "nowhere";\nexport const b = a;\n',
    );
    assert.throws(
      () => bundle("task.ts", folder),
      (error: UserError) => {
        assert.deepEqual(
          error.faults.map(({ path }) => path),
          ["task.ts:1:19", "task.ts:2:10"],
        );
        return true;
      },
    );
  });
});
