/** The event files of one folder that TensorBoard reads: appends to them, and lets a run go on with them. */
import { hostname } from "node:os";
import { join } from "node:path";
import { PendingBytes } from "../../files/pending_bytes.ts";
import { type BoardEvent, decodeEvent, encodeEvent, FILE_VERSION, SESSION_START } from "./messages.ts";
import { readRecords, recordOf } from "./records.ts";
import { epochsAfter, holdsAt, type Progress } from "./summaries.ts";

/** Names of event files of Headlight. TensorBoard reads all files with `tfevents` in their names, in their order. */
const NAME = /^events\.out\.tfevents\.(\d{10})\..*\.headlight$/;

/** What the earlier files of a folder have, up to the place where the run goes on. */
export interface Kept {
  /** The number of the last epoch. */
  readonly epochs: number;
  /** The time in the name of the newest file, in seconds since 1970; 0 if there is none. */
  readonly seconds: number;
}

/**
 * Cuts off what the earlier files of a folder say about what is trained again. TensorBoard's own rule for that, the
 * `SessionLog`, drops all events from a step on, whatever their tags. It cannot tell epochs from batches, which Keras's
 * callback writes to the same folder.
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

/** Cuts off a file before its first event that no longer holds. Returns the number of the last epoch before that. */
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

export class EventFile {
  readonly #path: string;
  readonly #pending = new PendingBytes();
  #records: Uint8Array[] = [];
  #exists = false;

  /**
   * @param folder must exist when the file is flushed for the first time
   * @param after the time in the name of the newest file that is there
   */
  constructor(folder: string, after: number, private readonly nowSeconds: () => number) {
    // TensorBoard reads files in the order of their names, and ignores older ones that grow.
    const seconds = Math.max(Math.floor(nowSeconds()), after + 1);
    const host = hostname().replaceAll(/[^\w-]/g, "-");
    const name = `events.out.tfevents.${String(seconds).padStart(10, "0")}.${host}.${Deno.pid}.headlight`;
    this.#path = join(folder, name);
    this.#add({ step: 0, file_version: FILE_VERSION });
  }

  /** Says that the run goes on. A TensorBoard that has read what was cut off drops it then, as far as it can. */
  goOn(batches: number): void {
    this.#add({ step: batches + 1, session_log: { status: SESSION_START } });
  }

  summary(step: number, value: NonNullable<BoardEvent["summary"]>["value"]): void {
    this.#add({ step, summary: { value } });
  }

  /** The number of bytes that could not be written. */
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
    // Opened for each epoch, so that the events of a file that was removed are an error.
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
