import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Emulator } from "./moto.ts";
import { freePort, onPath } from "./programs.ts";

const NAME = "versitygw";
const ACCESS = "test-access";
const SECRET = "test-secret";

/** Where `go install` puts programs, and everything on the PATH. */
export const versitygw = (): string | undefined =>
  onPath(NAME) ??
  [process.env.GOBIN, join(homedir(), "go", "bin")].map((folder) => folder && join(folder, NAME)).find(isProgram);

function isProgram(file: string | undefined): file is string {
  try {
    if (file) accessSync(file, constants.X_OK);
    return Boolean(file);
  } catch {
    return false;
  }
}

/**
 * An S3 over a folder of this machine, on a free port. Unlike an emulator in memory it decides conditional writes atomically,
 * whoever makes them. https://github.com/versity/versitygw
 */
export async function startVersitygw(program: string): Promise<S3Emulator> {
  const folder = await mkdtemp(join(tmpdir(), "tidegate-s3-"));
  const bucket = "test-lake";
  for (const name of ["data", "metadata"]) await mkdir(join(folder, name));
  // An object and what is said of it are one file where the file system knows extended attributes, and two where it does not.
  const { server, endpoint } =
    (await serve(program, [join(folder, "data")])) ??
    (await serve(program, ["--sidecar", join(folder, "metadata"), join(folder, "data")])) ??
    raise(`${NAME} does not start`);
  const client = (): S3Client =>
    new S3Client({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: ACCESS, secretAccessKey: SECRET },
      forcePathStyle: true,
    });
  await client().send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket,
    client,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: ACCESS,
      AWS_SECRET_ACCESS_KEY: SECRET,
    },
    async read(url) {
      const { hostname, pathname } = new URL(url);
      const answer = await client().send(new GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }));
      return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    },
    async close() {
      server.kill("SIGKILL");
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns undefined when it ended at once */
async function serve(
  program: string,
  place: readonly string[],
): Promise<{ server: ChildProcess; endpoint: string } | undefined> {
  const address = `127.0.0.1:${await freePort()}`;
  const options = ["--port", address, "--access", ACCESS, "--secret", SECRET, "--keep-alive", "--quiet"];
  const server = spawn(program, [...options, "posix", ...place], { stdio: "ignore" });
  const endpoint = `http://${address}`;
  while (!(await fetch(endpoint).catch(() => undefined))) {
    if (server.exitCode !== null) return undefined;
    await wait(20);
  }
  return { server, endpoint };
}

function raise(message: string): never {
  throw new Error(message);
}
