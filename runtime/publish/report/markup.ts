/** HTML that is safe to put into a page as it is. Only `html` and `trusted` make it. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** A template whose every value is escaped, except markup. Lists are joined; null, undefined and false vanish. */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return trusted(String.raw({ raw: literals }, ...values.map(render)));
}

/** Marks text as HTML although nothing checked it: for the files of this folder and of libraries, never for data. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** JSON that can stand inside a script element whatever its texts contain. */
export function embeddedJson(value: unknown): Markup {
  return trusted(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape));
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return "markup" in content ? content.markup : content.map(render).join("");
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
