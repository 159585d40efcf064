import type { JsonValue } from "../../dataset/source.ts";
import { namesSecret } from "../../replay/redact.ts";
import type { AskedBody } from "./asked-body.ts";
import { isObject, type JsonObject } from "./json-object.ts";
import type { ProposedPages } from "./pages.ts";
import { listedTexts, momentOf } from "./parameters.ts";
import type { FoundPartition } from "./partition.ts";
import { property } from "./property.ts";

/** What the draft sends. */
export interface ProposedBody {
  /** TypeScript, of several lines when it is long. */
  readonly code: string;
  /** TypeScript that stands before the definition. */
  readonly before: string | undefined;
  readonly doubts: readonly string[];
}

/** Characters of one line. */
const WIDTH = 90;

export interface BodyContext {
  readonly found: FoundPartition;
  /** Undefined when the query of the URL says which page. */
  readonly pages: ProposedPages | undefined;
  /** Whether rows come at any time. */
  readonly irregular: boolean;
}

/** A body like that of the sample, with window, partition and page where the sample's stood. */
export function proposeBody(body: AskedBody, context: BodyContext): ProposedBody {
  const printer = new Printer(context, body.kind === "graphql");
  if (body.kind === "json") {
    const code = object([`json: ${printer.whole(body.value)}`]);
    return { code, before: undefined, doubts: printer.doubts };
  }
  const variables = printer.whole(body.variables);
  return {
    code: variables === "{}" ? "{ graphql: QUERY }" : object(["graphql: QUERY", `variables: ${variables}`]),
    before: `const QUERY = \`${body.query.replace(/[\\`]|\$\{/g, "\\$&")}\`;`,
    doubts: printer.doubts,
  };
}

class Printer {
  readonly doubts: string[] = [];
  readonly #found: FoundPartition;
  readonly #pages: ProposedPages | undefined;
  readonly #irregular: boolean;
  /** Whether a value may be undefined, and is then not sent. */
  readonly #optional: boolean;
  #paged = false;

  constructor({ found, pages, irregular }: BodyContext, optional: boolean) {
    this.#found = found;
    this.#pages = pages;
    this.#irregular = irregular;
    this.#optional = optional;
  }

  /** With what asks for the page, also when the sample did not. */
  whole(value: JsonValue): string {
    if (!isObject(value)) return this.#value("", value);
    const properties = this.#properties(value, this.#optional);
    const { parameter } = this.#pages ?? {};
    if (parameter !== undefined && !this.#paged) properties.push(this.#page(parameter, undefined, this.#optional));
    return object(properties);
  }

  #properties(value: JsonObject, optional: boolean): string[] {
    return Object.entries(value).flatMap(([name, inner]) => {
      if (namesSecret(name)) {
        this.doubts.push(
          `${name} was left out of the body: it looks like a secret, which auth must send in another place`,
        );
        return [];
      }
      if (name === this.#pages?.parameter) return [this.#page(name, inner, optional)];
      return [`${property(name)}: ${this.#value(name, inner)}`];
    });
  }

  #page(name: string, sample: JsonValue | undefined, optional: boolean): string {
    this.#paged = true;
    const { value = "" } = this.#pages ?? {};
    if (value !== "page.token") return `${property(name)}: ${typeof sample === "string" ? `String(${value})` : value}`;
    if (optional) return `${property(name)}: ${value}`;
    if (sample === null) return `${property(name)}: ${value} ?? null`;
    return `...(${value} === undefined ? {} : { ${property(name)}: ${value} })`;
  }

  #value(name: string, value: JsonValue): string {
    if (isObject(value)) return object(this.#properties(value, false));
    const { text, field } = this.#found;
    if (text !== undefined && listedTexts(value) === text) return `[partition.${field}]`;
    if (Array.isArray(value)) return `[${value.map((one) => this.#value(name, one)).join(", ")}]`;
    const moment = value === null ? undefined : momentOf({ name, value: String(value) }, this.#irregular);
    if (moment !== undefined) return typeof value === "string" ? textOf(moment) : moment;
    return typeof value === "string" && value === text ? `partition.${field}` : JSON.stringify(value);
  }
}

/** JSON has no moments, and tells a number from its text. */
const textOf = (moment: string): string =>
  moment.endsWith(".date") ? moment : moment.endsWith("seconds") ? `String(${moment})` : `${moment}.toString()`;

function object(properties: readonly string[]): string {
  if (properties.length === 0) return "{}";
  const line = `{ ${properties.join(", ")} }`;
  if (line.length <= WIDTH && !line.includes("\n")) return line;
  return `{\n${properties.map((one) => `  ${one.replaceAll("\n", "\n  ")},\n`).join("")}}`;
}
