import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** In the order of the cascade. */
const styleFiles = ["colours", "base", "overview", "tables", "chart", "coverage", "datasets", "media"];

/** What the page brings along instead of loading it. */
export interface Assets {
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
}

/** The chart library and this folder's own style and scripts, read when a page is made. */
export function readAssets(): Assets {
  const { resolve } = createRequire(import.meta.url);
  const library = (file: string) => readFileSync(resolve(`uplot/dist/${file}`), "utf8");
  const own = (file: string) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
  return {
    styles: [library("uPlot.min.css"), ...styleFiles.map((file) => own(`./style/${file}.css`))],
    scripts: [library("uPlot.iife.min.js"), own("./client/chart.js"), own("./client/coverage.js")],
  };
}

/**
 * A content security policy under which the page runs its own scripts and styles and can reach nothing else.
 * @see https://www.w3.org/TR/CSP3/#framework-directive-source-list
 */
export function contentSecurityPolicy({ styles, scripts }: Assets): string {
  const hashes = (sources: readonly string[]) =>
    sources.map((source) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`).join(" ");
  return `default-src 'none'; style-src ${hashes(styles)}; script-src ${hashes(scripts)}; base-uri 'none'; form-action 'none'`;
}
