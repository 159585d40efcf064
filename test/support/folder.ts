import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for a test, gone with all that is in it at the end of the block. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "tidegate-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A folder for each test of the block that calls this; its path is known during a test.
 * @param begin told of the path before the test
 */
export function useFolder(begin: (path: string) => void = () => undefined): { readonly path: string } {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    begin(folder.path);
  });
  afterEach(() => folder[Symbol.asyncDispose]());
  return {
    get path() {
      return folder.path;
    },
  };
}
