import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { S3Client } from "@aws-sdk/client-s3";
import { s3Client } from "../../runtime/store/s3.ts";
import type { S3Emulator } from "./moto.ts";

/** What the front does to a request. */
export type S3Fault =
  /** Says this, and the store behind it never hears of the request. */
  | { readonly kind: "answer"; readonly status: number; readonly code: string }
  /** The store carries it out, but nobody hears of it: the connection is cut. */
  | { readonly kind: "lose answer" }
  /** Every etag in an answer's header is made a weak one. */
  | { readonly kind: "weak etags" };

export interface SeenRequest {
  readonly method: string;
  /** Bucket, key and query. */
  readonly url: string;
}

/** A proxy before an S3, which misbehaves when it is told to. */
export interface S3Front extends AsyncDisposable {
  readonly requests: readonly SeenRequest[];
  client(): S3Client;
  /** @param times how often at most. @default 1 */
  fail(when: (request: SeenRequest) => boolean, fault: S3Fault, times?: number): void;
}

export async function startS3Front(s3: S3Emulator): Promise<S3Front> {
  const requests: SeenRequest[] = [];
  const plans: { readonly when: (request: SeenRequest) => boolean; readonly fault: S3Fault; left: number }[] = [];
  const behind = new URL(s3.environment.AWS_ENDPOINT_URL ?? "");

  const faultFor = (seen: SeenRequest): S3Fault | undefined => {
    const plan = plans.find(({ when, left }) => left > 0 && when(seen));
    if (plan) plan.left -= 1;
    return plan?.fault;
  };

  const server = createServer(async (incoming, outgoing) => {
    const seen = { method: incoming.method ?? "", url: incoming.url ?? "" };
    requests.push(seen);
    const fault = faultFor(seen);
    const body = await buffer(incoming);
    if (fault?.kind === "answer") return refuse(outgoing, fault);
    const answer = await pass(incoming, body, behind);
    const content = await buffer(answer);
    if (fault?.kind === "lose answer") return incoming.socket.destroy();
    const headers = { ...answer.headers };
    delete headers["transfer-encoding"];
    if (fault?.kind === "weak etags" && headers.etag) headers.etag = `W/${headers.etag}`;
    outgoing.writeHead(answer.statusCode ?? 500, headers).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    requests,
    client: () =>
      s3Client({
        endpoint: `http://127.0.0.1:${port}`,
        region: "us-east-1",
        credentials: {
          accessKeyId: s3.environment.AWS_ACCESS_KEY_ID ?? "",
          secretAccessKey: s3.environment.AWS_SECRET_ACCESS_KEY ?? "",
        },
        forcePathStyle: true,
      }),
    fail(when, fault, times = 1) {
      plans.push({ when, fault, left: times });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const refuse = (outgoing: ServerResponse, { status, code }: { status: number; code: string }): unknown =>
  outgoing
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);

/** The signature covers the host that was asked, so that header goes along as it is. */
const pass = (
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  { hostname, port }: URL,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    forward({ hostname, port, method, path: url, headers, agent: false }, resolve).on("error", reject).end(body);
  });
