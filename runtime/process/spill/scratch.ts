import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { diskFull } from "../../dataset/errors.ts";
import { scratchFolder } from "../../store/scratch-folder.ts";

/** A temporary folder for what does not fit into memory; it is made when it is first needed. */
export class Scratch {
  readonly #files: ScratchFile[] = [];
  #folder: Promise<string> | undefined;

  /** A new file in the folder. @param name one that the folder does not have yet */
  async file(name: string): Promise<ScratchFile> {
    this.#folder ??= scratchFolder("process");
    const path = join(await this.#folder, name);
    const file = new ScratchFile(path, await open(path, "wx+"));
    this.#files.push(file);
    return file;
  }

  /** Removes the folder with all that is in it. */
  async dispose(): Promise<void> {
    try {
      for (const file of this.#files) await file.close();
    } finally {
      if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
    }
  }
}

/** Where bytes stand in a file. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** A file that grows at its end. */
export class ScratchFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #bytes = 0;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws UserError when the disk is full */
  async append(bytes: Uint8Array): Promise<Place> {
    const place = { at: this.#bytes, bytes: bytes.byteLength };
    try {
      for (let done = 0; done < bytes.byteLength; )
        done += (await this.#handle.write(bytes, done, bytes.byteLength - done, place.at + done)).bytesWritten;
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? diskFull(this.path, error) : error;
    }
    this.#bytes += bytes.byteLength;
    return place;
  }

  async read({ at, bytes }: Place): Promise<Uint8Array> {
    const found = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes; ) {
      const { bytesRead } = await this.#handle.read(found, done, bytes - done, at + done);
      if (bytesRead === 0) throw new Error(`${this.path} has become shorter`);
      done += bytesRead;
    }
    return found;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
