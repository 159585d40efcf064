import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { link, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { c, Header } from "tar";
import { UserError } from "../../runtime/dataset/index.ts";
import { pullBundle } from "../../runtime/publish/pull-bundle.ts";
import { FolderStore } from "../../runtime/store/folder.ts";

const LATEST = "zipline-data/sharadar/latest.json";

describe("pulling a bundle", () => {
  let folder: string;
  let store: FolderStore;
  let volume: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pull-"));
    store = new FolderStore(join(folder, "lake"));
    volume = join(folder, "volume");
    await mkdir(volume);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const pull = (signal = new AbortController().signal) =>
    pullBundle({ store, bundle: "sharadar", folder: volume, signal });

  /** Puts an archive into the lake and says that it is the newest. */
  async function publish(archive: Uint8Array, version = "20260301", changes: object = {}): Promise<void> {
    const key = `zipline-data/sharadar-${version}.tar.gz`;
    const sha256 = createHash("sha256").update(archive).digest("hex");
    await store.put(key, archive);
    const latest = { bundle: "sharadar", version, key, sha256, bytes: archive.byteLength, ...changes };
    await store.put(LATEST, Buffer.from(JSON.stringify(latest)));
  }

  async function archiveOf(files: Readonly<Record<string, string>>, also?: (source: string) => Promise<void>) {
    const source = await mkdtemp(join(folder, "source-"));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(source, name, ".."), { recursive: true });
      await writeFile(join(source, name), text);
    }
    await also?.(source);
    const file = join(folder, "archive.tar.gz");
    await c({ gzip: true, cwd: source, file }, await readdir(source));
    return readFile(file);
  }

  /** An archive with one entry as its header says, which no well-behaved program would write. */
  const crafted = (header: ConstructorParameters<typeof Header>[0]): Uint8Array => {
    const block = Buffer.alloc(512);
    new Header(header).encode(block);
    return Buffer.concat([block, Buffer.alloc(1024)]);
  };

  const left = async () => (await readdir(join(volume, ".versions"))).sort();
  const text = (name: string) => readFile(join(volume, "sharadar", name), "utf8");

  it("gives the files of the newest version, and leaves nothing else behind", async () => {
    await publish(await archiveOf({ "assets.sqlite": "a", "daily/bcolz/data.blp": "d" }));
    const pulled = await pull();
    assert.deepEqual([pulled.version, pulled.isNew, pulled.path], ["20260301", true, join(volume, "sharadar")]);
    assert.equal(await text("assets.sqlite"), "a");
    assert.equal(await text("daily/bcolz/data.blp"), "d");
    assert.deepEqual((await readdir(volume)).sort(), [".versions", "sharadar"]);
    assert.deepEqual(await left(), [`sharadar-${pulled.sha256.slice(0, 16)}`]);
  });

  it("does nothing when the newest is there, and notices one of the same day", async () => {
    await publish(await archiveOf({ "a.txt": "one" }));
    await pull();
    assert.equal((await pull()).isNew, false);
    await publish(await archiveOf({ "a.txt": "two" }));
    assert.equal((await pull()).isNew, true);
    assert.equal(await text("a.txt"), "two");
  });

  it("keeps the version before for those who still read it, and no older one", async () => {
    const versions: string[] = [];
    for (const version of ["one", "two", "three"]) {
      await publish(await archiveOf({ "a.txt": version }));
      versions.push((await pull()).sha256.slice(0, 16));
    }
    assert.deepEqual(
      await left(),
      versions
        .slice(1)
        .map((version) => `sharadar-${version}`)
        .sort(),
    );
  });

  it("leaves bundles alone whose name begins alike", async () => {
    await mkdir(join(volume, ".versions/sharadar-funds-0123456789abcdef"), { recursive: true });
    for (const version of ["one", "two", "three"]) {
      await publish(await archiveOf({ "a.txt": version }));
      await pull();
    }
    assert((await left()).includes("sharadar-funds-0123456789abcdef"));
  });

  it("puts a version in its place that an earlier attempt had unpacked", async () => {
    await publish(await archiveOf({ "a.txt": "one" }));
    await pull();
    await rm(join(volume, "sharadar"));
    assert.equal((await pull()).isNew, true);
    assert.equal(await text("a.txt"), "one");
  });

  it("does not unpack what is not what latest.json says, and keeps the version before", async () => {
    await publish(await archiveOf({ "a.txt": "one" }));
    await pull();
    const other = await archiveOf({ "a.txt": "two" });
    for (const [changes, problem] of [
      [{ sha256: "0".repeat(64) }, /SHA-256/],
      [{ bytes: other.byteLength - 1 }, /longer than/],
      [{ bytes: other.byteLength + 1 }, /bytes with the SHA-256/],
    ] as const) {
      await publish(other, "20260302", changes);
      await assert.rejects(pull(), problem);
      assert.equal(await text("a.txt"), "one");
      assert.equal((await left()).length, 1, "something half was left");
    }
  });

  it("keeps the version before when an archive is broken", async () => {
    await publish(await archiveOf({ "a.txt": "one" }));
    await pull();
    const whole = await archiveOf({ "a.txt": "x".repeat(100_000) });
    await publish(whole.subarray(0, whole.byteLength - 20), "20260302");
    await assert.rejects(pull());
    assert.equal(await text("a.txt"), "one");
    assert.equal((await left()).length, 1);
  });

  const mtime = new Date(0);
  for (const [what, header, problem] of [
    ["out of it", { path: "../outside.txt", size: 0, type: "File", mtime }, "leads out of its folder"],
    [
      "out of it further down",
      { path: "a/../../outside.txt", size: 0, type: "File", mtime },
      "leads out of its folder",
    ],
    ["to an absolute place", { path: "/tmp/outside.txt", size: 0, type: "File", mtime }, "leads out of its folder"],
    ["to a drive", { path: "C:/outside.txt", size: 0, type: "File", mtime }, "leads out of its folder"],
    [
      "elsewhere by a symbolic link",
      { path: "a", linkpath: "/etc", size: 0, type: "SymbolicLink", mtime },
      "is neither a file nor a folder but SymbolicLink",
    ],
    [
      "elsewhere by a hard link",
      { path: "a", linkpath: "/etc/passwd", size: 0, type: "Link", mtime },
      "is neither a file nor a folder but Link",
    ],
    [
      "to a device",
      { path: "a", size: 0, type: "CharacterDevice", mtime },
      "is neither a file nor a folder but CharacterDevice",
    ],
  ] as const)
    it(`refuses an archive that leads ${what}`, async () => {
      await publish(crafted(header));
      await assert.rejects(
        pull(),
        new UserError("the archive of sharadar must not be unpacked:", [{ path: header.path, problem }]),
      );
      assert.deepEqual(await readdir(volume), [".versions"]);
      assert.deepEqual(await left(), []);
    });

  it("refuses links that a real program has packed", async () => {
    await publish(
      await archiveOf({ "a.txt": "one" }, async (source) => {
        await symlink("a.txt", join(source, "soft"));
        await link(join(source, "a.txt"), join(source, "z-hard"));
      }),
    );
    await assert.rejects(pull(), (error) => {
      assert(error instanceof UserError);
      assert.deepEqual(error.faults.map(({ problem }) => problem).sort(), [
        "is neither a file nor a folder but Link",
        "is neither a file nor a folder but SymbolicLink",
      ]);
      return true;
    });
  });

  it("says when there is no such bundle, or its latest.json is of another or none", async () => {
    await assert.rejects(pull(), /there is no bundle sharadar:\n.*zipline-data\/sharadar\/latest\.json/);
    const archive = await archiveOf({ "a.txt": "one" });
    for (const [changes, problem] of [
      [{ bundle: "funds" }, /is another one \(got "funds"\)/],
      [{ key: "zipline-data/funds-20260301.tar.gz" }, /is another one/],
      [{ key: "raw/daily_prices/secret.tar.gz" }, /is no key of an archive/],
      [{ sha256: "none", bytes: 0, size: 1 }, /sha256: [\s\S]*bytes: [\s\S]*unknown key \(got "size"\)/],
    ] as const) {
      await publish(archive, "20260301", changes);
      await assert.rejects(pull(), problem);
    }
    assert.deepEqual(await readdir(volume), []);
  });

  it("stops when it is told to", async () => {
    await publish(await archiveOf({ "a.txt": "one" }));
    await assert.rejects(pull(AbortSignal.abort(new Error("stopped"))), /abort/i);
    assert.equal(await lstat(join(volume, "sharadar")).catch(() => undefined), undefined);
  });
});
