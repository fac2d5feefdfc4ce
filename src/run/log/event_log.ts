/** events.jsonl: append-only, one event a line, numbered from 1 without gaps. */
import { existsSync } from "node:fs";
import { at } from "../../at.ts";
import { EVENT_VERSION, type EventBody, type RunEvent } from "../../events.ts";
import { readStored } from "../../files/stored.ts";
import { eventIn, logFile, seqIn } from "./event_lines.ts";
import { endOf } from "./log_end.ts";

export class EventLog {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  #seq: number;
  /** Whether the last write broke off in the middle of a line. */
  #torn = false;

  /** Opens for appending; a log that is there is continued after its last whole event. */
  constructor(path: string, private readonly now: () => Date = () => new Date()) {
    this.#path = path;
    this.#seq = readEvents(path).at(-1)?.seq ?? 0;
    this.#file = Deno.openSync(path, { append: true, create: true });
    this.#torn = endsTorn(path);
  }

  /** Gives the event its place. It counts as said, whether or not it can be written after that. */
  number(body: EventBody): RunEvent {
    this.#seq++;
    return { seq: this.#seq, time: this.now().toISOString(), v: EVENT_VERSION, ...body };
  }

  /** Writes an event that `number` gave its place. @throws where the disk does not take it. */
  write(event: RunEvent): void {
    const line = new TextEncoder().encode((this.#torn ? "\n" : "") + JSON.stringify(event) + "\n");
    this.#torn = true;
    for (let written = 0; written < line.length;) written += this.#file.writeSync(line.subarray(written));
    this.#torn = false;
  }

  append(body: EventBody): RunEvent {
    const event = this.number(body);
    this.write(event);
    return event;
  }

  /** Every event written so far with a larger seq. */
  after(seq: number): RunEvent[] {
    return [...eventsAfter(this.#path, seq)];
  }

  /** What was written survives a power cut from here on. */
  sync(): void {
    this.#file.syncSync();
  }

  close(): void {
    this.#file.close();
  }
}

/** All events of a log, see `eventsAfter`. */
export function readEvents(path: string): RunEvent[] {
  return [...eventsAfter(path, 0)];
}

/**
 * The events of a log that this version knows, with a larger seq than the given one, each parsed when it is asked for: a
 * long run's log takes seconds to parse. A last line cut off by a kill is left out, and so is a line that is no event: a
 * log outlives the program that wrote it. No log is an empty one.
 * @throws StoredFileError if the log is not a regular file or cannot be read
 */
export function* eventsAfter(path: string, seq: number): Generator<RunEvent, void, void> {
  const text = readLog(path);
  // From the end: what is asked for is most often the last few.
  let from = seq > 0 ? text.length : 0;
  while (from > 0) {
    const start = from < 2 ? 0 : text.lastIndexOf("\n", from - 2) + 1;
    if ((seqIn(text.slice(start, start + 32)) ?? Infinity) <= seq) break;
    from = start;
  }
  for (let start = from; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const event = eventIn(text.slice(start, end));
    if (event && event.seq > seq) yield event;
    start = end + 1;
  }
}

function readLog(path: string): string {
  if (!existsSync(path)) return "";
  // Bytes of a damaged line that are not UTF-8 spoil that line alone.
  return new TextDecoder().decode(readStored(logFile(path)));
}

/** Enough for the last few lines. */
const TAIL_BYTES = 65_536;

/** The seq of the last whole line, without reading the log; 0 where it cannot be told from the log's end. */
export function lastSeq(path: string): number {
  if (!existsSync(path)) return 0;
  const lines = endOf(path, TAIL_BYTES).split("\n").slice(0, -1);
  return seqIn(lines.at(-1) ?? "") ?? 0;
}

/** Whether the log ends in the middle of a line. */
function endsTorn(path: string): boolean {
  using file = Deno.openSync(path, { read: true });
  const { size } = file.statSync();
  if (size === 0) return false;
  const last = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(last);
  return at(last, 0) !== 10;
}
