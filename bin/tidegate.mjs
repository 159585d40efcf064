#!/usr/bin/env -S node --liftoff-only --max-semi-space-size=8 --max-old-space-size=1024
// Otherwise V8 spends hundreds of MiB on optimising the WebAssembly of PGlite, and on garbage that it leaves for later.
import { spawnSync } from "node:child_process";
import module from "node:module";
import { fileURLToPath } from "node:url";

const NEEDED = 24;

if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  // Halves the time to start: TypeScript is stripped and compiled once.
  module.enableCompileCache();
  const { main } = await import("../runtime/cli/main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  // The project brings a Node that runs TypeScript; an older one on PATH only starts it.
  const node = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  const { status, error } = spawnSync(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: "inherit" });
  if (error)
    process.stderr.write(
      `tidegate: needs Node ${NEEDED} or newer, this is ${process.version}; run npm ci, which brings one\n`,
    );
  process.exitCode = status ?? 1;
}
