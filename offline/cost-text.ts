import { describeUsage, type Usage } from "./cost/usage.ts";
import type { ComponentCost, CostEstimate } from "./cost.ts";
import type { CostComparison } from "./cost-compare.ts";
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
    `Estimated monthly cost of stack ${estimate.stack} (${pricesText(estimate)})`,
    textTable(columns, [...rows, ["total", usd(estimate.total), ""]]),
    unpricedText(estimate),
    "Assumed; change with --assume name=number:",
    ...usageLines(estimate.usage),
    ...estimate.notes,
  ].join("\n");
}

/** Two stacks side by side. */
export function comparisonText({ from, to, total, components }: CostComparison): string {
  const row = (name: string, sides: typeof total) => [name, usd(sides.from), usd(sides.to), signed(sides.difference)];
  const columns: Column[] = [
    { head: "component" },
    { head: from.stack, align: "right" },
    { head: to.stack, align: "right" },
    { head: "difference", align: "right" },
  ];
  return [
    `Estimated monthly cost in USD: stack ${from.stack} (${pricesText(from)}), stack ${to.stack} (${pricesText(to)})`,
    textTable(columns, [...components.map((one) => row(one.component, one)), row("total", total)]),
    `${from.stack}: ${unpricedText(from)}`,
    `${to.stack}: ${unpricedText(to)}`,
    "Assumed for both; change with --assume name=number:",
    ...usageLines(from.usage),
    ...new Set([...from.notes, ...to.notes]),
  ].join("\n");
}

/** The estimate in one line, the dearest components first. */
export function costSummary(estimate: CostEstimate): string {
  const shares = estimate.components
    .filter(({ monthly }) => monthly >= 0.005)
    .map((cost) => `${cost.component} ${usd(cost.monthly)}`);
  return `Estimated cost of stack ${estimate.stack}: ${usd(estimate.total)} USD a month (${pricesText(estimate)}): ${shares.join(", ")}.`;
}

const pricesText = ({ region, pricesOf, asOf }: CostEstimate): string =>
  `prices of ${pricesOf}${region === pricesOf ? "" : ` in place of ${region}`} as of ${asOf}`;

const usd = (value: number): string => (value > 0 && value < 0.005 ? "< 0.01" : value.toFixed(2));

const signed = (value: number): string => {
  const text = Math.abs(value).toFixed(2);
  return text === "0.00" ? "=" : `${value > 0 ? "+" : "-"}${text}`;
};

const howText = ({ items }: ComponentCost): string =>
  items.map(({ how, count }) => (count > 1 ? `${count} × (${how})` : how)).join("\n");

const unpricedText = ({ unpriced }: CostEstimate): string =>
  unpriced.length > 0
    ? `not priced, the total is too low: ${names(unpriced)}`
    : "everything in the stack is priced or free";

const names = (types: CostEstimate["unpriced"]): string =>
  types
    .map(({ type, count, reason }) => `${type}${count > 1 ? ` ×${count}` : ""}${reason ? ` (${reason})` : ""}`)
    .join(", ");

const usageLines = (usage: Usage): string[] =>
  (Object.keys(usage) as (keyof Usage)[]).map((name) => `  ${describeUsage(name, usage[name])}`);
