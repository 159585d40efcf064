import { at, date, decimal, defineDataset, integer, json, jsonBody, keyset, rowsOf, text, timestamp } from "tidegate";
import { each } from "./formats/each.ts";
import { crunchbase, refusals } from "./providers/crunchbase.ts";

/** Rounds per page; the API takes up to 1,000. */
const PAGE = 100;

const FIELDS = [
  "identifier",
  "announced_on",
  "investment_type",
  "money_raised",
  "num_investors",
  "investor_identifiers",
  "lead_investor_identifiers",
  "updated_at",
];

const predicate = (field_id: string, operator_id: string, value: string) => ({
  type: "predicate",
  field_id,
  operator_id,
  values: [value],
});

export default defineDataset({
  name: "crunchbase_funding_rounds",
  title: "Funding rounds of Crunchbase",
  description: "The funding rounds of the organizations that were asked for: kind, money raised and who invested.",
  source: {
    ...crunchbase,
    // By the time of the last change: all rounds at first, then those that are new or were corrected.
    windows: { step: "5200 weeks", granularity: "1 day", over: "updated_at", lookback: "7 days" },
    request: ({ partition, window, page }) => ({
      path: ["v4", "data", "searches", "funding_rounds"],
      body: {
        json: {
          field_ids: FIELDS,
          query: [
            predicate("funded_organization_identifier", "includes", partition.organization),
            predicate("updated_at", "gte", String(window.start)),
            predicate("updated_at", "lte", String(window.end)),
          ],
          order: [{ field_id: "announced_on", sort: "asc" }],
          limit: PAGE,
          ...(page.token === undefined ? {} : { after_id: page.token }),
        },
      },
    }),
    pages: keyset({ size: PAGE, key: ({ uuid }) => uuid }),
    format: jsonBody({ rows: "entities" }),
    responses: refusals,
    rows: ({ uuid, properties }) => ({
      uuid,
      name: at(properties, "identifier.value"),
      announced_on: at(properties, "announced_on"),
      kind: at(properties, "investment_type"),
      money_raised: at(properties, "money_raised.value"),
      currency: at(properties, "money_raised.currency"),
      money_raised_usd: at(properties, "money_raised.value_usd"),
      investors: at(properties, "num_investors"),
      investor_names: each(at(properties, "investor_identifiers"), "value"),
      lead_investor_names: each(at(properties, "lead_investor_identifiers"), "value"),
      updated_at: at(properties, "updated_at"),
    }),
  },
  // Of organizations that Crunchbase knows: a search for a wrong permalink finds nothing and does not say so.
  partitions: { organization: rowsOf("crunchbase_organizations", "permalink") },
  schema: {
    organization: text({ description: "Permalink" }),
    uuid: text(),
    name: text(),
    announced_on: date(),
    kind: text({ description: "Such as seed, series_a, debt_financing" }),
    money_raised: decimal({ nullable: true, unit: "the currency beside it" }),
    currency: text({ nullable: true }),
    money_raised_usd: decimal({ nullable: true, unit: "USD", description: "At the rate of the day" }),
    investors: integer({ nullable: true }),
    investor_names: json({ nullable: true, description: "List" }),
    lead_investor_names: json({ nullable: true, description: "List" }),
    updated_at: timestamp(),
  },
  key: ["organization", "uuid"],
  cursor: "announced_on",
  calendar: "24/7",
  backfillFrom: "1990-01-01",
  after: ["crunchbase_organizations"],
  load: { warehouse: { sortBy: ["announced_on"] }, database: true },
});
