/**
 * Bundles one program, in a process of its own, for Pulumi's constructors cannot wait and plugins of esbuild can do nothing else.
 * `node program.ts <entry> <project's folder>` writes a `BundlerAnswer` as JSON.
 */
import { type BuildFailure, build, type Message } from "esbuild";
import { definitionFiles } from "./definition-files.ts";
import { ARTIFACT, type BundlerAnswer } from "./options.ts";

async function answer(entry: string, folder: string): Promise<BundlerAnswer> {
  try {
    const { outputFiles, warnings } = await build({
      ...ARTIFACT,
      entryPoints: [entry],
      absWorkingDir: folder,
      plugins: [definitionFiles(folder)],
    });
    const errors = warnings.filter(isLost).map(({ location }) => ({ location, text: LOST }));
    return errors.length > 0 ? { errors } : { code: outputFiles.map(({ text }) => text).join("") };
  } catch (error) {
    if (isBuildFailure(error)) return { errors: error.errors };
    throw error;
  }
}

const LOST =
  'a program of one file has no import.meta; a file beside the definition is written as new URL("./name.csv", import.meta.url)';

const isLost = ({ id, location }: Message): boolean =>
  id === "empty-import-meta" && (location?.file.startsWith("datasets/") ?? false);

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

const [entry = "", folder = ""] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await answer(entry, folder)));
