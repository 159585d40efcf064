export type Level = "info" | "error";

export type Log = (level: Level, message: string, fields: object) => void;

/** One JSON object a line, which CloudWatch Logs can filter by field. */
export const createLog =
  (stream: NodeJS.WritableStream, now: () => Date = () => new Date()): Log =>
  (level, message, fields) => {
    stream.write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
  };
