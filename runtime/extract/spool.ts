import { createHash } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskFull } from "../dataset/errors.ts";
import type { Content } from "../store/store.ts";

/** Bytes up to which a body is held in memory. */
const IN_MEMORY = 8 * 1024 * 1024;

export interface Spooled {
  readonly body: Content;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Removes the temporary file. */
  dispose(): Promise<void>;
}

/** Takes a body in, piece by piece: a small one into memory, a large one into a temporary file. */
export class Spool {
  readonly #folder: string;
  readonly #hash = createHash("sha256");
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #file: { readonly folder: string; readonly path: string; readonly handle: FileHandle } | undefined;

  /** @param folder where the file comes into a folder of its own */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws UserError when the disk is full */
  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#bytes += piece.byteLength;
    this.#pieces.push(piece);
    if (this.#file || this.#bytes > IN_MEMORY) await this.#spill();
  }

  async finish(): Promise<Spooled> {
    const file = this.#file;
    await file?.handle.close();
    return {
      body: file ? { path: file.path, bytes: this.#bytes } : Buffer.concat(this.#pieces),
      sha256: this.#hash.digest("hex"),
      bytes: this.#bytes,
      dispose: () => (file ? rm(file.folder, { recursive: true, force: true }) : Promise.resolve()),
    };
  }

  /** Forgets what came. */
  async discard(): Promise<void> {
    this.#pieces = [];
    await this.#file?.handle.close();
    if (this.#file) await rm(this.#file.folder, { recursive: true, force: true });
  }

  async #spill(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    try {
      this.#file ??= await openIn(this.#folder);
      for (const piece of pieces) await this.#file.handle.appendFile(piece);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOSPC"
        ? diskFull(this.#file?.path ?? this.#folder, error)
        : error;
    }
  }
}

async function openIn(parent: string): Promise<{ folder: string; path: string; handle: FileHandle }> {
  const folder = await mkdtemp(join(parent, "tidegate-body-"));
  const path = join(folder, "body");
  return { folder, path, handle: await open(path, "wx", 0o600) };
}
