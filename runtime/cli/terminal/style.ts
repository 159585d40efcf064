import { styleText } from "node:util";

export type Format = Parameters<typeof styleText>[0];

/**
 * Text in a colour or weight, when the stream shows it: a terminal, and neither `NO_COLOR` nor its like forbids it, or `FORCE_COLOR` asks for it.
 * Without a stream the text stays plain.
 */
export function paint(stream: NodeJS.WritableStream | undefined, format: Format, text: string): string {
  return stream ? styleText(format, text, { stream }) : text;
}

/** The text with every control character spelled out, so that data cannot steer the terminal. */
export function printable(text: string, { keepNewlines = false } = {}): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    keepNewlines && character === "\n" ? character : (escapes.get(character) ?? unicode(character)),
  );
}

const escapes = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
