import { noS3 as noMoto, type S3Emulator, startS3 as startMoto } from "./moto.ts";
import { startVersitygw, versitygw } from "./versitygw.ts";

export type { S3Emulator } from "./moto.ts";

const INSTALL = "go install github.com/versity/versitygw/cmd/versitygw@latest";
const NO_VERSITYGW = `versitygw is not installed (${INSTALL})`;

/** Why there can be no S3 here, or undefined. */
export const noS3 = (): string | undefined =>
  versitygw() || !noMoto() ? undefined : `neither versitygw (${INSTALL}) nor moto_server is installed`;

/** Why there can be no S3 whose conditional writes hold between processes, or undefined: moto looks first and writes then. */
export const noAtomicS3 = (): string | undefined => (versitygw() ? undefined : NO_VERSITYGW);

/** The most faithful S3 that this machine has. */
export function startS3(): Promise<S3Emulator> {
  const program = versitygw();
  return program ? startVersitygw(program) : startMoto();
}

/** An S3 to hold the store to, or why it is not here. */
export type AnyS3 = { readonly name: string } & ({ start(): Promise<S3Emulator> } | { readonly missing: string });

export const everyS3 = (): AnyS3[] => {
  const program = versitygw();
  const missing = noMoto();
  return [
    { name: "versitygw", ...(program ? { start: () => startVersitygw(program) } : { missing: NO_VERSITYGW }) },
    { name: "moto", ...(missing ? { missing } : { start: startMoto }) },
  ];
};
