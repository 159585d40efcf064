import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import fetch from "node-fetch";
import { messageOf, UserError } from "../../dataset/errors.ts";
import type { Format } from "../../dataset/format.ts";
import { parseJson } from "../../dataset/json.ts";
import type { JsonValue, SourceRow } from "../../dataset/source.ts";
import { decodeRows, headText } from "../../decode/index.ts";

/** Part of an answer of the source that is to be described. */
export interface Sample {
  /** Where it was asked; undefined for a file. */
  readonly url: URL | undefined;
  readonly format: Format;
  /** Never empty. */
  readonly rows: readonly SourceRow[];
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
export async function takeSample(from: string, headers: Readonly<Record<string, string>>): Promise<Sample> {
  if (!/^https?:\/\//.test(from)) return understand(await fileBytes(from), undefined, {});
  const url = new URL(from);
  if (url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname))
    throw wrong("is not https", from, "http is only for this machine");
  return ask(url, headers);
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

async function ask(url: URL, headers: Readonly<Record<string, string>>): Promise<Sample> {
  const response = await fetch(url.href, {
    headers: { accept: "*/*", "user-agent": "tidegate", ...headers },
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
  if (response.ok) return understand(bytes, url, Object.fromEntries(response.headers));
  const text = (await headText(bytes, 200)).trim();
  const fix =
    response.status === 401 || response.status === 403
      ? 'give what it wants to know who asks: --header "Authorization: Bearer …"'
      : "give a URL that answers with data";
  throw wrong(`answered ${response.status}: ${text.slice(0, 120)}`, url.href, fix);
}

async function understand(bytes: Uint8Array, url: URL | undefined, headers: Sample["headers"]): Promise<Sample> {
  const named = url?.href ?? "the file";
  const found = isZip(bytes) ? await readZip(bytes) : await readText(await headText(bytes, LARGEST), named);
  const rows = found.rows.slice(0, MOST_ROWS);
  if (rows.length === 0)
    throw wrong("has no rows", named, "give an answer that has at least one row, better a hundred");
  return { url, headers, ...found, rows };
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

type JsonObject = { [field: string]: JsonValue };

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
