/** The lines of events.jsonl, one event a line. */
import { dirname } from "node:path";
import { parseEvent, type RunEvent } from "../../events.ts";
import type { StoredFile } from "../../files/stored.ts";

/** The event in a line, or null if the line holds none that this version knows: a log outlives the program that wrote it. */
export function eventIn(line: string): RunEvent | null {
  try {
    return line === "" ? null : parseEvent(JSON.parse(line));
  } catch {
    return null;
  }
}

/** `seq` is what `EventLog` writes first: it can be read without parsing the line. */
const SEQ = /^\{"seq":(\d+)[,}]/;

/** The number of the event in a line, which may be cut off after 32 characters; null if it begins with none. */
export function seqIn(line: string): number | null {
  const seq = SEQ.exec(line)?.[1];
  return seq === undefined ? null : Number(seq);
}

/** As long a text as a JavaScript engine holds. */
const MAX_BYTES = 500 * 1024 * 1024;

/** The log, and what to do if it cannot be used. */
export function logFile(path: string): StoredFile {
  return {
    path,
    remedy: `restore it from a copy, or remove the run in ${dirname(path)}`,
    exitStatus: 1,
    maxBytes: MAX_BYTES,
  };
}
