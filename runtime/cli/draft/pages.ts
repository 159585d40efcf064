import type { JsonValue } from "../../dataset/source.ts";
import { isObject } from "./json-object.ts";
import { type Parameter, parametersOf } from "./parameters.ts";
import type { Sample } from "./sample.ts";

/** How the draft goes through the pages of an answer. */
export interface ProposedPages {
  /** TypeScript. */
  readonly code: string;
  readonly word: string;
  /** The parameter of query or body that says which page, and TypeScript of its value. */
  readonly parameter: string | undefined;
  readonly value: string | undefined;
  readonly doubts: readonly string[];
}

const NEXT = /^(next|next_?page|next_?page_?token|next_?token|next_?cursor(_?id)?|next_?url|cursor|continuation)$/i;
const MORE = /^(has_?more|has_?next|more)$/i;
const TOTAL = /^(total|total_?count|total_?results|count)$/i;
const TOKEN_PARAMETER = /^(page_?token|next_?token|cursor|after|starting_after|next)$/i;
const COUNTER = /^(page|page_?number|offset|skip|start_?index)$/i;
const SIZE = /^(limit|per_?page|page_?size|size|count)$/i;
const FULL = [10, 20, 25, 50, 100, 200, 250, 300, 500, 1_000, 5_000, 10_000];

export function proposePages({ url, asked, format, body, headers, rows }: Sample): ProposedPages {
  const parameters = parametersOf(url, asked);
  const fields = body === undefined ? [] : scalars(body);
  if (/rel="?next/.test(headers.link ?? ""))
    return { code: 'nextLink("header")', word: "nextLink", parameter: undefined, value: undefined, doubts: [] };
  const query = asked?.kind === "graphql" ? asked.query : undefined;
  const rowsAt = format.kind === "json" && typeof format.rows === "string" ? format.rows : "";
  const connections = fields.filter(([path, value]) => path.endsWith(MORE_OF_RELAY) && typeof value === "boolean");
  const connection = connections.find(([path]) => rowsAt.startsWith(path.slice(0, -"pageInfo.hasNextPage".length)));
  if (connection) return byRelay(connection, fields, parameters, query);
  const next = fields.find(([path, value]) => NEXT.test(last(path)) && (typeof value === "string" || value === null));
  if (next) return byNext(next, parameters);
  const counter = parameters.find(({ name }) => COUNTER.test(name));
  const size = Number(parameters.find(({ name }) => SIZE.test(name))?.value || rows.length);
  if (counter) return byNumber(counter, size, fields);
  return {
    code: "none()",
    word: "none",
    parameter: undefined,
    value: undefined,
    doubts: [
      FULL.includes(rows.length)
        ? `exactly ${rows.length} rows: most likely only the first page of more; none() says that one answer holds a whole window`
        : "none() says that one answer holds a whole window: does it?",
      ...(query === undefined ? [] : ["a connection says more with pageInfo { endCursor hasNextPage }: then relay()"]),
    ],
  };
}

type Field = readonly [path: string, value: JsonValue];

/** https://relay.dev/graphql/connections.htm#sec-undefined.PageInfo */
const [MORE_OF_RELAY, END_OF_RELAY] = [".pageInfo.hasNextPage", ".pageInfo.endCursor"];

function byRelay(
  [more, isMore]: Field,
  fields: readonly Field[],
  parameters: readonly Parameter[],
  query: string | undefined,
): ProposedPages {
  const path = more.slice(0, -MORE_OF_RELAY.length);
  // Who asks with a variable says himself which; another request names it as others do.
  const asked =
    query === undefined
      ? parameters.find(({ name }) => TOKEN_PARAMETER.test(name))?.name
      : /\bafter\s*:\s*\$(\w+)/.exec(query)?.[1];
  const unknown =
    query === undefined
      ? "which parameter takes the cursor? after is a guess"
      : "the query takes no cursor: declare $after: String, and give after: $after to the connection";
  return {
    code: `relay(${JSON.stringify(path)})`,
    word: "relay",
    parameter: asked ?? "after",
    value: "page.token",
    doubts: [
      ...(asked ? [] : [unknown]),
      ...(fields.some(([one]) => one === `${path}${END_OF_RELAY}`)
        ? []
        : ["the query asks for no endCursor: add it to pageInfo"]),
      ...(isMore ? [] : ["the sample has no next page: look at one that has"]),
    ],
  };
}

function byNext([path, value]: Field, parameters: readonly Parameter[]): ProposedPages {
  const at = `{ body: ${JSON.stringify(path)} }`;
  const doubts = value === null ? ["the sample has no next page: look at one that has"] : [];
  if (typeof value === "string" && /^https?:|^\//.test(value))
    return { code: `nextLink(${at})`, word: "nextLink", parameter: undefined, value: undefined, doubts };
  const asked = parameters.find(({ name }) => TOKEN_PARAMETER.test(name))?.name;
  return {
    code: `nextToken(${at})`,
    word: "nextToken",
    parameter: asked ?? "page_token",
    value: "page.token",
    doubts: asked ? doubts : [...doubts, "which parameter takes the token? page_token is a guess"],
  };
}

function byNumber({ name, value }: Parameter, size: number, fields: readonly Field[]): ProposedPages {
  const more = fields.find(([path, found]) => MORE.test(last(path)) && typeof found === "boolean")?.[0];
  const total = fields.find(([path, found]) => TOTAL.test(last(path)) && typeof found === "number")?.[0];
  const end = more ? `{ more: ${JSON.stringify(more)} }` : total ? `{ total: ${JSON.stringify(total)} }` : '"short"';
  const isOffset = !/page/i.test(name);
  return {
    code: `counted({ size: ${Math.max(1, size || 1)}, last: ${end} })`,
    word: "counted",
    parameter: name,
    value: isOffset ? "page.offset" : value === "0" ? "page.number - 1" : "page.number",
    doubts: [
      ...(more || total ? [] : ['"short" takes a page with fewer rows for the last one: is that so?']),
      `is a page always of ${size} rows?`,
    ],
  };
}

/** Every value outside of lists, by its path. */
function scalars(value: JsonValue, path = ""): Field[] {
  if (!isObject(value)) return path && !Array.isArray(value) ? [[path, value]] : [];
  return Object.entries(value).flatMap(([name, inner]) => scalars(inner, path ? `${path}.${name}` : name));
}

const last = (path: string): string => path.slice(path.lastIndexOf(".") + 1);
