import * as pulumi from "@pulumi/pulumi";
import { REPLAY_PORTS } from "./replay-ports.ts";

const sourceUrls = Object.entries(REPLAY_PORTS).map(([dataset, port]) => `${dataset}=http://127.0.0.1:${port}`);
pulumi.runtime.setConfig(`${pulumi.getProject()}:sourceUrls`, JSON.stringify(sourceUrls));
