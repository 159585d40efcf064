import { readFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { PartialMessage, Plugin } from "esbuild";

const FILE_BESIDE = /new\s+URL\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Files that definitions read, such as a CSV of tickers, become part of the program: `new URL("./tickers.csv", import.meta.url)`
 * in datasets/ is replaced by a data: URL of the file's bytes.
 * @param folder the project's
 */
export function definitionFiles(folder: string): Plugin {
  const definitions = join(folder, "datasets") + sep;
  return {
    name: "definition-files",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!path.startsWith(definitions)) return undefined;
        const text = await readFile(path, "utf8");
        const found = await Promise.all([...text.matchAll(FILE_BESIDE)].map((match) => embedded(match, path, folder)));
        const urls = found.map(({ url }) => url);
        return {
          contents: text.replaceAll(FILE_BESIDE, () => `new URL("${urls.shift()}")`),
          loader: "ts",
          errors: found.flatMap(({ error }) => error ?? []),
        };
      }),
  };
}

interface Embedded {
  readonly url: string;
  readonly error?: PartialMessage;
}

async function embedded(match: RegExpExecArray, path: string, folder: string): Promise<Embedded> {
  const name = match[2] ?? "";
  try {
    const bytes = await readFile(resolve(dirname(path), name));
    return { url: `data:;base64,${bytes.toString("base64")}` };
  } catch {
    const before = match.input.slice(0, match.index).split("\n");
    const location = {
      file: path.slice(folder.length + 1),
      line: before.length,
      column: before.at(-1)?.length ?? 0,
    };
    return { url: "data:,", error: { text: `the file ${name} cannot be read`, location } };
  }
}
