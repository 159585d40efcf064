/** Another process that works on a folder: `count <folder> <times>`, or `overwrite <folder>` until it is killed. */
import { updateJson } from "../../runtime/store/documents.ts";
import { FolderStore } from "../../runtime/store/folder.ts";

const [task, folder = "", times] = process.argv.slice(2);
const store = new FolderStore(folder);

if (task === "count")
  for (let i = 0; i < Number(times); i += 1)
    await updateJson<{ count: number }>(store, "count.json", (now) => ({ count: (now?.count ?? 0) + 1 }));
else
  for (let i = 0; ; i += 1) {
    await store.put("big", new Uint8Array(8_000_000).fill(i));
    process.stdout.write(".");
  }
