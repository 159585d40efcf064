/**
 * Runs in the stock Node image as `node -e <this, bundled and minified>`: fetches the artifact named by TIDEGATE_ARTIFACT
 * (`s3://bucket/key`) from S3 in AWS_REGION, refuses it unless its SHA-256 is TIDEGATE_ARTIFACT_SHA256, and starts it in this
 * process. It writes no file, so that the root file system can be read-only. AWS_ENDPOINT_URL, when present, stands for an
 * emulator that has all buckets below one host. A failure is one JSON line and exit code 1.
 */
import { createHash } from "node:crypto";
import { Module } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { findCredentials } from "./credentials.ts";
import { signedHeaders } from "./sign.ts";

const ATTEMPTS = 5;
const { env } = process;

function required(name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing`);
  return value;
}

function addressOf(artifact: string, region: string): URL {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(artifact) ?? [];
  if (!bucket || !key) throw new Error(`TIDEGATE_ARTIFACT is not s3://bucket/key but ${artifact}`);
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return env.AWS_ENDPOINT_URL
    ? new URL(`/${bucket}/${key}`, env.AWS_ENDPOINT_URL)
    : new URL(`https://${bucket}.s3.${region}.${domain}/${key}`);
}

/** A refusal is final; a broken connection, a throttled request and a fault of the server are worth another attempt. */
async function download(url: URL, region: string): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    try {
      const headers = signedHeaders(url, region, await findCredentials(env, fetch), new Date());
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(60_000) });
      const body = Buffer.from(await answer.arrayBuffer());
      if (answer.ok) return body;
      problem = `S3 answered ${answer.status}: ${body.toString("utf8", 0, 300)}`;
      if (answer.status < 500 && answer.status !== 429) attempt = ATTEMPTS;
    } catch (error) {
      problem = messageOf(error);
    }
    if (attempt >= ATTEMPTS) throw new Error(`cannot fetch ${url.href}: ${problem}`);
    await sleep(250 * 2 ** attempt);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error
    ? [error.message, error.cause && messageOf(error.cause)].filter(Boolean).join(": ")
    : `${error}`;

interface Compiling {
  _compile(code: string, filename: string): void;
}

async function main(): Promise<void> {
  const artifact = required("TIDEGATE_ARTIFACT");
  const expected = required("TIDEGATE_ARTIFACT_SHA256");
  const region = required("AWS_REGION");
  const code = await download(addressOf(artifact, region), region);
  const actual = createHash("sha256").update(code).digest("hex");
  if (actual !== expected) throw new Error(`${artifact} has the SHA-256 ${actual} instead of ${expected}; not started`);
  const started = new Module(artifact) as unknown as Compiling;
  started._compile(code.toString("utf8"), artifact);
}

main().catch((error: unknown) => {
  const line = { time: new Date().toISOString(), level: "error", message: `task not started: ${messageOf(error)}` };
  process.stderr.write(`${JSON.stringify(line)}\n`);
  process.exitCode = 1;
});
