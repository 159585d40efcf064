import { createHash } from "node:crypto";
import { join } from "node:path";
import { type BuildOptions, buildSync, type Message } from "esbuild";
import { type Fault, UserError } from "../runtime/dataset/errors.ts";

/** The project's folder; entry points are relative to it. */
export const PROJECT_FOLDER = join(import.meta.dirname, "..");

/** A program in one file, ready for Node. */
export interface Bundle {
  readonly code: string;
  /** Lower case hexadecimal SHA-256 of the code's UTF-8 bytes. */
  readonly sha256: string;
}

/**
 * Bundles a program with everything that it imports into one CommonJS file for the Node of the stock image. The same sources
 * give the same bytes, wherever they lie.
 * @param entry relative to the project's folder
 * @throws UserError with file, line and column of everything that does not compile
 */
export function bundle(entry: string, folder: string = PROJECT_FOLDER): Bundle {
  const [output] = build({
    ...COMMON,
    entryPoints: [entry],
    absWorkingDir: folder,
    keepNames: true,
    mainFields: ["module", "main"],
  });
  return { code: output, sha256: createHash("sha256").update(output).digest("hex") };
}

/** As `bundle`, as small as it gets, for a command line. */
export function bundleSmall(entry: string, folder: string = PROJECT_FOLDER): string {
  const [output] = build({ ...COMMON, entryPoints: [entry], absWorkingDir: folder });
  return output.trim();
}

const COMMON = {
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

function build(options: BuildOptions & { readonly write: false }): [string] {
  try {
    const { outputFiles } = buildSync(options);
    return [outputFiles.map((file) => file.text).join("")];
  } catch (error) {
    const faults = isBuildFailure(error) ? error.errors.map(faultOf) : [];
    throw new UserError(`cannot bundle ${String(options.entryPoints)}:`, faults, { cause: error });
  }
}

const isBuildFailure = (error: unknown): error is { errors: Message[] } =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

const faultOf = ({ location, text }: Message): Fault => ({
  path: location ? `${location.file}:${location.line}:${location.column + 1}` : "",
  problem: text,
});
