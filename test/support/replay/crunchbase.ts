import {
  type Answer,
  type Asked,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "../../../runtime/replay/server.ts";
import { organizationView, roundView } from "./crunchbase-views.ts";
import { fixedQuota } from "./quota.ts";
import { type Round, roundsOf, type Venture, ventures } from "./ventures.ts";

/** The key that the server takes unless it is told another one. */
export const replayUserKey = "replay-user-key";

export interface CrunchbaseOptions extends ReplayOptions {
  /** @default replayUserKey */
  readonly key?: string;
  /** Another seed is another world. @default 1 */
  readonly seed?: number;
  /** @default 200; null for no limit */
  readonly callsPerMinute?: number | null;
}

const ROOT = "/v4/data/";
const MOST = 1_000;

const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  body: JSON.stringify([{ status, code, message }]),
});
const ok = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

/** A search that cannot be carried out. */
class BadSearch extends Error {}

/**
 * Crunchbase's Data API v4 with SYNTHETIC organizations, which every answer says in the header `x-tidegate-synthetic: true`:
 * `GET /v4/data/entities/organizations/{uuid or permalink}?field_ids=&card_ids=` and `POST /v4/data/searches/funding_rounds`,
 * https://data.crunchbase.com/docs/using-search-apis. As there, an answer has the fields that were asked for and no others, a search
 * goes on behind the last uuid of a page, a name instead of a permalink finds nothing and is no error, and nothing says what is
 * left of the 200 calls a minute. The body of 401 is that of the real API, those of the other errors have its form.
 */
export function startCrunchbase(options: CrunchbaseOptions = {}): Promise<ReplayServer> {
  const { key = replayUserKey, seed = 1, callsPerMinute = 200, now = Date.now } = options;
  const quota = fixedQuota({ amount: callsPerMinute ?? Number.MAX_SAFE_INTEGER, every: 60_000 }, now);

  function handle(asked: Asked): Answer {
    const { method, path, query, headers } = asked;
    if ((headers["x-cb-user-key"] ?? query.get("user_key")) !== key)
      return refusal(401, "LA401", "Unauthorized user_key");
    if (!quota.take()) return refusal(429, "LA429", "Usage limit exceeded");
    const [room, collection, id, ...rest] = path.startsWith(ROOT) ? path.slice(ROOT.length).split("/") : [];
    if (room === "entities" && collection === "organizations" && id && rest.length === 0) {
      if (method !== "GET") return refusal(405, "MD405", "Method not allowed");
      const found = ventures.find(({ uuid, permalink }) => id === uuid || id === permalink);
      return found ? organization(found, query) : refusal(404, "MD404", `Entity '${id}' could not be found`);
    }
    if (room === "searches" && collection === "funding_rounds" && id === undefined)
      return method === "POST" ? search(asked.body) : refusal(405, "MD405", "Method not allowed");
    return refusal(404, "MD404", "No such endpoint");
  }

  function organization(venture: Venture, query: URLSearchParams): Answer {
    const list = (name: string): string[] => query.get(name)?.split(",").filter(Boolean) ?? [];
    const { properties, cards } = organizationView(venture, roundsOf(venture, seed, now()));
    const wrong = list("field_ids").find((field) => !(field in properties));
    if (wrong) return refusal(400, "MD101", `field_ids: '${wrong}' is no field of organizations`);
    const wrongCard = list("card_ids").find((card) => !(card in cards));
    if (wrongCard) return refusal(400, "MD102", `card_ids: '${wrongCard}' is no card of organizations`);
    return ok({
      properties: only(properties, ["identifier", ...list("field_ids")]),
      ...(query.has("card_ids") ? { cards: only(cards, list("card_ids")) } : {}),
    });
  }

  function search(body: string): Answer {
    try {
      return ok(
        searched(
          JSON.parse(body),
          ventures.flatMap((one) => roundsOf(one, seed, now())),
        ),
      );
    } catch (error) {
      if (error instanceof BadSearch) return refusal(400, "MD101", error.message);
      if (error instanceof SyntaxError) return refusal(400, "MD100", "The body is no JSON");
      throw error;
    }
  }

  return startReplay(handle, options, { "x-tidegate-synthetic": "true" });
}

interface Predicate {
  readonly type: string;
  readonly field_id: string;
  readonly operator_id: string;
  readonly values: readonly string[];
}

interface Search {
  readonly field_ids?: readonly string[];
  readonly query?: readonly Predicate[];
  readonly order?: readonly { readonly field_id: string; readonly sort: string }[];
  readonly limit?: number;
  readonly after_id?: string;
}

const SPOKEN = ["field_ids", "query", "order", "limit", "after_id"];

function searched(asked: Search, rounds: readonly Round[]) {
  const unspoken = Object.keys(asked).find((name) => !SPOKEN.includes(name));
  if (unspoken) throw new BadSearch(`this replay server does not speak '${unspoken}'`);
  const { field_ids: fields = [], query = [], order = [], limit = 50, after_id: after } = asked;
  if (fields.length === 0) throw new BadSearch("field_ids: is missing");
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new BadSearch(`limit: must be from 1 to ${MOST}`);
  const found = rounds.filter((round) => query.every((predicate) => holds(predicate, round))).sort(sorting(order));
  const known = found.findIndex(({ uuid }) => uuid === after);
  if (after !== undefined && known < 0) throw new BadSearch(`after_id: '${after}' is not in the results`);
  const page = found.slice(known + 1, known + 1 + limit);
  return {
    count: found.length,
    entities: page.map((round) => {
      const view: Record<string, unknown> = roundView(round);
      const wrong = fields.find((field) => !(field in view));
      if (wrong) throw new BadSearch(`field_ids: '${wrong}' is no field of funding_rounds`);
      return { uuid: round.uuid, properties: only(view, fields) };
    }),
  };
}

function holds({ type, field_id: field, operator_id: operator, values }: Predicate, round: Round): boolean {
  if (type !== "predicate") throw new BadSearch(`query: this replay server does not speak '${type}'`);
  if (field === "funded_organization_identifier" && operator === "includes")
    return values.includes(round.venture.uuid) || values.includes(round.venture.permalink);
  const [value = ""] = values;
  const time = Date.parse(value);
  const own =
    field === "updated_at" ? round.updated : field === "announced_on" ? Date.parse(round.announced) : Number.NaN;
  if (Number.isNaN(own)) throw new BadSearch(`query: '${field}' cannot be asked with '${operator}'`);
  if (Number.isNaN(time)) throw new BadSearch(`query: '${value}' is no time`);
  if (operator === "gte") return own >= time;
  if (operator === "lte") return own <= time;
  throw new BadSearch(`query: '${operator}' is no operator of '${field}'`);
}

function sorting(order: Search["order"]): (one: Round, other: Round) => number {
  const [first = { field_id: "announced_on", sort: "desc" }] = order ?? [];
  if (first.field_id !== "announced_on")
    throw new BadSearch(`order: this replay server does not speak '${first.field_id}'`);
  const sign = first.sort === "asc" ? 1 : -1;
  return (one, other) =>
    sign *
    (one.announced < other.announced ? -1 : one.announced > other.announced ? 1 : one.uuid < other.uuid ? -1 : 1);
}

/** What is undefined is not known, and is left out as the real API does. */
const only = (view: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, view[field]]));
