import { none } from "../../runtime/dataset/pages.ts";
import type { ResolvedSource } from "../../runtime/dataset/source.ts";

/** A source without a limit worth the name. */
export const sourceOf = (url: string, changes: Partial<ResolvedSource> = {}): ResolvedSource => ({
  kind: "http",
  url,
  auth: { kind: "none" },
  budget: [{ requests: 10_000, per: "1 second", burst: 10_000 }],
  windows: { step: "1 day", granularity: "1 day" },
  request: () => ({ path: [] }),
  pages: none(),
  responses: [],
  format: { kind: "json" },
  batch: 1,
  hosts: [],
  privateNetwork: false,
  rows: () => ({}),
  ...changes,
});
