import type { CostEstimate } from "./cost.ts";

/** One line of a comparison, in USD a month. */
export interface CostDifference {
  /** Type and name, as in an estimate. */
  readonly component: string;
  /** What it costs in each of the two stacks; nothing where the stack does not have it. */
  readonly from: number;
  readonly to: number;
  /** `to` less `from`. */
  readonly difference: number;
}

/** What two stacks cost, side by side. */
export interface CostComparison {
  readonly from: CostEstimate;
  readonly to: CostEstimate;
  readonly total: Omit<CostDifference, "component">;
  /** The greatest difference first, components that cost the same last. */
  readonly components: readonly CostDifference[];
}

/** Compares what two stacks cost, component by component; the same component has the same name in both. */
export function compareCosts(from: CostEstimate, to: CostEstimate): CostComparison {
  const names = new Set([...from.components, ...to.components].map(({ component }) => component));
  const components = [...names]
    .map((component) => ({ component, ...sides(monthlyOf(from, component), monthlyOf(to, component)) }))
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || b.to - a.to);
  return { from, to, total: sides(from.total, to.total), components };
}

const sides = (from: number, to: number): Omit<CostDifference, "component"> => ({ from, to, difference: to - from });

const monthlyOf = ({ components }: CostEstimate, name: string): number =>
  components.find(({ component }) => component === name)?.monthly ?? 0;
