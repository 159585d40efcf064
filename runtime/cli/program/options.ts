import type { Command } from "commander";

/** Options that several commands have, as commander wants them. */
export const DATA = ["--data <folder>", "the local folder: lake, warehouse, database, report", ".tidegate"] as const;
export const LAKE = [
  "--lake <place>",
  "another lake than the local folder's: s3://bucket/prefix, or a folder",
] as const;
export const STACK_LAKE = ["--stack <name>", "the lake of a deployed stack, as its outputs say"] as const;
export const DATASETS = ["--datasets <folder>", "definitions in another folder than the project's datasets/"] as const;
export const JSON_OUTPUT = ["--json", "print one JSON document for programs to read"] as const;
export const STACK = ["--stack <name>", "the environment, as in Pulumi.<name>.yaml", "dev"] as const;

/** For an option that may be given several times. */
export const gather = (value: string, before: readonly string[]): string[] => [...before, value];

/** For an option with names separated by commas. */
export const names = (value: string): string[] =>
  value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

/** Says how each command ended. */
export type Ended = (code: number) => void;

export const examples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText(
    "after",
    `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
