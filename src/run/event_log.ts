/** events.jsonl: append-only, one event a line, numbered from 1 without gaps. */
import { EVENT_VERSION, type EventBody, parseEvent, type RunEvent } from "../events.ts";

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
    return readEvents(this.#path).filter((event) => event.seq > seq);
  }

  /** What was written survives a power cut from here on. */
  sync(): void {
    this.#file.syncSync();
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * The events of a log that this version knows. A last line cut off by a kill is left out, and so is a line that is no
 * event: a log outlives the program that wrote it. No log is an empty one.
 */
export function readEvents(path: string): RunEvent[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return text.split("\n").flatMap((line) => {
    try {
      const event = line === "" ? null : parseEvent(JSON.parse(line));
      return event ? [event] : [];
    } catch {
      return [];
    }
  });
}

function endsTorn(path: string): boolean {
  const bytes = Deno.readFileSync(path);
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10;
}
