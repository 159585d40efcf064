import { bundleSmall } from "./bundle.ts";

let program: string | undefined;

/**
 * The command that makes the stock Node image fetch, verify and start an artifact. Its program is `bootstrap/program.ts`; what it
 * needs from the environment is described there.
 */
export function bootstrapCommand(): string[] {
  program ??= bundleSmall("components/bootstrap/program.ts");
  return ["node", "-e", program];
}
