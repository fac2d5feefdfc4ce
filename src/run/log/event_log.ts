/** events.jsonl: append-only, one event a line, numbered from 1 without gaps. */
import { EVENT_VERSION, type EventBody, parseEvent, type RunEvent } from "../../events.ts";

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

/** `seq` is what `EventLog` writes first: it can be read without parsing the line. */
const SEQ = /^\{"seq":(\d+)[,}]/;

/**
 * The events of a log that this version knows, with a larger seq than the given one, each parsed when it is asked for: a
 * long run's log takes seconds to parse. A last line cut off by a kill is left out, and so is a line that is no event: a
 * log outlives the program that wrote it. No log is an empty one.
 */
export function* eventsAfter(path: string, seq: number): Generator<RunEvent, void, void> {
  const text = readLog(path);
  // From the end: what is asked for is most often the last few.
  let from = seq > 0 ? text.length : 0;
  while (from > 0) {
    const start = from < 2 ? 0 : text.lastIndexOf("\n", from - 2) + 1;
    if (Number(SEQ.exec(text.slice(start, start + 32))?.[1] ?? Infinity) <= seq) break;
    from = start;
  }
  for (let start = from; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const event = eventOf(text.slice(start, end));
    if (event && event.seq > seq) yield event;
    start = end + 1;
  }
}

function readLog(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function eventOf(line: string): RunEvent | null {
  try {
    return line === "" ? null : parseEvent(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Enough for the last few lines. */
const TAIL_BYTES = 65_536;

/** The seq of the last whole line, without reading the log; 0 where it cannot be told from the log's end. */
export function lastSeq(path: string): number {
  let tail: Uint8Array;
  try {
    using file = Deno.openSync(path, { read: true });
    const { size } = file.statSync();
    file.seekSync(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
    tail = new Uint8Array(Math.min(size, TAIL_BYTES));
    tail = tail.subarray(0, file.readSync(tail) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
  const lines = new TextDecoder().decode(tail).split("\n").slice(0, -1);
  return Number(SEQ.exec(lines.at(-1) ?? "")?.[1] ?? 0);
}

function endsTorn(path: string): boolean {
  const bytes = Deno.readFileSync(path);
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10;
}
