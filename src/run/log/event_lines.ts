/** The lines of events.jsonl, one event a line. */
import { dirname } from "node:path";
import { parseEvent, type RunEvent } from "../../events.ts";
import type { StoredFile } from "../../files/stored.ts";
import { shellWord } from "../../shell.ts";

/**
 * Returns the event in a line, or null if the line is not an event that this version knows. Logs may have been written
 * by other versions.
 */
export function eventIn(line: string): RunEvent | null {
  try {
    return line === "" ? null : parseEvent(JSON.parse(line));
  } catch {
    return null;
  }
}

/** `EventLog` writes `seq` first, so it can be read without parsing the line. */
const SEQ = /^\{"seq":(\d+)[,}]/;

/** Returns the number of the event in a line, or null if there is none. The line may be cut after 32 characters. */
export function seqIn(line: string): number | null {
  const seq = SEQ.exec(line)?.[1];
  return seq === undefined ? null : Number(seq);
}

/** The maximum size of a log: the longest string that a JavaScript engine supports. */
const MAX_BYTES = 500 * 1024 * 1024;

/** Returns the log with the remedy for errors. */
export function logFile(path: string): StoredFile {
  return {
    path,
    remedy: `Restore it from a copy, or remove the run with deno task runs rm ${shellWord(dirname(path))}`,
    exitStatus: 1,
    maxBytes: MAX_BYTES,
  };
}
