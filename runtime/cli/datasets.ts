import { existsSync, readdirSync, statSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDataset } from "../dataset/define.ts";
import type { Dataset } from "../dataset/definition.ts";
import { type Fault, messageOf, UserError, unknownName } from "../dataset/errors.ts";
import { UsageError } from "./usage.ts";

/** The project's own definitions. */
export const PROJECT_DATASETS = fileURLToPath(new URL("../../datasets", import.meta.url));
const VOCABULARY = new URL("../dataset/index.ts", import.meta.url).href;

/**
 * The datasets of a folder: what its index.ts lists, or else the default export of each of its files.
 * @param folder a user's own, anywhere on the disk. @default the project's `datasets/`
 * @throws UserError with the faults of all files at once
 */
export async function loadDatasets(folder: string = PROJECT_DATASETS): Promise<Dataset[]> {
  const path = resolve(folder);
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new UsageError("no datasets found:", [{ path: "--datasets", problem: "is no folder", value: folder }]);
  const release = provideVocabulary(path);
  try {
    return await importAll(path);
  } finally {
    release.deregister();
  }
}

/** The datasets of one file. @throws UserError with its faults */
export async function loadDatasetFile(file: string): Promise<Dataset[]> {
  const release = provideVocabulary(dirname(file));
  try {
    return datasetsOf(await import(pathToFileURL(file).href), basename(file));
  } finally {
    release.deregister();
  }
}

/** The named ones, in the order of the names; all when none is named. @throws UsageError with every unknown name */
export function selectDatasets(datasets: readonly Dataset[], names: readonly string[]): Dataset[] {
  if (names.length === 0) return [...datasets];
  const known = datasets.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length)
    throw new UsageError(
      "cannot run that:",
      unknown.map((name) => unknownName("", "no such dataset", name, known)),
    );
  return datasets.filter(({ name }) => names.includes(name));
}

async function importAll(folder: string): Promise<Dataset[]> {
  const found: Dataset[] = [];
  const faults: Fault[] = [];
  for (const file of filesOf(folder)) {
    try {
      found.push(...datasetsOf(await import(pathToFileURL(file).href), basename(file)));
    } catch (error) {
      const inner =
        error instanceof UserError && error.faults.length ? error.faults : [{ path: "", problem: messageOf(error) }];
      faults.push(
        ...inner.map((fault) => ({ ...fault, path: `${basename(file)}${fault.path ? `: ${fault.path}` : ""}` })),
      );
    }
  }
  for (const { name } of found.filter(({ name }, i) => found.findIndex((other) => other.name === name) !== i))
    faults.push({ path: name, problem: "is the name of two datasets", fix: "give each its own name" });
  if (found.length === 0 && faults.length === 0)
    faults.push({
      path: folder,
      problem: "has no dataset",
      fix: "add a file whose default export is defineDataset({ … })",
    });
  if (faults.length) throw new UserError(`the datasets in ${folder} cannot be used:`, faults);
  return found;
}

function filesOf(folder: string): string[] {
  const index = ["index.ts", "index.js", "index.mjs"]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (index) return [index];
  return readdirSync(folder)
    .filter((name) => /\.(ts|js|mjs)$/.test(name) && !/\.(test|d)\.ts$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function datasetsOf(module: Record<string, unknown>, file: string): Dataset[] {
  const exported = module.datasets ?? module.default;
  const values = Array.isArray(exported) ? exported : [exported];
  const datasets = values.filter(isDataset);
  if (datasets.length < values.length)
    throw new UserError(`${file} exports something else:`, [
      { path: "", problem: "its default export is no dataset", fix: "write export default defineDataset({ … })" },
    ]);
  return datasets;
}

/** Lets files of the folder import "tidegate" without having it installed, and be modules without a package.json. */
function provideVocabulary(folder: string): ReturnType<typeof registerHooks> {
  const inside = pathToFileURL(`${folder}/`).href;
  return registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "tidegate") return { url: VOCABULARY, shortCircuit: true };
      const resolved = next(specifier, context);
      return resolved.url.startsWith(inside) && resolved.url.endsWith(".ts") && !resolved.url.includes("/node_modules/")
        ? { ...resolved, format: "module-typescript" }
        : resolved;
    },
  });
}
