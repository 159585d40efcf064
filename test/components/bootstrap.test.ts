import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { signedHeaders } from "../../components/bootstrap/sign.ts";
import { bootstrapCommand } from "../../components/bootstrap.ts";

const ARTIFACT = `
  const { createHash } = require("node:crypto");
  process.stdout.write(JSON.stringify({ file: __filename, dataset: process.env.TIDEGATE_DATASET, hash: typeof createHash }));
`;
const SHA256 = createHash("sha256").update(ARTIFACT).digest("hex");
const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as S3 would; `requests` holds what it was asked. */
async function serve(answer: Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.dispose]: () => void server.close(),
  };
}

const artifact: Answer = (_request, response) => response.end(ARTIFACT);

/** Runs the command of a task as the image would: nothing of this process's environment, and no right to write a file. */
async function run(env: Record<string, string>) {
  const [, ...args] = bootstrapCommand();
  const child = spawn(process.execPath, ["--permission", "--allow-fs-read=*", ...args], { env });
  const [out, err] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(""));
  const [code] = await once(child, "exit");
  const lines = ((await err) ?? "").split("\n").filter((line) => line.startsWith("{"));
  return { code, out: await out, lines: lines.map((line) => JSON.parse(line)), err: await err };
}

const task = (endpoint: string, env: Record<string, string> = KEYS) => ({
  TIDEGATE_ARTIFACT: "s3://artifacts-123456789012/artifacts/ingest-0123.cjs",
  TIDEGATE_ARTIFACT_SHA256: SHA256,
  TIDEGATE_DATASET: "daily_prices",
  AWS_REGION: "eu-west-1",
  AWS_ENDPOINT_URL: endpoint,
  ...env,
});

describe("the bootstrap", () => {
  it("is small enough for a task definition, and a program of its own", () => {
    const [command, flag, program] = bootstrapCommand();
    assert.deepEqual([command, flag], ["node", "-e"]);
    assert(program && program.length < 4096, `it has ${program?.length} characters`);
  });

  it("starts the artifact with the environment of the task", async () => {
    using s3 = await serve(artifact);
    const { code, out } = await run(task(s3.url));
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out ?? ""), {
      file: "s3://artifacts-123456789012/artifacts/ingest-0123.cjs",
      dataset: "daily_prices",
      hash: "function",
    });
    assert.equal(s3.requests[0]?.url, "/artifacts-123456789012/artifacts/ingest-0123.cjs");
  });

  it("takes the credentials of the task's role", async () => {
    using endpoint = await serve((request, response) => {
      response.statusCode = request.headers.authorization === "token" ? 200 : 403;
      response.end(JSON.stringify({ AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "secret", Token: "session" }));
    });
    using s3 = await serve(artifact);
    const role = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.url}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "token",
    };
    assert.equal((await run(task(s3.url, role))).code, 0);
    assert.equal(endpoint.requests[0]?.url, "/role");
    assert.equal(s3.requests[0]?.headers["x-amz-security-token"], "session");
    assert.match(s3.requests[0]?.headers.authorization ?? "", /Credential=ASIAEXAMPLE\//);
  });

  it("does not start an artifact with another digest", async () => {
    using s3 = await serve((_request, response) => response.end(`${ARTIFACT} // changed`));
    const { code, out, lines } = await run(task(s3.url));
    const changed = createHash("sha256").update(`${ARTIFACT} // changed`).digest("hex");
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.equal(lines.length, 1);
    assert.equal(lines[0].level, "error");
    assert.equal(
      lines[0].message,
      `task not started: s3://artifacts-123456789012/artifacts/ingest-0123.cjs has the SHA-256 ${changed} instead of ${SHA256}; not started`,
    );
  });

  it("gives up at once when S3 refuses, and says why", async () => {
    using s3 = await serve((_request, response) => {
      response.statusCode = 403;
      response.end("<Error><Code>SignatureDoesNotMatch</Code></Error>");
    });
    const { code, lines } = await run(task(s3.url));
    assert.equal(code, 1);
    assert.equal(s3.requests.length, 1);
    assert.match(
      lines[0].message,
      /^task not started: cannot fetch http.+: S3 answered 403: <Error><Code>SignatureDoesNotMatch/,
    );
  });

  it("tries again when S3 is out of order", async () => {
    let asked = 0;
    using s3 = await serve((_request, response) => {
      asked++;
      if (asked === 1) response.destroy();
      else if (asked === 2) response.writeHead(503).end();
      else response.end(ARTIFACT);
    });
    assert.equal((await run(task(s3.url))).code, 0);
    assert.equal(s3.requests.length, 3);
  }).timeout(10_000);

  it("says what is missing", async () => {
    const { TIDEGATE_ARTIFACT_SHA256: _, ...incomplete } = task("http://127.0.0.1:9");
    const { code, lines } = await run(incomplete);
    assert.equal(code, 1);
    assert.equal(lines[0].message, "task not started: the environment variable TIDEGATE_ARTIFACT_SHA256 is missing");
  });

  it("fails when the artifact fails", async () => {
    const failing = "throw new Error('broken artifact')";
    using s3 = await serve((_request, response) => response.end(failing));
    const sha = createHash("sha256").update(failing).digest("hex");
    const { code, err } = await run({ ...task(s3.url), TIDEGATE_ARTIFACT_SHA256: sha });
    assert.equal(code, 1);
    assert.match(err ?? "", /broken artifact/);
  });
});

describe("the signature of the bootstrap", () => {
  const now = new Date("2026-03-01T12:34:56.789Z");
  const url = new URL("https://artifacts-123456789012.s3.eu-west-1.amazonaws.com/artifacts/ingest-0123.cjs");

  for (const sessionToken of [undefined, "a/session+token=="])
    it(`is the one of the AWS SDK ${sessionToken ? "with" : "without"} a session token`, async () => {
      const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
      const session = sessionToken ? { ...credentials, sessionToken } : credentials;
      const { config } = new S3Client({ region: "eu-west-1", credentials: session });
      const signer = await config.signer({
        name: "sigv4",
        signingName: "s3",
        signingRegion: "eu-west-1",
        properties: {},
      });
      const signed = await signer.sign(
        {
          method: "GET",
          protocol: "https:",
          hostname: url.host,
          path: url.pathname,
          headers: { host: url.host },
          query: {},
        } as never,
        { signingDate: now },
      );
      assert.deepEqual(signedHeaders(url, "eu-west-1", session, now), signed.headers);
    });
});
