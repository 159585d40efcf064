/** The test kit: what `import … from "tidegate/testing"` gives. */
export { JumpingClock } from "./clock.ts";
export { type Answer, badGateway, type Fault, noContent, redirect } from "./faults.ts";
export { type Fixture, recordingsIn } from "./fixtures.ts";
export { type LakeRecordings, recordingsOfLake } from "./lake.ts";
export { type Limit, perHour, tokenBucket } from "./limits.ts";
export { playback, type Recording } from "./playback.ts";
export { type RecorderOptions, startRecorder } from "./recorder.ts";
export type { Redaction } from "./redact.ts";
export {
  type Asked,
  type Handler,
  type LoggedRequest,
  type ReplayOptions,
  type ReplayServer,
  startReplay,
} from "./server.ts";
export { type Tried, type TryOptions, tryDataset } from "./try-dataset.ts";
