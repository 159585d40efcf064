import { show } from "../dataset/errors.ts";
import type { JsonValue } from "../dataset/source.ts";

/** A body that is not what the source promises for data. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  /** It ends too early, or is not of that format at all: asking again may help. */
  readonly broken: boolean;
  /** The parsed body, when it is JSON though no rows. */
  readonly value: JsonValue | undefined;

  constructor(message: string, broken: boolean, value?: JsonValue) {
    super(message);
    this.broken = broken;
    this.value = value;
  }
}

/** The beginning of a body's text, for an error. */
export const excerpt = (text: string): string => show(text.slice(0, 200));
