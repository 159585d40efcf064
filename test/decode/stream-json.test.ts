import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "../../runtime/dataset/json.ts";
import type { JsonValue } from "../../runtime/dataset/source.ts";
import { BodyError } from "../../runtime/decode/index.ts";
import { rowsIn } from "../../runtime/decode/json.ts";
import { streamJson } from "../../runtime/decode/stream-json.ts";
import { flat } from "../support/bodies.ts";

async function* cut(text: string, at: readonly number[]): AsyncGenerator<string> {
  let from = 0;
  for (const to of [...at.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length]) {
    yield text.slice(from, to);
    from = to;
  }
}

const read = (text: string, path: string, at: readonly number[] = []): Promise<JsonValue[]> =>
  flat(streamJson(cut(text, at), path)) as unknown as Promise<JsonValue[]>;

const everywhere = (text: string): number[] => Array.from(text, (_, index) => index);

const jsonValue = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<JsonValue>;

/** Names that are also signs of JSON, and parts of the path. */
const name = fc.oneof(fc.constantFrom("data", "items", '"', "\\", "[", ",", "{}"), fc.string());

const body = fc.record({
  rows: fc.array(jsonValue, { maxLength: 8 }),
  before: fc.dictionary(name, jsonValue, { maxKeys: 4 }),
  after: fc.dictionary(name, jsonValue, { maxKeys: 4 }),
  indent: fc.constantFrom(0, 1, "\t"),
  at: fc.array(fc.nat(), { maxLength: 12 }),
});

describe("a JSON body that is streamed", () => {
  it("gives the rows of a list, wherever it is cut", () =>
    fc.assert(
      fc.asyncProperty(body, async ({ rows, indent, at }) => {
        assert.deepEqual(await read(JSON.stringify(rows, null, indent), "", at), parseJson(JSON.stringify(rows)));
      }),
    ));

  it("gives the rows at a path as a small body does, wherever it is cut", () =>
    fc.assert(
      fc.asyncProperty(body, async ({ rows, before, after, indent, at }) => {
        const { data: _data, ...others } = before;
        const { items: _items, ...inside } = after;
        const text = JSON.stringify(
          { ...others, data: { ...inside, items: rows, z: inside }, y: others },
          null,
          indent,
        );
        assert.deepEqual(await read(text, "data.items", at), rowsIn(parseJson(text), "data.items"));
      }),
    ));

  it("finds a name that is written with escapes", async () =>
    assert.deepEqual(await read('{"d\\u0061ta":[1]}', "data", everywhere('{"d\\u0061ta":[1]}')), [1]));

  it("is not led astray by the path's names elsewhere", async () => {
    const text = '{"items":[9],"x":{"data":{"items":[8]}},"data":[{"items":[7]}],"y":["data",{"items":[6]}]}';
    await assert.rejects(read(text, "data.items", everywhere(text)), /no list of rows at data\.items/);
  });

  it("finds the path where it is, though its names come deeper before", async () => {
    const text = '{"x":{"data":{"items":[8]}},"data":{"y":{"items":[6]},"items":[7]}}';
    assert.deepEqual(await read(text, "data.items", everywhere(text)), [7]);
  });

  it("knows quotes and brackets in texts from those around them", async () => {
    const text = String.raw`[{"a":"\"},{"},{"b":"],\\"},["\\\"]"],"}"]`;
    assert.deepEqual(await read(text, "", everywhere(text)), JSON.parse(text));
  });

  it("keeps digits, and NaN as text, in every row", async () => {
    const text = "[9007199254740993,NaN,[1e400]]";
    assert.deepEqual(await read(text, "", everywhere(text)), ["9007199254740993", "NaN", ["1e400"]]);
  });

  for (const [text, path, broken, message] of [
    ['[{"a":1},{"a":2}', "", true, /ends among its rows/],
    ['{"data":[1,2]', "data", true, /no JSON/],
    ['{"data":[1,2],', "data", true, /no JSON/],
    ['{"data":[1,2]}}', "data", true, /no JSON/],
    ['{"data":[1,2}}', "data", true, /no JSON/],
    ["[1,]", "", true, /no JSON|comma without a row/],
    ["[,1]", "", true, /no JSON|comma without a row/],
    ["[1,,2]", "", true, /no JSON|comma without a row/],
    ["[1 2]", "", true, /no JSON/],
    ["[{]", "", true, /no JSON|ends among/],
    ['{"error":"x"}', "", false, /no list of rows but \{"error":"x"\}/],
    ['{"data":[1],"data":[2]}', "data", false, /rows at data twice/],
  ] as const)
    for (const at of [[], everywhere(text)])
      it(`refuses ${text} with ${path ? `rows at ${path}` : "rows as the body"}${at.length ? ", cut everywhere" : ""}`, () =>
        assert.rejects(read(text, path, at), (error: unknown) => {
          assert.ok(error instanceof BodyError, String(error));
          assert.match(error.message, message);
          assert.equal(error.broken, broken);
          return true;
        }));

  it("refuses what was cut off anywhere", async () => {
    const text = '{"meta":{"n":[1,2]},"data":[{"a":"x,]}"},{"a":2}],"next":null}';
    for (const end of everywhere(text))
      await assert.rejects(read(text.slice(0, end), "data"), BodyError, text.slice(0, end));
  });
});
