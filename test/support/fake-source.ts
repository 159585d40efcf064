import { type RequestInit, Response } from "node-fetch";
import type { Dataset } from "../../runtime/dataset/definition.ts";
import type { Fetch } from "../../runtime/extract/request.ts";
import { type TinyChanges, tiny } from "./tiny.ts";

export interface FakeRequest {
  readonly url: URL;
  readonly query: URLSearchParams;
  readonly method: string;
  readonly body: string;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is no text is sent as JSON. */
  readonly body?: unknown;
}

/** @param nth 1 for the first of all requests */
export type Answering = (request: FakeRequest, nth: number) => FakeAnswer | Promise<FakeAnswer>;

/** A source without a network: what it was asked, and a function that answers. */
export class FakeSource {
  readonly requests: FakeRequest[] = [];
  answer: Answering;

  constructor(answer: Answering) {
    this.answer = answer;
  }

  readonly fetch: Fetch = async (address: string, init: RequestInit) => {
    const url = new URL(address);
    const request = { url, query: url.searchParams, method: init.method ?? "GET", body: String(init.body ?? "") };
    this.requests.push(request);
    const { status = 200, headers = {}, body = [] } = await this.answer(request, this.requests.length);
    const bytes = body instanceof Uint8Array ? body : typeof body === "string" ? body : JSON.stringify(body);
    return new Response(Buffer.from(bytes), { status, headers: { "content-type": "application/json", ...headers } });
  };
}

/** The tiny dataset of a host that is not there. */
export const fakeDataset = (changes?: TinyChanges): Dataset => tiny("https://source.example", changes);
