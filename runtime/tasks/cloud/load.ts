import { findLoadable } from "../../load/loadable.ts";
import { type Loaded, loadStep as loadAll } from "../load-step.ts";
import { type LoadPart, readPart, writePart } from "./parts.ts";
import { exitOf, type StepContext, type StepResult } from "./step.ts";

/** Brings the platform's targets up to the lake. */
export async function loadStep(context: StepContext): Promise<StepResult> {
  const { dataset, store, targets } = context;
  const processed = await readPart(context, "process");
  const partitions = targets.length ? await findLoadable(dataset, processed?.partitions ?? [], store) : [];
  const loaded = await loadAll({ ...context, partitions });
  const before = await readPart(context, "load");
  const part: LoadPart = { version: 1, ...loaded, rows: added(before?.rows ?? {}, loaded.rows) };
  await writePart(context, "load", part);
  const { rows, errors } = loaded;
  return { exit: exitOf(part), numbers: { rows, errors } };
}

const added = (before: Loaded["rows"], now: Loaded["rows"]): Loaded["rows"] => ({
  ...before,
  ...Object.fromEntries(
    Object.entries(now).map(([name, rows]) => [name, rows + (before[name as keyof Loaded["rows"]] ?? 0)]),
  ),
});
