import type { BuildOptions, Message } from "esbuild";

/** One file, as small as it gets, for the Node of the stock image. */
export const ONE_FILE = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "silent",
  write: false,
} as const satisfies BuildOptions;

/** As `ONE_FILE`, with the names of functions and classes, which logs and checks of errors show. */
export const ARTIFACT = {
  ...ONE_FILE,
  keepNames: true,
  mainFields: ["module", "main"],
} as const satisfies BuildOptions;

/** What program.ts says: the bundle, or everything that does not compile. */
export type BundlerAnswer =
  | { readonly code: string; readonly errors?: undefined }
  | { readonly errors: readonly Pick<Message, "location" | "text">[] };
