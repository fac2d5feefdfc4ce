/**
 * Divides the images among the processes of a machine that need the same features. `<recipe>/claims/<name>` lists the
 * digests that its owner is computing, and is locked while the owner runs. Claims only avoid duplicate work: losing one
 * does no harm.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { removeIfThere } from "../../files/atomic.ts";
import { type FileLock, isLocked, tryLock } from "../../files/lock.ts";
import { explainCacheError } from "../../files/system_error.ts";
import { DIGEST_BYTES, type DigestTable } from "./digest_table.ts";

const TURN_POLL_MS = 2;
/**
 * The maximum wait for a turn, in milliseconds. A turn takes a few milliseconds; a process that holds it longer is
 * suspended.
 */
const TURN_PATIENCE_MS = 2000;

export class Claims {
  readonly #path: string;
  #own: FileLock | null = null;

  private constructor(private readonly folder: string, private readonly digests: DigestTable) {
    this.#path = join(folder, `${Deno.pid}-${randomUUID().slice(0, 8)}`);
  }

  /**
   * Opens this process's claims.
   * @param folder the recipe's folder
   * @throws HeadlightError (1) if the folder cannot be written
   */
  static async open(folder: string, digests: DigestTable): Promise<Claims> {
    const claims = new Claims(join(folder, "claims"), digests);
    // Done in turn: between creating the file and locking it, other processes would think that its owner has exited.
    await claims.inTurn(() => claims.#own = claims.#explained(() => tryLock(claims.#path)));
    return claims;
  }

  /** Runs `choose` while no other process chooses. After waiting two seconds, runs it anyway. */
  async inTurn<T>(choose: () => T): Promise<T> {
    const turn = await this.#turn();
    try {
      return choose();
    } finally {
      turn?.release();
    }
  }

  /**
   * Returns the positions that other running processes are computing. Removes the claims of processes that have exited.
   */
  ofOthers(): Set<number> {
    const claimed = new Set<number>();
    for (const name of this.#names()) {
      const path = join(this.folder, name);
      if (path === this.#path) continue;
      const bytes = isLocked(path) ? readIfThere(path) : forget(path);
      for (let offset = 0; offset + DIGEST_BYTES <= bytes.length; offset += DIGEST_BYTES) {
        const position = this.digests.find(bytes, offset);
        if (position >= 0) claimed.add(position);
      }
    }
    return claimed;
  }

  /** Replaces this process's claims. */
  say(positions: readonly number[]): void {
    const bytes = new Uint8Array(positions.length * DIGEST_BYTES);
    positions.forEach((position, place) => bytes.set(this.digests.bytes(position), place * DIGEST_BYTES));
    // Written in place, because the lock is on this file. A process that reads half a claim only computes something
    // twice.
    this.#explained(() => Deno.writeFileSync(this.#path, bytes));
  }

  /** Releases all claims. */
  release(): void {
    forget(this.#path);
    this.#own?.release();
  }

  async #turn(): Promise<FileLock | null> {
    for (const deadlineMs = performance.now() + TURN_PATIENCE_MS; performance.now() < deadlineMs;) {
      const turn = this.#explained(() => tryLock(join(this.folder, ".turn")));
      if (turn) return turn;
      await setTimeout(TURN_POLL_MS);
    }
    return null;
  }

  #names(): string[] {
    const names = this.#explained(() => [...Deno.readDirSync(this.folder)].map(({ name }) => name));
    return names.filter((name) => !name.startsWith("."));
  }

  #explained<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      throw explainCacheError(error, `cannot write features to ${this.folder}`);
    }
  }
}

const NOTHING = new Uint8Array(0);

function readIfThere(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NOTHING;
    throw error;
  }
}

function forget(path: string): Uint8Array {
  removeIfThere(path);
  return NOTHING;
}
