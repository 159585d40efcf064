export { BodyError, excerpt } from "./body-error.ts";
export { decodeRows, decodeSmall, fitsSmall, headText, type Scanned, scan } from "./decode.ts";
export { MAGIC_BYTES, suffixOf } from "./inflate.ts";
