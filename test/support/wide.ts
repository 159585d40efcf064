import { tiny } from "./tiny.ts";

/** Enough partitions for a second thread. */
export const TICKERS = Array.from({ length: 12 }, (_, i) => `T${i}`);

/** A dataset in a module of its own, where another thread finds it. */
export const wide = tiny("https://example.org", { definition: { name: "wide", partitions: { ticker: TICKERS } } });
