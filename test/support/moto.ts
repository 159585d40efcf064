import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import {
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { freePort, onPath } from "./programs.ts";

export interface S3Emulator {
  readonly bucket: string;
  /** A new client each time, as another process would have. */
  client(): S3Client;
  /** What another process has in its environment to talk to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** An object by its `s3://` URL. */
  read(url: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Why there can be no emulator here, or undefined. */
export const noS3 = (): string | undefined =>
  onPath("moto_server") ? undefined : "moto_server is not on the PATH (pip install 'moto[server,s3]')";

/** Moto's S3 on a free port. https://docs.getmoto.org/en/latest/docs/server_mode.html */
export async function startS3(): Promise<S3Emulator> {
  const port = await freePort();
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${endpoint}/moto-api/`).catch(() => undefined))) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}`);
    await wait(50);
  }
  const inTurn = serially();
  const client = (): S3Client => {
    const made = new S3Client({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    });
    // Moto looks whether a condition holds and writes in two steps, where S3 does both in one.
    made.middlewareStack.add(
      (next, context) => (args) =>
        context.commandName === PutObjectCommand.name ? inTurn(() => next(args)) : next(args),
      { step: "deserialize", priority: "low" },
    );
    // Moto puts parts together without a look at If-Match, which S3 heeds.
    made.middlewareStack.add(
      (next, context) => async (args) => {
        const { Bucket, Key, IfMatch } = args.input as CompleteMultipartUploadCommandInput;
        if (context.commandName === CompleteMultipartUploadCommand.name && IfMatch)
          await made.send(new GetObjectCommand({ Bucket, Key, IfMatch, Range: "bytes=0-0" }));
        return next(args);
      },
      { step: "initialize" },
    );
    return made;
  };
  const bucket = "test-lake";
  await client().send(new CreateBucketCommand({ Bucket: bucket }));
  const close = async (): Promise<void> => {
    server.kill("SIGKILL");
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  };
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  const read = async (url: string): Promise<Uint8Array> => {
    const { hostname, pathname } = new URL(url);
    const answer = await client().send(new GetObjectCommand({ Bucket: hostname, Key: pathname.slice(1) }));
    return (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
  };
  return { bucket, client, environment, read, close };
}

function serially(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
