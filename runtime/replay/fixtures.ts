import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recording } from "./playback.ts";

/** A recorded exchange as a file: for a repository, so that a test needs neither the source nor its secrets. */
export interface Fixture {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: readonly (readonly [name: string, value: string])[];
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** The text as it came; bytes that are no text in base64. */
    readonly body: string | { readonly base64: string };
  };
}

/** The recorded exchanges of a folder, in the order in which they were made. */
export async function recordingsIn(folder: string): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const name of await fixtureNames(folder)) {
    const { request, response } = JSON.parse(await readFile(join(folder, name), "utf8")) as Fixture;
    const { status, headers, body } = response;
    const bytes = typeof body === "string" ? body : Buffer.from(body.base64, "base64");
    recordings.push({ ...request, read: async () => ({ status, headers, body: bytes }) });
  }
  return recordings;
}

/** Keeps exchanges in a folder, numbered on from those that are there. */
export async function fixtureWriter(folder: string): Promise<(fixture: Fixture) => Promise<void>> {
  await mkdir(folder, { recursive: true });
  let number = Number.parseInt((await fixtureNames(folder)).at(-1) ?? "0", 10);
  return async (fixture) => {
    number += 1;
    const { method, path } = fixture.request;
    const name = `${String(number).padStart(4, "0")}-${method}${path.replace(/[^\w.-]+/g, "-").slice(0, 80)}.json`;
    await writeFile(join(folder, name), `${JSON.stringify(fixture, null, 2)}\n`);
  };
}

const fixtureNames = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => /^\d{4,}-.*\.json$/.test(name)).sort();
