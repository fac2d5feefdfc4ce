/** Reads the end of a log, without reading the whole of it. */
import type { RunEvent } from "../../events.ts";
import { openStored } from "../../files/stored.ts";
import { eventIn, logFile } from "./event_lines.ts";

/** Enough bytes for a few hundred events. */
export const END_BYTES = 65_536;

/**
 * Yields the events in the last `bytes` of a log, the last one first. Each is parsed when it is requested. Incomplete
 * lines and lines that are not events of this version are skipped, and so is an end after which the run was resumed.
 * @throws StoredFileError if the file does not exist or cannot be read
 */
export function* eventsFromEnd(path: string, bytes = END_BYTES): Generator<RunEvent, void, void> {
  const { text } = endOf(path, bytes);
  let resumed = false;
  for (let end = text.length; end > 0;) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const event = eventIn(text.slice(start, end));
    resumed ||= event?.type === "resume";
    if (event && !(event.type === "end" && resumed)) yield event;
    end = start - 1;
  }
}

/** The end of a log, from a complete line on, and whether that is the whole log. */
export interface LogEnd {
  readonly text: string;
  readonly isWhole: boolean;
}

/** Returns the last `bytes` of a log as text, from the first complete line on. @throws StoredFileError */
export function endOf(path: string, bytes: number): LogEnd {
  using file = openStored(logFile(path));
  const { size } = file.statSync();
  const from = Math.max(0, size - bytes);
  file.seekSync(from, Deno.SeekMode.Start);
  const buffer = new Uint8Array(size - from);
  let length = 0;
  for (let read = file.readSync(buffer); read; read = file.readSync(buffer.subarray(length))) length += read;
  const text = new TextDecoder().decode(buffer.subarray(0, length));
  return from === 0 ? { text, isWhole: true } : { text: text.slice(text.indexOf("\n") + 1), isWhole: false };
}
