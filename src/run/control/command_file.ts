/**
 * Commands to a trainer that cannot be reached over its socket, because it runs on another host of a shared folder. The
 * sender appends a line to `commands.jsonl`, and the trainer appends its answer to `replies.jsonl`. The trainer creates
 * both when it begins, because other hosts may not see a new file for a minute. This file has the trainer's side, and
 * the form of the lines.
 */
import { z } from "zod";
import { errorLine } from "../../errors.ts";
import { checkGuard } from "../../files/guard.ts";
import { isRegularFile, readStored } from "../../files/stored.ts";
import { type Command, commandSchema } from "../../protocol.ts";
import { shown } from "../../event_parts.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { RunTakenError } from "../owner/ownership.ts";
import { jsonLine } from "./json_lines.ts";

/** One line of commands.jsonl. */
export const postedSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("command"),
    /** Random. A line may be there twice, because the sender repeats it if another host has overwritten it. */
    id: z.string(),
    /** The token of the owner to whom the command was given. Later owners ignore it. */
    to: z.string(),
    command: commandSchema,
  }),
  /** The sender has given up waiting, so the command must not be carried out later. */
  z.object({ type: z.literal("withdraw"), id: z.string() }),
]);
export type Posted = z.infer<typeof postedSchema>;

/** One line of replies.jsonl. */
export const postedReplySchema = z.object({ id: z.string(), ok: z.boolean(), text: shown });
export type PostedReply = z.infer<typeof postedReplySchema>;

const LOOK_EVERY_MS = 2000;
/** The maximum size of what is read at once. A line has about 150 bytes. */
const MAX_BYTES = 1024 * 1024;
/** The maximum size of a file that is read as a whole. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface CommandFileOptions {
  readonly token: string;
  /** Carries out a command, as `ControlHandlers.command`. */
  readonly command: (command: Command) => { ok: boolean; text: string };
  readonly everyMs?: number;
}

/** Creates the files and carries out the commands that arrive. Returns a function that stops this. */
export function listenToFile(
  run: RunDirectory,
  { token, command, everyMs = LOOK_EVERY_MS }: CommandFileOptions,
): () => void {
  const answered = new Set<string>();
  let unsent: PostedReply[] = [];
  let lines = new PostedLines(run.commands);
  const look = () => {
    try {
      for (const path of [run.commands, run.replies]) createIfMissing(path);
      const posted = lines.next();
      const withdrawn = new Set(posted.flatMap((line) => (line.type === "withdraw" ? [line.id] : [])));
      for (const line of posted) {
        if (line.type !== "command" || line.to !== token || withdrawn.has(line.id) || answered.has(line.id)) continue;
        checkGuard(run.replies);
        answered.add(line.id);
        unsent.push({ id: line.id, ...command(line.command) });
      }
      for (const reply of unsent) appendLine(run.replies, reply);
      unsent = [];
    } catch (error) {
      // Training is more important than an error here, and the next attempt may succeed.
      lines = new PostedLines(run.commands);
      if (!(error instanceof RunTakenError)) console.error(errorLine(error));
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  return () => clearInterval(timer);
}

/** Reads the lines that were appended since the last call. */
class PostedLines {
  #offset = 0;

  constructor(private readonly path: string) {}

  next(): Posted[] {
    if (!isRegularFile(this.path)) return [];
    using file = Deno.openSync(this.path, { read: true });
    const { size } = file.statSync();
    // The file was replaced. Commands that were answered are recognized by their ids.
    if (size < this.#offset) this.#offset = 0;
    if (size === this.#offset) return [];
    file.seekSync(this.#offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.min(size - this.#offset, MAX_BYTES));
    let length = 0;
    for (let read = file.readSync(bytes); read; read = file.readSync(bytes.subarray(length))) length += read;
    // The rest is a line that is still being written. If it fills all the bytes, it is not a command.
    const end = bytes.subarray(0, length).lastIndexOf(10) + 1;
    this.#offset += end === 0 && length === MAX_BYTES ? length : end;
    return linesIn(bytes.subarray(0, end), postedSchema);
  }
}

/** Returns all lines of one of the files that fit the schema. @throws StoredFileError if it cannot be read */
export function linesOf<T>(path: string, schema: z.ZodType<T>): T[] {
  return linesIn(readStored({ path, remedy: "", exitStatus: 1, maxBytes: MAX_FILE_BYTES }), schema);
}

/** Returns the lines that fit the schema. Damaged lines are skipped. */
function linesIn<T>(bytes: Uint8Array, schema: z.ZodType<T>): T[] {
  return new TextDecoder().decode(bytes).split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [schema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

function createIfMissing(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/**
 * Appends a value as one line, with a single write. Does not create the file.
 * @throws Deno.errors if the file does not exist or cannot be written
 */
export function appendLine(path: string, value: unknown): void {
  // Opening a named pipe would block.
  if (Deno.lstatSync(path).isFifo) throw new Deno.errors.NotSupported(`${path} is a named pipe`);
  using file = Deno.openSync(path, { append: true });
  file.writeSync(new TextEncoder().encode(jsonLine(value)));
}
