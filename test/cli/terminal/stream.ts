import { Writable } from "node:stream";
import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";

/** A stream that remembers what was written to it; with `columns` it passes for a terminal of that width. */
export class MemoryStream extends Writable {
  written = "";
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor({ columns }: { columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  getColorDepth(): number {
    // Of a terminal that knows colours, wherever the tests run.
    const { NO_COLOR, FORCE_COLOR } = process.env;
    return WriteStream.prototype.getColorDepth({ NO_COLOR, FORCE_COLOR, TERM: "xterm-256color" });
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString();
    done();
  }

  get lines(): string[] {
    return stripVTControlCharacters(this.written).split(/[\r\n]+/);
  }
}
