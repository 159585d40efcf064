/** An element of a page with the text directly and indirectly inside it. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
}

const withoutEnd = new Set(["meta", "input"]);
const token =
  /<!doctype html>|<(?<raw>script|style)(?<rawAttributes>[^>]*)>(?<body>[\s\S]*?)<\/\k<raw>>|<(?<end>\/)?(?<name>[a-z][a-z0-9]*)(?<attributes>(?:[^"<>]|"[^"]*")*?)(?<closed>\/)?>|(?<text>[^<]+)|(?<stray><)/gi;

/** Reads a page strictly: throws when elements are not nested properly, an id is there twice, or a bare `<` is left over. */
export function readElements(page: string): Element[] {
  const all: Element[] = [];
  const open: Element[] = [];
  const ids = new Set<string>();
  const add = (name: string, attributes: string): Element => {
    const element = { name, attributes: readAttributes(attributes), text: "" };
    const id = element.attributes.get("id");
    if (id !== undefined && ids.has(id)) throw new Error(`two elements with the id ${id}`);
    if (id !== undefined) ids.add(id);
    all.push(element);
    return element;
  };
  for (const { groups = {}, 0: source } of page.matchAll(token)) {
    if (groups.stray) throw new Error(`a bare < before ${page.slice(page.indexOf(source), 40)}`);
    if (groups.raw) add(groups.raw, groups.rawAttributes ?? "").text = groups.body ?? "";
    else if (groups.text) for (const element of open) element.text += decode(groups.text);
    else if (groups.end) {
      const last = open.pop();
      if (last?.name !== groups.name) throw new Error(`</${groups.name}> closes <${last?.name}>`);
    } else if (groups.name) {
      const element = add(groups.name, groups.attributes ?? "");
      if (!groups.closed && !withoutEnd.has(element.name)) open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return all;
}

function readAttributes(source: string): Map<string, string> {
  const found = source.matchAll(/(?<key>[^\s=]+)(?:="(?<value>[^"]*)")?/g);
  return new Map(Array.from(found, ({ groups = {} }) => [groups.key ?? "", decode(groups.value ?? "")]));
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
