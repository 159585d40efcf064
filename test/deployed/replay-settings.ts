import * as pulumi from "@pulumi/pulumi";
import { REPLAY_PORTS } from "./replay-ports.ts";

const sourceUrls = Object.entries(REPLAY_PORTS).map(([dataset, port]) => `${dataset}=http://127.0.0.1:${port}`);
const set = (key: string, value: string): void => pulumi.runtime.setConfig(`${pulumi.getProject()}:${key}`, value);
set("sourceUrls", JSON.stringify(sourceUrls));
set("loadMissing", "skip");
