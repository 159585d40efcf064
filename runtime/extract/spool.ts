import { createHash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskFull } from "../dataset/errors.ts";
import { release } from "../store/content.ts";
import { scratchFolder } from "../store/scratch-folder.ts";
import type { Content } from "../store/store.ts";

/** Bytes up to which a body is held in memory. */
const IN_MEMORY = 8 * 1024 * 1024;

export interface Spooled {
  readonly body: Content;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Gives its memory or its temporary file back: nobody may read it any more. */
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
    const common = { sha256: this.#hash.digest("hex"), bytes: this.#bytes };
    const file = this.#file;
    if (file) {
      await file.handle.close();
      const dispose = (): Promise<void> => rm(file.folder, { recursive: true, force: true });
      return { ...common, body: { path: file.path, bytes: this.#bytes }, dispose };
    }
    const body = this.#joined();
    return { ...common, body, dispose: async () => release(body) };
  }

  /** In memory of its own: the pieces may be somebody else's. */
  #joined(): Uint8Array {
    const body = Buffer.allocUnsafeSlow(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces.splice(0)) {
      body.set(piece, at);
      at += piece.byteLength;
    }
    return body;
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
  const folder = await scratchFolder("body", parent);
  const path = join(folder, "body");
  return { folder, path, handle: await open(path, "wx", 0o600) };
}
