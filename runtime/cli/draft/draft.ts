import { UserError } from "../../dataset/errors.ts";
import type { Format } from "../../dataset/format.ts";
import { proposeAuth } from "./auth.ts";
import { type ProposedColumn, proposeColumns } from "./columns.ts";
import { proposeIdentity } from "./identity.ts";
import { proposePages } from "./pages.ts";
import { property } from "./property.ts";
import { type ProposedRequest, proposeRequest } from "./request.ts";
import { rowsCode } from "./rows.ts";
import type { Sample } from "./sample.ts";
import { isIrregular, type ProposedWindows, proposeWindows } from "./windows.ts";

/** What stands before everything that a person has to look at. */
export const MARK = "CHECK:";

export interface Draft {
  /** TypeScript of the definition. */
  readonly code: string;
  /** What a person has to look at, in the order of the file. */
  readonly doubts: readonly string[];
  readonly secrets: readonly string[];
  readonly partition: { readonly field: string; readonly values: readonly string[] };
  readonly from: string;
}

/** A definition from a sample: complete, and marked wherever the sample did not say enough. */
export function draft(name: string, sample: Sample, headers: Readonly<Record<string, string>>): Draft {
  const auth = proposeAuth(name, sample.url, headers);
  const pages = proposePages(sample);
  const columns = proposeColumns(sample.rows);
  const identity = proposeIdentity(columns);
  const { cursor } = identity;
  const request = proposeRequest(sample, columns, pages, cursor !== undefined && isIrregular(cursor));
  const windows = cursor ? proposeWindows(cursor, request.span) : SNAPSHOT;
  const day = freeName("day", columns);
  const { field, values } = request.partition;
  const key = [...new Set([field, ...(cursor ? [] : [day]), ...identity.key])];
  const lines = new Lines();

  const words = ["daily", "defineDataset", pages.word, ...auth.words, ...formatWords(sample.format)];
  if (sample.inside !== undefined) words.push("at");
  words.push("text", ...columns.map(({ kind }) => kind), ...(cursor ? [] : ["date"]));
  lines.add(0, `import { ${[...new Set(words)].sort().join(", ")} } from "tidegate";`, "");
  if (request.body?.before) lines.add(0, request.body.before, "");
  lines.add(0, "export default defineDataset({");
  lines.add(1, `name: ${JSON.stringify(name)},`);
  lines.doubt(1, "a title for people", `title: ${JSON.stringify(titleOf(name))},`);
  lines.add(1, "source: {", '  kind: "http",');
  lines.doubts(2, request.doubts.url, `url: ${JSON.stringify(request.url)},`);
  if (auth.code) lines.doubts(2, auth.doubts, `auth: ${auth.code},`);
  lines.doubt(2, limitDoubt(sample), 'budget: [{ requests: 1, per: "1 second" }],');
  addWindows(lines, windows, cursor !== undefined);
  addRequest(lines, request, auth.headers, cursor !== undefined);
  lines.doubts(2, pages.doubts, `pages: ${pages.code},`);
  if (formatCode(sample.format)) lines.add(2, `format: ${formatCode(sample.format)},`);
  lines.add(2, ...rowsCode(columns, { field, day: cursor ? undefined : day, inside: sample.inside }));
  lines.add(1, "},");
  lines.doubts(1, request.doubts.partition, `partitions: { ${field}: ${list(values)} },`);
  lines.add(1, "schema: {");
  if (!columns.some((column) => column.name === field)) lines.add(2, `${field}: text(),`);
  if (!cursor) lines.add(2, `${day}: date({ description: "Day on which it was asked" }),`);
  for (const column of columns) lines.doubts(2, column.doubts, `${column.name}: ${columnCode(column, field)},`);
  lines.add(1, "},");
  lines.doubts(
    1,
    identity.doubts.filter((doubt) => doubt.startsWith("key")),
    `key: ${list(key)},`,
  );
  lines.doubts(
    1,
    identity.doubts.filter((doubt) => doubt.startsWith("cursor")),
    `cursor: "${cursor?.name ?? day}",`,
  );
  lines.doubts(1, windows.doubts.calendar, `calendar: ${windows.calendar},`);
  const from = windows.first ?? new Date().toISOString().slice(0, 10);
  lines.doubt(1, "how far back does the source go?", `backfillFrom: "${from}",`);
  lines.doubt(1, "when is the source's new data there?", 'schedule: daily("06:00", "UTC"),');
  lines.add(0, "});");
  return { code: lines.text, doubts: lines.found, secrets: auth.secrets, partition: request.partition, from };
}

const SNAPSHOT: ProposedWindows = {
  granularity: "1 day",
  step: "1 day",
  calendar: '"24/7"',
  first: undefined,
  doubts: {
    granularity: ["the rows say no time, so each day's answer is kept as it was then: a snapshot"],
    step: [],
    calendar: [],
  },
};

/** Lines of code, with what is to be checked above them. */
class Lines {
  readonly found: string[] = [];
  readonly #lines: string[] = [];

  get text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  add(depth: number, ...lines: readonly string[]): void {
    this.#lines.push(...lines.map((line) => (line ? `${"  ".repeat(depth)}${line}` : "")));
  }

  doubt(depth: number, doubt: string, ...lines: readonly string[]): void {
    this.doubts(depth, [doubt], ...lines);
  }

  doubts(depth: number, doubts: readonly string[], ...lines: readonly string[]): void {
    const subject = /^\w+/.exec(lines[0] ?? "")?.[0] ?? "";
    this.found.push(...doubts.map((doubt) => (doubt.startsWith(`${subject}:`) ? doubt : `${subject}: ${doubt}`)));
    this.add(depth, ...doubts.map((doubt) => `// ${MARK} ${doubt.replace(`${subject}: `, "")}`), ...lines);
  }
}

function addWindows(lines: Lines, { step, granularity, doubts }: ProposedWindows, hasTime: boolean): void {
  const snapshot = hasTime ? "" : ", snapshot: true";
  lines.doubts(
    2,
    [...doubts.step, ...doubts.granularity],
    `windows: { step: "${step}", granularity: "${granularity}"${snapshot} },`,
  );
}

function addRequest(
  lines: Lines,
  { path, query, body, isWindowed, doubts, partition }: ProposedRequest,
  headers: Readonly<Record<string, string>>,
  hasTime: boolean,
): void {
  const code = [...path, ...query.map(([, value]) => value), body?.code ?? ""].join(" ");
  const used = ["page", "partition", "window"].filter((word) => code.includes(`${word}.`));
  const unasked = isWindowed || !hasTime ? [] : ["it asks for no window: which parameters limit the time?"];
  const partitionless = used.includes("partition") ? [] : [`it does not name the ${partition.field} that is asked for`];
  lines.doubts(
    2,
    [...unasked, ...doubts.query, ...partitionless, ...(body?.doubts ?? [])],
    `request: (${used.length ? `{ ${used.join(", ")} }` : ""}) => ({`,
  );
  lines.add(3, `path: [${path.join(", ")}],`);
  if (query.length)
    lines.add(3, `query: { ${query.map(([name, value]) => `${property(name)}: ${value}`).join(", ")} },`);
  if (body) lines.add(3, ...`body: ${body.code},`.split("\n"));
  if (Object.keys(headers).length) lines.add(3, `headers: ${JSON.stringify(headers)},`);
  lines.add(2, "}),");
}

function columnCode({ kind, unit, nullable, name }: ProposedColumn, field: string): string {
  const notes = nullable && name !== field ? "{ nullable: true }" : "";
  if (kind === "timestamp") return `timestamp("${unit}"${notes ? `, ${notes}` : ""})`;
  return `${kind}(${notes})`;
}

function formatCode(format: Format): string | undefined {
  switch (format.kind) {
    case "json":
      if (format.rows === undefined) return undefined;
      return `jsonBody({ rows: ${typeof format.rows === "string" ? JSON.stringify(format.rows) : "(body) => [body]"} })`;
    case "ndjson":
      return "jsonLines()";
    case "csv":
      return `csvBody(${format.delimiter ? `{ delimiter: ${JSON.stringify(format.delimiter)} }` : ""})`;
    case "zip":
      return `zipOf(${formatCode(format.of)})`;
    case "text":
      throw new UserError("a sample of text cannot be drafted");
  }
}

const formatWords = (format: Format): string[] =>
  [...(formatCode(format) ?? "").matchAll(/(\w+)\(/g)].map(([, word]) => word ?? "");

function limitDoubt({ headers }: Sample): string {
  const said = Object.entries(headers)
    .filter(([name]) => /limit/i.test(name))
    .map(([name, value]) => `${name}: ${value}`);
  return `how often may it be asked?${said.length ? ` The answer said ${said.join(", ")}` : ""}`;
}

const list = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

const freeName = (name: string, columns: readonly ProposedColumn[]): string =>
  columns.some((column) => column.name === name) ? `${name}_asked` : name;
