/** Aborted by the first Ctrl-C or SIGTERM, so that a run stops at a safe point; a second one ends the process at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
  return controller.signal;
}
