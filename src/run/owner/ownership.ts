/**
 * Ownership of a run. A trainer holds an flock on two things: on the run's folder, and on the file `lock` in it, which
 * names the owner. The system releases both when the trainer exits.
 *
 * Two locks are needed because the file can be deleted by hand, and another process could then lock a new file of that
 * name. The folder's lock lasts as long as the folder. Some file systems (NFS) cannot lock folders. There the file
 * alone counts, and `keep` recreates it.
 *
 * Another host that shares the folder may not see these locks. It takes a run over when the owner's heartbeat has stood
 * still for long, and writes a new token to `lock`. An owner that was only suspended finds that token before its next
 * change to the run (`refuseIfTaken`).
 *
 * If it was suspended between this check and the change, the change fails by itself or has no effect:
 * - It renames files from and to a folder of its own (`Guard.asides`), which the new owner removes.
 * - It appends to files that are no longer at their paths, because the new owner replaces them by copies.
 * - It writes to a `lock` file that is no longer at its path.
 * The new owner does all this after it has written its token, and before it reads the state of the run.
 */
import { join } from "node:path";
import { HeadlightError, TRY_AGAIN } from "../../errors.ts";
import { asideOf, isAside, removeFolderSync, renewFileSync, withAside } from "../../files/atomic.ts";
import { guardFolder } from "../../files/guard.ts";
import { isAt } from "../../files/is_there.ts";
import { lockOrClose, NoLocksError } from "../../files/lock.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { claimOn } from "./custody.ts";
import { beat, BEAT_EVERY_MS } from "./heartbeat.ts";
import { type Owner, readOwner, writeOwner } from "./owner_record.ts";
import { folderMark, isLocalDisk, startMark, thisHost } from "./this_host.ts";

/** The name of the folder for temporary files of an owner, as `asideOf` takes it. */
const ASIDES = "writes";
/** How long to try, in milliseconds. A viewer that checks whether a lock is held holds it for a moment itself. */
const TAKE_FOR_MS = 200;
const TRY_EVERY_MS = 5;
/**
 * How long to wait, in milliseconds, where another host may take the run in the same moment. Both write `lock`, and the
 * token that is there afterwards wins.
 */
const SETTLE_MS = 1000;

/** Another process has taken over the run that this process owned. */
export class RunTakenError extends HeadlightError {
  constructor({ id }: RunDirectory, by: Owner) {
    super(`Run ${id} was taken over by ${describeOwner(by)}, so this trainer ends and changes nothing more.`, 1);
  }
}

/** The exit status of a trainer whose run was taken over. */
export const TAKEN_STATUS = TRY_AGAIN;

/** Returns "process PID on HOST". */
export function describeOwner({ pid, host }: Owner): string {
  return `process ${pid} on ${host}`;
}

/**
 * Takes ownership of a run, or returns null if a running trainer owns it. Until it is released, atomic writers refuse
 * to change the run if another process has taken it over.
 */
export async function takeOwnership(run: RunDirectory, socket: string): Promise<Ownership | null> {
  const deadlineMs = performance.now() + TAKE_FOR_MS;
  let taken = Ownership.tryTake(run);
  while (!taken && performance.now() < deadlineMs) {
    await sleep(TRY_EVERY_MS);
    taken = Ownership.tryTake(run);
  }
  if (!taken) return null;
  let settled = false;
  try {
    taken.noteSocket(socket);
    if (!taken.excludesAll) {
      await sleep(SETTLE_MS);
      // Another host that was late to take the run may be about to write to it.
      if (taken.stillMine()) taken.shutOutOthers();
    }
    settled = taken.stillMine();
  } finally {
    if (!settled) taken.release();
  }
  return settled ? taken : null;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export class Ownership {
  readonly token = crypto.randomUUID();
  readonly #since = new Date().toISOString();
  /** What was written to `lock`, or null if nothing was yet. */
  #noted: Owner | null = null;
  #takenBy: Owner | null = null;
  #beatenAtMs = -Infinity;
  /** When `stillMine` last found the own token, by both clocks: one of them may stand still during a suspension. */
  #checkedAt = { monotonicMs: -Infinity, wallMs: -Infinity };
  #endGuard = () => {};
  /** The folder for temporary files. */
  readonly #asides: string;

  private constructor(
    private readonly run: RunDirectory,
    private readonly folder: Deno.FsFile,
    private file: Deno.FsFile,
    /** Whether the locks are sure to exclude all others. Otherwise another host may own the same locks. */
    readonly excludesAll: boolean,
  ) {
    this.#asides = asideOf(join(run.path, ASIDES));
  }

  /**
   * Takes ownership at once, or returns null if another process owns or claims the run or is just checking its locks.
   * @throws Deno.errors if the folder does not exist or cannot be written
   */
  static tryTake(run: RunDirectory): Ownership | null {
    const folder = Deno.openSync(run.path, { read: true });
    let file: LockedFile | null = null;
    try {
      file = lockFolder(folder) ? lockFile(run.lock) : null;
      // This comes after locking, so that the last owner on this machine has finished writing. It may have replaced the
      // file before the lock was taken.
      if (file && isAt(file.file, run.lock) && claimOn(run) === null) {
        return new Ownership(run, folder, file.file, file.locked && isLocalDisk(run.path));
      }
    } catch (error) {
      folder.close();
      throw error;
    }
    file?.file.close();
    folder.close();
    return null;
  }

  /** Writes the owner and the path of its socket to `lock`, unless the run was taken over. */
  noteSocket(socket: string): void {
    if (!this.stillMine()) return;
    // The heartbeat must exist when others learn of this owner.
    this.#beat();
    const { pid } = Deno;
    const owner = {
      ...thisHost(),
      ...{ pid, socket, start: startMark(pid), since: this.#since, token: this.token },
      ...{ folder: folderMark(this.run.path), released: false },
    };
    const begins = this.#noted === null;
    if (begins) {
      const check = (maxAgeMs: number) => this.refuseIfTaken(maxAgeMs);
      this.#endGuard = guardFolder(this.run.path, { check, asides: this.#asides });
    }
    const before = begins ? readOwner(this.run.lock) : null;
    if (before === null || before.released) return this.#write(owner);
    this.#replaceLock(owner);
    this.shutOutOthers();
    for (const path of [this.run.events, this.run.history]) renewFileSync(path);
  }

  /** Removes the temporary files of all other owners, so that they can rename nothing more. */
  shutOutOthers(): void {
    for (const { name } of Deno.readDirSync(this.run.path)) {
      const path = join(this.run.path, name);
      if (isAside(name) && name.startsWith(`.${ASIDES}.`) && path !== this.#asides) removeFolderSync(path);
    }
  }

  /**
   * Returns whether this process still owns the run. Reads `lock`, so that a process that was suspended notices a
   * takeover.
   */
  stillMine(): boolean {
    if (this.#noted === null || this.#takenBy !== null) return this.#takenBy === null;
    const owner = readOwner(this.run.lock);
    // A lock that is missing or damaged is not a takeover: `keep` recreates it.
    if (owner !== null && owner.token !== this.token) this.#takenBy = owner;
    else this.#checkedAt = { monotonicMs: performance.now(), wallMs: Date.now() };
    return this.#takenBy === null;
  }

  /**
   * Checks that this process still owns the run.
   * @param maxAgeMs how old the result of an earlier check may be
   * @throws RunTakenError
   */
  refuseIfTaken(maxAgeMs = 0): void {
    const { monotonicMs, wallMs } = this.#checkedAt;
    const ageMs = Math.max(performance.now() - monotonicMs, Math.abs(Date.now() - wallMs));
    if (this.#takenBy === null && ageMs < maxAgeMs) return;
    if (!this.stillMine() && this.#takenBy) throw new RunTakenError(this.run, this.#takenBy);
  }

  /**
   * Lets the heartbeat beat, and recreates `lock` if it was deleted, replaced or damaged. Call this more often than
   * every `BEAT_EVERY_MS`.
   * @returns whether the run is still there and still belongs to this process
   */
  keep(socket: string): "kept" | "gone" | "taken" {
    if (!this.folderIsThere()) return "gone";
    if (!this.stillMine()) return "taken";
    if (performance.now() - this.#beatenAtMs >= BEAT_EVERY_MS) this.#beat();
    if (isAt(this.file, this.run.lock)) {
      if (readOwner(this.run.lock) === null) this.noteSocket(socket);
      return "kept";
    }
    const file = lockFile(this.run.lock);
    // The folder is locked, so the process that holds the new file is only checking it. Try again next time.
    if (!file) return "kept";
    this.file.close();
    this.file = file.file;
    this.noteSocket(socket);
    return "kept";
  }

  /** Gives the run back. Other hosts see this in `lock`. */
  release(): void {
    this.#endGuard();
    try {
      if (this.#noted && this.stillMine()) this.#write({ ...this.#noted, released: true });
    } catch {
      // The folder may have been removed. On this machine, closing the files is enough.
    }
    this.file.close();
    this.folder.close();
  }

  /**
   * Returns whether the run's folder still exists. If another folder is in its place, it counts if it has a
   * config.json.
   */
  folderIsThere(): boolean {
    if (isAt(this.folder, this.run.path)) return true;
    try {
      // Inode numbers may change on network file systems, so look for the run's config.json.
      return Deno.statSync(this.run.config).isFile;
    } catch (error) {
      return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
    }
  }

  /** Puts a new, locked file in the place of `lock`. */
  #replaceLock(owner: Owner): void {
    withAside(this.run.lock, (aside) => {
      const next = lockFile(aside);
      if (next === null) throw new Error(`${aside} is locked by another process`);
      writeOwner(next.file, owner);
      Deno.renameSync(aside, this.run.lock);
      this.file.close();
      this.file = next.file;
    });
    this.#noted = owner;
  }

  #write(owner: Owner): void {
    writeOwner(this.file, owner);
    this.#noted = owner;
  }

  #beat(): void {
    this.#beatenAtMs = performance.now();
    try {
      beat(this.run.heartbeat);
    } catch {
      // If it cannot be written for long, another host may take the run over, and this process notices that.
    }
  }
}

/** Returns true if the lock was taken, or if the file system cannot lock folders at all. */
function lockFolder(folder: Deno.FsFile): boolean {
  try {
    return folder.tryLockSync(true);
  } catch {
    return true;
  }
}

interface LockedFile {
  readonly file: Deno.FsFile;
  /** False if the file system has no locks. */
  readonly locked: boolean;
}

/**
 * Returns the locked file, or null if another process has locked it. Does not create the folder, which may have been
 * removed on purpose.
 */
function lockFile(path: string): LockedFile | null {
  const open = () => Deno.openSync(path, { read: true, write: true, create: true });
  const file = open();
  try {
    return lockOrClose(file, path) ? { file, locked: true } : null;
  } catch (error) {
    if (!(error instanceof NoLocksError)) throw error;
    return { file: open(), locked: false };
  }
}
