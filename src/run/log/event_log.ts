/** events.jsonl: append-only, one event per line, numbered from 1 without gaps. */
import { existsSync } from "node:fs";
import { at } from "../../at.ts";
import { EVENT_VERSION, type EventBody, type RunEvent } from "../../events.ts";
import { checkGuard } from "../../files/guard.ts";
import { PendingBytes } from "../../files/pending_bytes.ts";
import { readStored } from "../../files/stored.ts";
import { eventIn, logFile, seqIn } from "./event_lines.ts";
import { END_BYTES, endOf, eventsFromEnd } from "./log_end.ts";

/** Events come too often to check the log's owner before each one. */
const GUARDED_EVERY_MS = 250;

export class EventLog {
  /** Null while a log that does not exist is held. */
  #file: Deno.FsFile | null;
  readonly #path: string;
  #seq: number;
  /** Whether an earlier process left the last line incomplete. */
  #torn: boolean;
  readonly #pending = new PendingBytes();
  /** The events whose lines are not completely written. */
  readonly #unwritten: RunEvent[] = [];

  #held: boolean;

  /**
   * Opens a log for appending. An existing log is continued after its last complete event.
   * @param held whether all events stay in memory, where `after` finds them, until `release`
   */
  constructor(path: string, private readonly now: () => Date = () => new Date(), held = false) {
    this.#held = held;
    this.#path = path;
    this.#seq = newestEvent(path)?.seq ?? 0;
    this.#file = held && !existsSync(path) ? null : Deno.openSync(path, { append: true, create: true });
    this.#torn = this.#file !== null && endsTorn(path);
  }

  /** Gives an event its number and time. The number stays used even if the event cannot be written afterwards. */
  number(body: EventBody): RunEvent {
    this.#seq++;
    return { seq: this.#seq, time: this.now().toISOString(), v: EVENT_VERSION, ...body };
  }

  /**
   * Writes an event that `number` returned, after those that could not be written before.
   * @throws if it cannot be written, for example because the disk is full; it is kept for the next call
   */
  write(event: RunEvent): void {
    this.#pending.add(new TextEncoder().encode((this.#torn ? "\n" : "") + JSON.stringify(event) + "\n"));
    this.#unwritten.push(event);
    this.#torn = false;
    this.flush();
  }

  /** Lets the next `write` or `flush` write the events that were held back. */
  release(): void {
    this.#held = false;
  }

  /** Writes the events that could not be written before. @throws as `write` */
  flush(): void {
    if (this.#held || this.#unwritten.length === 0) return;
    // An event that is late nevertheless gets into a file that is no longer at this path (`Ownership`).
    checkGuard(this.#path, GUARDED_EVERY_MS);
    try {
      this.#file ??= Deno.openSync(this.#path, { append: true, create: true });
      this.#pending.writeTo(this.#file);
    } finally {
      this.#unwritten.splice(0, this.#unwritten.length - this.#pending.chunks);
    }
  }

  /** The events that are not written yet, and the size of their lines. */
  get unwritten(): { readonly events: number; readonly bytes: number } {
    return { events: this.#unwritten.length, bytes: this.#pending.bytes };
  }

  append(body: EventBody): RunEvent {
    const event = this.number(body);
    this.write(event);
    return event;
  }

  /** Returns all events so far with a larger seq, including those that could not be written. */
  after(seq: number): RunEvent[] {
    const written = [...eventsAfter(this.#path, seq)];
    // The first unwritten line may be in the file up to its line break.
    const last = written.at(-1)?.seq ?? seq;
    return [...written, ...this.#unwritten.filter((event) => event.seq > last)];
  }

  /** Syncs the file, so that everything written so far survives a power failure. */
  sync(): void {
    this.#file?.syncSync();
  }

  close(): void {
    this.#file?.close();
  }
}

/** Returns all events of a log, as `eventsAfter` reads them. */
export function readEvents(path: string): RunEvent[] {
  return [...eventsAfter(path, 0)];
}

/**
 * Yields the events with a larger seq than the given one. Each is parsed when it is requested, because parsing the log
 * of a long run takes seconds. An incomplete last line and lines that are not events of this version are skipped, and
 * so is an end after which the run was resumed: nobody should take it for the end. If the log does not exist, there are
 * no events.
 * @throws StoredFileError if the log is not a regular file or cannot be read
 */
export function* eventsAfter(path: string, seq: number): Generator<RunEvent, void, void> {
  for (const event of eventsIn(seq > 0 ? readAfter(path, seq) : readLog(path))) {
    if (event.seq > seq) yield event;
  }
}

/**
 * Yields the events of some types, and the first and the last event whatever their types, as `eventsAfter` reads them.
 * The other lines are not parsed: a run that goes on needs few of them, and waits for these.
 */
export function* eventsOfTypes(
  path: string,
  types: readonly RunEvent["type"][],
): Generator<RunEvent, void, void> {
  const text = readLog(path);
  const hasType = new RegExp(`"type":"(?:${types.join("|")})"`);
  const newest = newestEvent(path)?.seq;
  let first = true;
  for (const event of eventsIn(text, (line) => first || seqIn(line) === newest || hasType.test(line))) {
    if (first || event.seq === newest || types.includes(event.type)) yield event;
    first = false;
  }
}

/** Yields the events in the lines of a log for which `mayBeWanted` is true. */
function* eventsIn(text: string, mayBeWanted: (line: string) => boolean = () => true): Generator<RunEvent, void, void> {
  const resumed = text.lastIndexOf(RESUME);
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const event = mayBeWanted(line) ? eventIn(line) : null;
    if (event && (event.type !== "end" || start > resumed)) yield event;
    start = end + 1;
  }
}

/** Occurs in the lines of `resume` events only: within a text of another event, the quotation marks are escaped. */
const RESUME = '"type":"resume"';

/** Returns the last event of a log, or null if it has none or does not exist, without reading the whole log. */
function newestEvent(path: string): RunEvent | null {
  if (!existsSync(path)) return null;
  for (let bytes = END_BYTES;; bytes *= 16) {
    for (const event of eventsFromEnd(path, bytes)) return event;
    if (bytes >= Deno.statSync(path).size) return null;
  }
}

/**
 * Returns the lines after the one with a number, without reading the log before them: whoever follows a long run asks
 * for the newest events again and again.
 */
function readAfter(path: string, seq: number): string {
  if (!existsSync(path)) return "";
  for (let bytes = TAIL_BYTES;; bytes *= 16) {
    const { text, isWhole } = endOf(path, bytes);
    for (let from = text.length; from > 0;) {
      const start = from < 2 ? 0 : text.lastIndexOf("\n", from - 2) + 1;
      if ((seqIn(text.slice(start, start + 32)) ?? Infinity) <= seq) return text.slice(from);
      from = start;
    }
    if (isWhole) return text;
  }
}

function readLog(path: string): string {
  if (!existsSync(path)) return "";
  // Decoding never throws, so bytes that are not UTF-8 damage their own line only.
  return new TextDecoder().decode(readStored(logFile(path)));
}

/** Enough bytes for the last few lines, unless one of them is very long. */
const TAIL_BYTES = 65_536;

/**
 * Returns the seq of the last line that has one, or 0 if there is none. Reads only the log's end. An incomplete last
 * line and damaged lines are skipped, as by `EventLog`, which goes on after them.
 */
export function lastSeq(path: string): number {
  if (!existsSync(path)) return 0;
  for (let bytes = TAIL_BYTES;; bytes *= 16) {
    const { text, isWhole } = endOf(path, bytes);
    const seq = text.split("\n").slice(0, -1).reduce((last, line) => seqIn(line) ?? last, 0);
    if (seq > 0 || isWhole) return seq;
  }
}

/** Returns whether the last line of the log is incomplete. */
function endsTorn(path: string): boolean {
  using file = Deno.openSync(path, { read: true });
  const { size } = file.statSync();
  if (size === 0) return false;
  const last = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(last);
  return at(last, 0) !== 10;
}
