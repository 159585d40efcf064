import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { type Fault, UserError } from "../runtime/dataset/errors.ts";
import { type BundlerAnswer, ONE_FILE } from "./bundler/options.ts";

/** The project's folder; entry points are relative to it. */
export const PROJECT_FOLDER = join(import.meta.dirname, "..");

const BUNDLER = join(import.meta.dirname, "bundler", "program.ts");
const MEBIBYTE = 2 ** 20;

/** A program in one file, ready for Node. */
export interface Bundle {
  readonly code: string;
  /** Lower case hexadecimal SHA-256 of the code's UTF-8 bytes. */
  readonly sha256: string;
}

/**
 * Bundles a program with everything that it imports, and the files that its definitions read, into one CommonJS file for the Node
 * of the stock image. The same sources give the same bytes, wherever they lie.
 * @param entry relative to the project's folder
 * @throws UserError with file, line and column of everything that does not compile
 */
export function bundle(entry: string, folder: string = PROJECT_FOLDER): Bundle {
  const { stdout, stderr, error } = spawnSync(process.execPath, [BUNDLER, entry, folder], {
    encoding: "utf8",
    maxBuffer: 64 * MEBIBYTE,
  });
  if (error || !stdout) throw new Error(`cannot bundle ${entry}: ${stderr}`, { cause: error });
  const answer: BundlerAnswer = JSON.parse(stdout);
  if (answer.errors) throw new UserError(`cannot bundle ${entry}:`, answer.errors.map(faultOf));
  return { code: answer.code, sha256: createHash("sha256").update(answer.code).digest("hex") };
}

/** Bundles a program of this project as small as it gets, for a command line. */
export function bundleSmall(entry: string): string {
  const { outputFiles } = buildSync({ ...ONE_FILE, entryPoints: [entry], absWorkingDir: PROJECT_FOLDER });
  return outputFiles.map(({ text }) => text.trim()).join("");
}

const faultOf = ({ location, text }: NonNullable<BundlerAnswer["errors"]>[number]): Fault => ({
  path: location ? `${location.file}:${location.line}:${location.column + 1}` : "",
  problem: text,
});
