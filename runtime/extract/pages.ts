import LinkHeader from "http-link-header";
import { at } from "../dataset/at.ts";
import { show } from "../dataset/errors.ts";
import type { Page, Pages } from "../dataset/pages.ts";
import type { JsonValue, SourceRow } from "../dataset/source.ts";
import type { PagePosition } from "../store/exchange.ts";
import { Incomplete, Shifted } from "./stopped.ts";

/** What of an answer says how its window goes on. */
export interface PageAnswer {
  readonly rows: number;
  readonly last: SourceRow | undefined;
  /** The parsed body, where it is JSON and was held in memory. */
  readonly value: JsonValue | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body. */
  readonly sha256: string;
}

type Kind<K extends Pages["kind"]> = Extract<Pages, { readonly kind: K }>;

/**
 * The pages of one window, one after the other. None is taken for the last one without proof; a source that gives the same
 * page twice, or never ends, is found out.
 */
export class Pagination {
  readonly #pages: Pages;
  readonly #tokens = new Set<string>();
  readonly #digests = new Map<string, number>();
  #total = 0;

  constructor(pages: Pages) {
    this.#pages = pages;
  }

  /**
   * What asks for the page after this one.
   * @returns undefined when this one is the last @throws Incomplete when neither can be told, Shifted when rows have moved
   */
  after(page: Page, answer: PageAnswer): PagePosition | undefined {
    this.#notSeen(page, answer);
    const next = this.#next(page, answer);
    if (!next) return undefined;
    const limit = "limit" in this.#pages ? this.#pages.limit : 1;
    if (page.number >= limit) throw new Incomplete(`it goes on after ${limit} pages, the limit`);
    return next;
  }

  #notSeen(page: Page, { rows, sha256 }: PageAnswer): void {
    if (page.token !== undefined) this.#tokens.add(page.token);
    if (rows === 0) return;
    const before = this.#digests.get(sha256);
    if (before !== undefined) throw new Incomplete(`page ${page.number} is page ${before} once more`);
    this.#digests.set(sha256, page.number);
  }

  #next(page: Page, answer: PageAnswer): PagePosition | undefined {
    const offset = page.offset + answer.rows;
    const pages = this.#pages;
    switch (pages.kind) {
      case "none":
      case "export":
        return undefined;
      case "counted":
        return this.#goesOn(pages, page, answer) ? { offset } : undefined;
      case "link":
        return this.#position(linkOf(pages, answer), page, offset);
      case "token":
        return this.#position(tokenOf(pages, answer), page, offset);
      case "relay":
        return this.#position(endCursor(pages, answer), page, offset);
      case "keyset":
        return this.#position(keyOf(pages, answer), page, offset);
    }
  }

  #position(token: string | undefined, page: Page, offset: number): PagePosition | undefined {
    if (token === undefined) return undefined;
    if (this.#tokens.has(token))
      throw new Incomplete(`page ${page.number} leads to a page that has been asked already`);
    return { offset, token };
  }

  #goesOn({ last, size }: Kind<"counted">, page: Page, answer: PageAnswer): boolean {
    const { rows } = answer;
    if (last === "empty") return rows > 0;
    if (last === "short") return rows >= size;
    if ("more" in last) {
      const more = within(answer, last.more);
      if (typeof more !== "boolean") throw new Incomplete(`the body has no true or false at ${last.more}`);
      return more;
    }
    const total = Number(within(answer, last.total) ?? Number.NaN);
    if (!Number.isInteger(total)) throw new Incomplete(`the body has no whole number at ${last.total}`);
    return this.#isBelow(total, page, rows, size);
  }

  /** A total that shrinks has moved the rows behind it forward, past the pages that were still to come. */
  #isBelow(total: number, page: Page, rows: number, size: number): boolean {
    const before = this.#total;
    this.#total = total;
    if (total < before) throw new Shifted(`the source said ${before} rows at first and ${total} then`);
    const seen = page.offset + rows;
    if (rows === 0 && seen < total && (page.number - 1) * size >= total)
      throw new Incomplete(`the source says ${total} rows and gives ${seen}`);
    return seen < total;
  }
}

function within({ value }: PageAnswer, path: string): JsonValue | undefined {
  if (value === undefined) throw new Incomplete(`the body is no JSON, or too large to look for ${path} in it`);
  return at(value, path);
}

/** Null, an empty text and nothing at all mean the same: there is no more. */
function textOf(found: JsonValue | undefined, what: string): string | undefined {
  if (found === undefined || found === null || found === "") return undefined;
  if (typeof found === "string" || typeof found === "number") return String(found);
  throw new Incomplete(`${what} is no text but ${show(found)}`);
}

function linkOf({ at }: Kind<"link">, answer: PageAnswer): string | undefined {
  if ("body" in at) return textOf(within(answer, at.body), at.body);
  const header = answer.headers.link;
  return header === undefined ? undefined : LinkHeader.parse(header).rel("next")[0]?.uri;
}

const tokenOf = ({ at }: Kind<"token">, answer: PageAnswer): string | undefined =>
  "body" in at
    ? textOf(within(answer, at.body), at.body)
    : textOf(answer.headers[at.header.toLowerCase()], `the header ${at.header}`);

function endCursor({ at }: Kind<"relay">, answer: PageAnswer): string | undefined {
  const more = within(answer, `${at}.pageInfo.hasNextPage`);
  if (typeof more !== "boolean") throw new Incomplete(`the body has no true or false at ${at}.pageInfo.hasNextPage`);
  if (!more) return undefined;
  const cursor = textOf(within(answer, `${at}.pageInfo.endCursor`), `${at}.pageInfo.endCursor`);
  if (cursor === undefined) throw new Incomplete(`there is a next page, but no ${at}.pageInfo.endCursor`);
  return cursor;
}

function keyOf({ size, key }: Kind<"keyset">, { rows, last }: PageAnswer): string | undefined {
  if (rows < size || last === undefined) return undefined;
  const found = key(last);
  const text =
    typeof found === "object" && found !== null ? JSON.stringify(found) : textOf(found, "the key of the last row");
  if (text === undefined) throw new Incomplete("the last row has no key to ask for more by");
  return text;
}
