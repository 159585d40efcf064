/** The cloud program as it is deployed for a test: the same, but its tasks ask the replay servers on this machine. */
import "./replay-settings.ts";

export * from "../../index.ts";
