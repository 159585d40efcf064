import { salt, uuid } from "./chance.ts";
import type { Round, Venture } from "./ventures.ts";

const idOf = (name: string): string => name.toLowerCase().replace(/\W+/g, "-");

const identifier = (kind: string, value: string, permalink = idOf(value), id = uuid(salt(0, permalink))) => ({
  permalink,
  uuid: id,
  entity_def_id: kind,
  value,
});

const seconds = (time: number): string => new Date(time).toISOString().replace(".000Z", "Z");

const money = (value: NonNullable<Round["money"]>) => ({
  value: value.value,
  currency: value.currency,
  value_usd: value.usd,
});

/** All that can be asked for of an organization; what is undefined is not known. */
export function organizationView(venture: Venture, rounds: readonly Round[]) {
  const last = rounds.at(-1);
  const usd = rounds.reduce((sum, round) => sum + (round.money?.usd ?? 0), 0);
  const properties: Record<string, unknown> = {
    identifier: identifier("organization", venture.name, venture.permalink, venture.uuid),
    short_description: `${venture.name} is invented.`,
    website: { value: `https://${venture.permalink}.example` },
    founded_on: { value: venture.founded, precision: "day" },
    num_employees_enum: "c_00051_00100",
    operating_status: "active",
    categories: [identifier("category", venture.category)],
    location_identifiers: [identifier("location", venture.place)],
    num_funding_rounds: rounds.length,
    funding_total: usd ? money({ value: usd, currency: "USD", usd }) : undefined,
    last_funding_type: last?.type,
    last_funding_at: last?.announced,
    updated_at: seconds(last?.updated ?? Date.parse(venture.founded)),
  };
  const founders = venture.founders.map((name) => ({ identifier: identifier("person", name) }));
  const cards: Record<string, unknown> = { founders };
  return { properties, cards };
}

/** All that can be asked for of a funding round; what is undefined is not known. */
export function roundView(round: Round): Record<string, unknown> {
  const { venture, nth, type } = round;
  const name = `${type} - ${venture.name}`;
  const investors = round.investors.map((investor) => identifier("organization", investor));
  return {
    identifier: identifier("funding_round", name, `${venture.permalink}-${type}-${nth}`, round.uuid),
    funded_organization_identifier: identifier("organization", venture.name, venture.permalink, venture.uuid),
    announced_on: round.announced,
    investment_type: type,
    money_raised: round.money && money(round.money),
    num_investors: investors.length,
    investor_identifiers: investors,
    lead_investor_identifiers: investors.slice(0, 1),
    updated_at: seconds(round.updated),
  };
}
