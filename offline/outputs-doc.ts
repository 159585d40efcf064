import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { keepPage, pageTable } from "./page.ts";

const COMMAND = "node offline/outputs-doc.ts";
const FOLDER = join(import.meta.dirname, "..");
const SOURCE = join(FOLDER, "components", "outputs.ts");
const PATH = join(FOLDER, "docs", "outputs.md");

/** An output as its declaration says. */
export interface DescribedOutput {
  readonly name: string;
  readonly kind: string;
  readonly says: string;
}

/** The outputs that the interface `PlatformOutputs` declares, in its order. */
export function describedOutputs(source: string = readFileSync(SOURCE, "utf8")): DescribedOutput[] {
  const file = ts.createSourceFile("outputs.ts", source, ts.ScriptTarget.ESNext, true);
  const declared = file.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === "PlatformOutputs",
  );
  return [...(declared?.members ?? [])].filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(file),
    kind: KINDS[member.type?.getText(file) ?? ""] ?? "text",
    says: ts
      .getJSDocCommentsAndTags(member)
      .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
      .join(" "),
  }));
}

const KINDS: Readonly<Record<string, string>> = {
  number: "number",
  ByName: "texts by name",
  "pulumi.Output<string[]>": "list of texts",
};

/** The page about all outputs of a stack, written from the interface that index.ts exports. */
export const outputsPage = (outputs: readonly DescribedOutput[] = describedOutputs()): string =>
  [
    "# Outputs of a stack",
    `This page is made from components/outputs.ts by \`${COMMAND}\`; \`--check\` says whether it is up to date. Do not edit it by hand.`,
    [
      "`pulumi stack output <name>` prints one, `pulumi stack output --json` all of them; another stack reads them with a",
      "`pulumi.StackReference`. They are an interface: an output keeps its name and its meaning for as long as `outputsVersion` keeps",
      "its number. None of them is a secret.",
    ].join("\n"),
    pageTable([["Output", "Value", "Says"], ...outputs.map(({ name, kind, says }) => [`\`${name}\``, kind, says])]),
  ]
    .join("\n\n")
    .concat("\n");

if (import.meta.main) await keepPage(PATH, outputsPage(), COMMAND);
