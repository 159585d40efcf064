import * as pulumi from "@pulumi/pulumi";

/** Where the replay servers listen for the tasks of a deployment that is being tested. */
export const REPLAY_PORTS = { daily_prices: 18_080, coinbase_candles: 18_081 };

const sourceUrls = Object.entries(REPLAY_PORTS).map(([dataset, port]) => `${dataset}=http://127.0.0.1:${port}`);
pulumi.runtime.setConfig(`${pulumi.getProject()}:sourceUrls`, JSON.stringify(sourceUrls));
