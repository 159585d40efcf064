import { crc32, deflateRawSync } from "node:zlib";

export interface ZippedFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** What the archive says about the file, when it is to lie. */
  readonly says?: { readonly crc?: number; readonly size?: number };
  readonly encrypted?: boolean;
}

const DEFLATED = 8;
const VERSION = 20;

/** A ZIP archive. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zip(...files: readonly ZippedFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const packed = deflateRawSync(file.content);
    const name = Buffer.from(file.name);
    const common = commonHeader(file, packed.length, name.length);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, packed]);
    directory.push(centralHeader(common, name, offset));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** The 26 bytes that stand before a file and in the list of files. */
function commonHeader(file: ZippedFile, packed: number, name: number): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION, 0);
  header.writeUInt16LE(file.encrypted ? 1 : 0, 2);
  header.writeUInt16LE(DEFLATED, 4);
  header.writeUInt32LE(file.says?.crc ?? crc32(file.content), 10);
  header.writeUInt32LE(packed, 14);
  header.writeUInt32LE(file.says?.size ?? file.content.length, 18);
  header.writeUInt16LE(name, 22);
  return header;
}

function centralHeader(common: Buffer, name: Buffer, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  const version = Buffer.alloc(2);
  version.writeUInt16LE(VERSION);
  return Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), version, common, rest, name]);
}
