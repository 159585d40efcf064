import { createHash } from "node:crypto";
import type { Dataset } from "../dataset/definition.ts";

/** Digest of everything of a definition that decides how raw becomes records. */
export function definitionDigest({ partitions, schema, key, cursor, checks, sources }: Dataset): string {
  const parts = [
    partitions.field,
    schema,
    key,
    cursor,
    checks.map((check) => (check.kind === "record" ? [check.name, check.columns, check.test] : [])),
    Object.entries(sources).map(([name, { rows, format, batch, windows }]) => [
      ...[name, rows, format, batch > 1],
      ...[windows.granularity, windows.over, windows.snapshot],
    ]),
  ];
  const text = JSON.stringify(parts, (_, value) => (typeof value === "function" ? String(value) : value));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
