import { show } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { SourceRow } from "./source.ts";

/** A body that is not what the source promises for data. `broken` when it ends too early or is no JSON at all. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly broken: boolean;

  constructor(message: string, broken: boolean) {
    super(message);
    this.broken = broken;
  }
}

/** The rows of a JSON body, which must be a list. @throws BodyError */
export function readRows(body: Uint8Array): SourceRow[] {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new BodyError(`the body is no JSON (${(error as Error).message}): ${excerpt(body)}`, true);
  }
  if (!Array.isArray(value)) throw new BodyError(`the body is no list of rows but ${show(value)}`, false);
  return value as SourceRow[];
}

/** The beginning of a body, for an error. */
export const excerpt = (body: Uint8Array): string => show(Buffer.from(body.subarray(0, 200)).toString("utf8"));
