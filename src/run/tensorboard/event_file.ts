/**
 * The event files of one folder that TensorBoard reads: writes a new one, and cuts the earlier ones of a resumed run.
 */
import { hostname } from "node:os";
import { join } from "node:path";
import { PendingBytes } from "../../files/pending_bytes.ts";
import { type BoardEvent, decodeEvent, encodeEvent, FILE_VERSION, SESSION_START } from "./messages.ts";
import { readRecords, recordOf } from "./records.ts";
import { epochsAfter, holdsAt, type Progress } from "./summaries.ts";

/**
 * The names of Headlight's event files. TensorBoard reads all files with `tfevents` in their names, in order of name.
 */
const NAME = /^events\.out\.tfevents\.(\d{10})\..*\.headlight$/;

/** What the earlier files of a folder contain after they were cut. */
export interface Kept {
  /** The number of epochs. */
  readonly epochs: number;
  /** The time in the name of the newest file, in seconds since 1970; 0 if there is none. */
  readonly seconds: number;
}

/**
 * Removes from the earlier files of a folder what they say about epochs and batches that are trained again.
 * TensorBoard's own rule for this, the `SessionLog`, is not enough: it drops all events from one step on, while epochs
 * and batches, which are in the same folder as with Keras's callback, count different steps.
 *
 * @throws the system's error if a file cannot be read or cut
 */
export function keepUntil(folder: string, progress: Progress): Kept {
  let kept: Kept = { epochs: 0, seconds: 0 };
  for (const { name } of [...Deno.readDirSync(folder)].sort((one, other) => one.name < other.name ? -1 : 1)) {
    const seconds = NAME.exec(name)?.[1];
    if (seconds === undefined) continue;
    kept = { epochs: Math.max(kept.epochs, cut(join(folder, name), progress)), seconds: Number(seconds) };
  }
  return kept;
}

/** Truncates a file at its first event that no longer holds. Returns the number of epochs before that. */
function cut(path: string, progress: Progress): number {
  using file = Deno.openSync(path, { read: true, write: true });
  let epochs = 0;
  const records = readRecords(file);
  for (;;) {
    const next = records.next();
    const { step, tags } = next.done ? { step: 0, tags: [] } : decodeEvent(next.value.data);
    if (next.done || !tags.every((tag) => holdsAt(tag, step, progress))) {
      file.truncateSync(next.done ? next.value : next.value.offset);
      return epochs;
    }
    for (const tag of tags) epochs = Math.max(epochs, epochsAfter(tag, step) ?? 0);
  }
}

/** A new event file. Events are kept in memory until they are flushed. */
export class EventFile {
  readonly #path: string;
  readonly #pending = new PendingBytes();
  #records: Uint8Array[] = [];
  #exists = false;

  /**
   * @param folder must exist when the file is flushed for the first time
   * @param after the time in the name of the newest file in the folder, in seconds since 1970; 0 if there is none
   * @param nowSeconds a clock in seconds since 1970
   */
  constructor(folder: string, after: number, private readonly nowSeconds: () => number) {
    // TensorBoard reads files in order of name, and no longer looks at a file once it reads the next one.
    const seconds = Math.max(Math.floor(nowSeconds()), after + 1);
    const host = hostname().replaceAll(/[^\w-]/g, "-");
    const name = `events.out.tfevents.${String(seconds).padStart(10, "0")}.${host}.${Deno.pid}.headlight`;
    this.#path = join(folder, name);
    this.#add({ step: 0, file_version: FILE_VERSION });
  }

  /**
   * Adds an event that says that the run goes on after this many batches. A TensorBoard that is running and has read
   * what was cut off then drops it, as far as it can.
   */
  goOn(batches: number): void {
    this.#add({ step: batches + 1, session_log: { status: SESSION_START } });
  }

  /** Adds the values of a summary. */
  summary(step: number, value: NonNullable<BoardEvent["summary"]>["value"]): void {
    this.#add({ step, summary: { value } });
  }

  /** The number of bytes that an earlier `flush` could not write. */
  get unwrittenBytes(): number {
    return this.#pending.bytes;
  }

  /**
   * Writes the events so far.
   * @throws the system's error, also if the file or its folder was removed; what is not written stays for the next call
   */
  flush(): void {
    if (this.#records.length > 0) this.#pending.add(joined(this.#records));
    this.#records = [];
    if (this.#pending.chunks === 0) return;
    // Open the file for each flush, so that it is an error if it was removed.
    using file = Deno.openSync(this.#path, { append: true, createNew: !this.#exists });
    this.#exists = true;
    this.#pending.writeTo(file);
  }

  #add(event: Omit<BoardEvent, "wall_time">): void {
    this.#records.push(recordOf(encodeEvent({ wall_time: this.nowSeconds(), ...event })));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
