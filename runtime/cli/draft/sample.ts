import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fetch from "node-fetch";
import { messageOf, UserError } from "../../dataset/errors.ts";
import type { Format } from "../../dataset/format.ts";
import { parseJson } from "../../dataset/json.ts";
import type { JsonValue, SourceRow } from "../../dataset/source.ts";
import { decodeRows, headText } from "../../decode/index.ts";
import { type AskedBody, bodyText } from "./asked-body.ts";
import { isObject } from "./json-object.ts";

/** Part of an answer of the source that is to be described. */
export interface Sample {
  /** Where it was asked; undefined for a file. */
  readonly url: URL | undefined;
  /** What it was asked with, when that was a POST. */
  readonly asked: AskedBody | undefined;
  readonly format: Format;
  /** Never empty. */
  readonly rows: readonly SourceRow[];
  /** The field of each row that `rows` are, as `node` is in the edges of Relay; undefined for the rows themselves. */
  readonly inside: string | undefined;
  /** The parsed body, of JSON. */
  readonly body: JsonValue | undefined;
  /** Of the answer, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes of text that are looked at. */
const LARGEST = 16 * 1024 * 1024;
/** Rows that are looked at. */
const MOST_ROWS = 10_000;
const TIMEOUT = 60_000;

/** Asks the URL once, or reads the file, and finds the rows. @throws UserError */
export async function takeSample(
  from: string,
  headers: Readonly<Record<string, string>>,
  asked: AskedBody | undefined,
): Promise<Sample> {
  if (!/^https?:\/\//.test(from)) return understand(await fileBytes(from), { url: undefined, asked, headers: {} });
  const url = new URL(from);
  if (url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname))
    throw wrong("is not https", from, "http is only for this machine");
  return ask(url, headers, asked);
}

const wrong = (problem: string, value: string, fix: string): UserError =>
  new UserError("there is no sample to draft from:", [{ path: "--from", problem, value, fix }]);

async function fileBytes(path: string): Promise<Uint8Array> {
  if (existsSync(path)) return readFile(path);
  throw wrong(
    "is neither a file nor a URL",
    path,
    "give an https URL, or the path of a file with an answer of the source",
  );
}

async function ask(url: URL, headers: Readonly<Record<string, string>>, asked: AskedBody | undefined): Promise<Sample> {
  const response = await fetch(url.href, {
    ...(asked ? { method: "POST", body: bodyText(asked) } : {}),
    headers: {
      accept: "*/*",
      "user-agent": "tidegate",
      ...(asked ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    redirect: "manual",
    size: LARGEST,
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((error) => {
    throw wrong(
      `gave no answer (${messageOf(error).replace(/^.*, reason: /s, "")})`,
      url.href,
      "look whether it is right",
    );
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.ok) return understand(bytes, { url, asked, headers: Object.fromEntries(response.headers) });
  const text = (await headText(bytes, 200)).trim();
  const fix =
    response.status === 401 || response.status === 403
      ? 'give what it wants to know who asks: --header "Authorization: Bearer …"'
      : "give a URL that answers with data";
  throw wrong(`answered ${response.status}: ${text.slice(0, 120)}`, url.href, fix);
}

async function understand(bytes: Uint8Array, from: Pick<Sample, "url" | "asked" | "headers">): Promise<Sample> {
  const named = from.url?.href ?? "the file";
  const found = isZip(bytes) ? await readZip(bytes) : await readText(await headText(bytes, LARGEST), named);
  const errors = from.asked?.kind === "graphql" && isObject(found.body) ? found.body.errors : undefined;
  if (Array.isArray(errors) && errors.length)
    throw wrong(`answered with errors: ${JSON.stringify(errors).slice(0, 300)}`, named, "give a query that it answers");
  const rows = found.rows.slice(0, MOST_ROWS);
  if (rows.length === 0)
    throw wrong("has no rows", named, "give an answer that has at least one row, better a hundred");
  return { ...from, ...found, ...insideOf(rows) };
}

/** What a list of edges is about is their nodes: https://relay.dev/graphql/connections.htm#sec-Edge-Types */
function insideOf(rows: readonly SourceRow[]): Pick<Sample, "rows" | "inside"> {
  const nodes = rows.map(({ node }) => node).filter(isObject);
  const others = rows
    .flatMap((row) => Object.keys(row))
    .filter((name) => !["node", "cursor", "__typename"].includes(name));
  return nodes.length === rows.length && others.length === 0
    ? { rows: nodes as unknown as SourceRow[], inside: "node" }
    : { rows, inside: undefined };
}

type Read = Pick<Sample, "format" | "rows" | "body">;

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

async function readZip(bytes: Uint8Array): Promise<Read> {
  const format: Format = { kind: "zip", of: { kind: "csv" } };
  return { format, rows: await firstRows(bytes, format), body: undefined };
}

async function firstRows(bytes: Uint8Array, format: Format): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const chunk of decodeRows(bytes, format)) {
    rows.push(...chunk);
    if (rows.length >= MOST_ROWS) break;
  }
  return rows;
}

async function readText(text: string, named: string): Promise<Read> {
  const start = text.trimStart();
  if (start.startsWith("<")) throw wrong("answers with a page for people, not with data", named, "give the API's URL");
  if (/^[{[]/.test(start)) return readJson(text, named);
  const delimiter = [",", ";", "\t", "|"].sort((a, b) => count(start, b) - count(start, a))[0] ?? ",";
  const format: Format = { kind: "csv", ...(delimiter === "," ? {} : { delimiter }) };
  try {
    return { format, rows: await firstRows(new TextEncoder().encode(text), format), body: undefined };
  } catch (error) {
    throw wrong(
      `is neither JSON nor CSV (${messageOf(error)})`,
      named,
      "describe it with textBody(), see docs/datasets.md",
    );
  }
}

/** How often a character is in the first line. */
const count = (text: string, character: string): number => (text.split("\n", 1)[0] ?? "").split(character).length;

function readJson(text: string, named: string): Read {
  const lines = text.split("\n").filter((line) => line.trim());
  const [first, second] = lines.slice(0, 2).map(parsed);
  if (lines.length > 1 && isObject(first) && isObject(second))
    return {
      format: { kind: "ndjson" },
      rows: lines.map(parsed).filter(isObject) as unknown as SourceRow[],
      body: undefined,
    };
  const body = parsed(text);
  if (body === undefined) throw wrong("begins like JSON, but is none", named, "give a whole answer");
  const { path, rows } = findRows(body);
  // An answer about one thing has no list: it is the row itself.
  if (rows.length === 0 && isObject(body))
    return { format: { kind: "json", rows: (whole) => [whole] }, rows: [body as unknown as SourceRow], body };
  return { format: { kind: "json", ...(path ? { rows: path } : {}) }, rows: rows as SourceRow[], body };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** The longest list of objects or lists in the body, the nearest to its top when several are as long. */
function findRows(body: JsonValue): { readonly path: string; readonly rows: readonly JsonValue[] } {
  let best: { path: string; rows: readonly JsonValue[] } = { path: "", rows: [] };
  const level: [path: string, value: JsonValue][] = [["", body]];
  for (let next = level.shift(); next; next = level.shift()) {
    const [path, value] = next;
    if (Array.isArray(value)) {
      const rows = value.filter((row) => typeof row === "object" && row !== null);
      if (rows.length > best.rows.length) best = { path, rows };
    } else if (isObject(value))
      for (const [name, inner] of Object.entries(value))
        if (!name.includes(".")) level.push([path ? `${path}.${name}` : name, inner]);
  }
  return best;
}
