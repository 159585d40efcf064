import { fileURLToPath } from "node:url";
import ts from "typescript";

const VOCABULARY = fileURLToPath(new URL("../../runtime/dataset/index.ts", import.meta.url));

/** What the compiler says of files, with the strictness of the project. */
export function compile(...files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    typeRoots: [fileURLToPath(new URL("../../node_modules/@types", import.meta.url))],
    types: ["node"],
    paths: { tidegate: [VOCABULARY] },
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
