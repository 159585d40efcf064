import { describeUsage, type Usage } from "./cost/usage.ts";
import type { ComponentCost, CostEstimate } from "./cost.ts";
import { type Column, textTable } from "./text-table.ts";

/** The estimate as a table with all that has to be known to judge it. */
export function costText(estimate: CostEstimate): string {
  const rows = estimate.components.map((cost) => [cost.component, usd(cost.monthly), howText(cost)]);
  const columns: Column[] = [
    { head: "component" },
    { head: "USD a month", align: "right" },
    { head: "how it comes about" },
  ];
  return [
    `Estimated monthly cost of stack ${estimate.stack} (prices of ${estimate.region} as of ${estimate.asOf})`,
    textTable(columns, [...rows, ["total", usd(estimate.total), ""]]),
    ...(estimate.unpriced.length > 0
      ? [`not priced, the total is too low: ${names(estimate.unpriced)}`]
      : ["Everything in the stack is priced or free."]),
    "Assumed; change with --assume name=number:",
    ...usageLines(estimate.usage),
    ...estimate.notes,
  ].join("\n");
}

/** The estimate in one line, the dearest components first. */
export function costSummary({ stack, region, asOf, total, components }: CostEstimate): string {
  const shares = components
    .filter(({ monthly }) => monthly >= 0.005)
    .map((cost) => `${cost.component} ${usd(cost.monthly)}`);
  return `Estimated cost of stack ${stack}: ${usd(total)} USD a month (prices of ${region} as of ${asOf}): ${shares.join(", ")}.`;
}

const usd = (value: number): string => (value > 0 && value < 0.005 ? "< 0.01" : value.toFixed(2));

const howText = ({ items }: ComponentCost): string =>
  items.map(({ how, count }) => (count > 1 ? `${count} × (${how})` : how)).join("\n");

const names = (types: CostEstimate["unpriced"]): string =>
  types.map(({ type, count }) => (count > 1 ? `${type} ×${count}` : type)).join(", ");

const usageLines = (usage: Usage): string[] =>
  (Object.keys(usage) as (keyof Usage)[]).map((name) => `  ${describeUsage(name, usage[name])}`);
