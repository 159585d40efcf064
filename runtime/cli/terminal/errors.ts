import { UserError } from "../../dataset/errors.ts";
import { paint, printable } from "./style.ts";

/**
 * An error for the person at the terminal. A user's mistake shows its complete text and nothing else; anything else is called what
 * it is, a bug, with the stack when `verbose`.
 */
export function printUserError(
  stream: NodeJS.WritableStream,
  error: unknown,
  { verbose = false }: { verbose?: boolean } = {},
): void {
  const prefix = paint(stream, "red", "tidegate:");
  const write = (text: string) => stream.write(`${printable(text, { keepNewlines: true })}\n`);
  stream.write(`${prefix} `);
  if (error instanceof UserError) {
    write(error.message);
    return;
  }
  write(messages(error).join("\n  caused by: "));
  if (!verbose)
    write("This is a bug in Tidegate, not a mistake of yours. Run it again with --verbose to see where it happened.");
  else {
    write("This is a bug in Tidegate, not a mistake of yours. Please report it with what follows.");
    write(stacks(error).join("\ncaused by: "));
  }
}

function chain(error: unknown): unknown[] {
  const errors: unknown[] = [];
  for (
    let next = error;
    next !== undefined && !errors.includes(next);
    next = next instanceof Error ? next.cause : undefined
  )
    errors.push(next);
  return errors;
}

function messages(error: unknown): string[] {
  return chain(error).map((each) => (each instanceof Error ? each.message || each.name : String(each)));
}

function stacks(error: unknown): string[] {
  return chain(error).map((each) => (each instanceof Error ? (each.stack ?? each.message) : String(each)));
}
