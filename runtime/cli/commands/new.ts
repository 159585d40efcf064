import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Fault, UserError } from "../../dataset/errors.ts";
import { loadDatasetFile, PROJECT_DATASETS } from "../datasets.ts";
import { type BodyOptions, readBody } from "../draft/asked-body.ts";
import { draft } from "../draft/draft.ts";
import { takeSample } from "../draft/sample.ts";
import { UsageError } from "../usage.ts";

export interface NewOptions extends BodyOptions {
  readonly from: string;
  readonly header: readonly string[];
  readonly datasets?: string;
  readonly json?: true;
}

/** `tidegate new`: drafts a definition from a sample, for a person to finish. */
export async function newDataset(name: string, options: NewOptions): Promise<number> {
  const headers = parseHeaders(options.header);
  const folder = resolve(options.datasets ?? PROJECT_DATASETS);
  const file = join(folder, `${name.replaceAll("_", "-")}.ts`);
  const asked = await readBody(options);
  refuse([...nameFaults(name), ...headers.faults, ...asked.faults], file);
  const sample = await takeSample(options.from, headers.values, asked.body);
  const { code, doubts, secrets, partition } = draft(name, sample, headers.values);
  await mkdir(folder, { recursive: true });
  await writeFile(file, code, { flag: "wx" });
  await loadDatasetFile(file);
  const next = nextSteps(name, file, options, secrets, partition.values[0] ?? "");
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, rows: sample.rows.length, check: doubts, secrets, next }, null, 2)}\n`
      : `${[
          `${file}: drafted from ${sample.rows.length} rows`,
          "",
          "What the sample did not say, marked CHECK in the file:",
          ...doubts.map((doubt) => `  ${doubt}`),
          "",
          "Next:",
          ...next.map((step) => `  ${step}`),
        ].join("\n")}\n`,
  );
  return 0;
}

function nextSteps(
  name: string,
  file: string,
  { datasets }: NewOptions,
  secrets: readonly string[],
  partition: string,
): string[] {
  const where = datasets === undefined ? "" : ` --datasets ${datasets}`;
  return [
    `answer each CHECK in ${file} and remove it`,
    ...(datasets === undefined || existsSync(join(datasets, "index.ts"))
      ? [`list it in ${join(datasets ?? "datasets", "index.ts")}`]
      : []),
    ...secrets.map((secret) => `export ${secret}=<its value>`),
    `tidegate check ${name} --partition ${JSON.stringify(partition)}${where}`,
    `tidegate run ${name}${where}`,
  ];
}

function refuse(faults: readonly Fault[], file: string): void {
  if (faults.length) throw new UsageError("cannot draft that:", faults);
  if (existsSync(file))
    throw new UserError("the file is there already:", [
      { path: pathToFileURL(file).pathname, problem: "would be overwritten", fix: "choose another name, or remove it" },
    ]);
}

const nameFaults = (name: string): Fault[] =>
  /^[a-z][a-z0-9_]{0,39}$/.test(name)
    ? []
    : [
        {
          path: "name",
          problem: "is no name of a dataset",
          value: name,
          allowed: "lower case letters, digits and underscores, beginning with a letter, at most 40",
        },
      ];

function parseHeaders(texts: readonly string[]): { values: Record<string, string>; faults: Fault[] } {
  const parsed = texts.map((text) => ({ text, match: /^([\w-]+)\s*:\s*(.+)$/.exec(text) }));
  return {
    values: Object.fromEntries(parsed.flatMap(({ match }) => (match ? [[match[1] ?? "", match[2] ?? ""]] : []))),
    faults: parsed
      .filter(({ match }) => !match)
      // A header may be a secret: it is not repeated.
      .map(() => ({ path: "--header", problem: "is no header", allowed: '"Name: value"' })),
  };
}
