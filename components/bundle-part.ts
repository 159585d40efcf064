import type { LakePart } from "./data-lake.ts";

/** The part of the lake that some bundles are: what says which version is the newest, and the archives. */
export const bundlePart = (bundles: readonly string[]): Required<LakePart> => ({
  folders: bundles.map((bundle) => `zipline-data/${bundle}`),
  // The date in an archive's name keeps apart bundles of which one's name begins with the other's.
  objects: bundles.flatMap((bundle) => ["", ".*"].map((rebuilt) => `zipline-data/${bundle}-2???????${rebuilt}.tar.gz`)),
});
