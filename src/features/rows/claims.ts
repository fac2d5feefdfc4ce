/**
 * Divides the images among the processes that need the same features. `<recipe>/claims/<host>.<name>` lists the digests
 * that its owner is computing, and is locked while the owner runs. Claims only avoid duplicate work: losing one does no
 * harm, and nobody waits long for one.
 *
 * Other hosts that share the cache may not see a lock. So a claim of another host counts as long as it keeps changing.
 *
 * The name of a claim says which images its owner may need, so that claims on other images are not even opened.
 */
import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { asideOf, isRunning, removeIfThere } from "../../files/atomic.ts";
import { isWithoutLocks } from "../../files/lock_ability.ts";
import { type FileLock, isLocked, tryLock } from "../../files/lock.ts";
import { explainCacheError, isGone } from "../../files/system_error.ts";
import { DIGEST_BYTES, type DigestTable } from "./digest_table.ts";
import { mayMeet, parseReach, type Reach, reachText } from "./reach.ts";

/**
 * How long an unchanged claim counts if no lock shows that its owner runs, in milliseconds. An owner changes its claim
 * with each batch, which takes about a second.
 */
const UNCHANGED_FOR_MS = 60_000;

/**
 * A claim's name: the host, the reach, the process and a random number. The oldest versions wrote names without a host.
 * Versions that do not know the reach take it for a part of the host's name, and so do not remove the claim.
 */
const NAME = /^(?:(.+?)(?:~([0-9a-f]+-\d+-\d+))?\.)?(\d+)-[0-9a-f]+$/;
/** The number of digits in the name of a turn's file. It is small, because these files are never removed. */
const TURN_DIGITS = 2;

/** The time between two attempts to get a turn, in milliseconds. */
const TURN_POLL_MS = 2;
/**
 * The maximum wait for a turn, in milliseconds. A turn takes a few milliseconds, so a process that holds it for longer
 * is suspended.
 */
const TURN_PATIENCE_MS = 2000;

export interface ClaimsOptions {
  /** The images that this process may compute. Default: null, which means that any image is possible. */
  readonly reach?: Reach | null;
  /** The name of this host. */
  readonly host?: string;
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
}

/** What other processes are computing. */
export interface OthersClaims {
  readonly positions: ReadonlySet<number>;
  /** Whether some of them may choose images at the same time as this one, because no common lock prevents it. */
  readonly mayCollide: boolean;
  /** The hosts of the processes that compute them. */
  readonly hosts: ReadonlySet<string>;
}

/** The claims of one process on images of one recipe, and its view of the claims of others. */
export class Claims {
  readonly #name: string;
  readonly #host: string;
  readonly #reach: Reach | null;
  readonly #nowMs: () => number;
  /** The claims whose owners cannot be checked by a lock, as they were when they last changed. */
  readonly #seen = new Map<string, { readonly bytes: Uint8Array; readonly sinceMs: number }>();
  #own: FileLock | null = null;

  private constructor(
    private readonly folder: string,
    private readonly digests: DigestTable,
    { host = hostname(), reach = null, nowMs = () => performance.now() }: ClaimsOptions,
  ) {
    this.#host = host;
    this.#reach = reach;
    this.#nowMs = nowMs;
    const owner = reach === null ? host : `${host}~${reachText(reach)}`;
    this.#name = `${owner}.${Deno.pid}-${randomUUID().slice(0, 8)}`;
  }

  get #path(): string {
    return join(this.folder, this.#name);
  }

  /**
   * Opens this process's claims. Removes those of processes of this host that have exited.
   * @param folder the recipe's folder
   * @param digests the images that this process needs
   * @throws HeadlightError (1) if the folder cannot be written
   */
  static open(folder: string, digests: DigestTable, options: ClaimsOptions = {}): Claims {
    const claims = new Claims(join(folder, "claims"), digests, options);
    claims.#explained(() => claims.#open());
    for (const name of claims.#names()) {
      if (!isElsewhere(name, claims.#host) && name !== claims.#name) claims.#read(name);
    }
    return claims;
  }

  #open(): void {
    // Lock the file before it gets its name. Without a lock, other processes would think that the owner has exited.
    const aside = asideOf(this.#path);
    this.#own = tryLock(aside);
    Deno.renameSync(aside, this.#path);
  }

  /** Runs `choose` while no other process with the same reach runs it. After two seconds of waiting, runs it anyway. */
  async inTurn<T>(choose: () => T): Promise<T> {
    const turn = await this.#turn();
    try {
      return choose();
    } finally {
      turn?.release();
    }
  }

  /**
   * Returns what other processes are computing of the images that this one needs. Removes the claims of processes of
   * this host that have exited.
   *
   * @param before whether to return only claims with names that sort before this one's. If several processes have
   * chosen the same images at the same time, the one whose name sorts first keeps them.
   */
  ofOthers(before = false): OthersClaims {
    const positions = new Set<number>();
    const hosts = new Set<string>();
    let mayCollide = false;
    for (const name of this.#names()) {
      if (name === this.#name || (before && name > this.#name)) continue;
      const { reach, host = this.#host } = ownerIn(name);
      if (!mayMeet(this.#reach, reach)) continue;
      const { bytes, isLocked } = this.#read(name);
      for (let offset = 0; offset + DIGEST_BYTES <= bytes.length; offset += DIGEST_BYTES) {
        const position = this.digests.find(bytes, offset);
        if (position < 0) continue;
        positions.add(position);
        hosts.add(host);
      }
      if (!(isLocked && isDeepStrictEqual(reach, this.#reach)) && bytes.length > 0) mayCollide = true;
    }
    return { positions, mayCollide, hosts };
  }

  /** Reads a claim. Returns no bytes if it does not count. */
  #read(name: string): { readonly bytes: Uint8Array; readonly isLocked: boolean } {
    const path = join(this.folder, name);
    const { host = this.#host, pid } = ownerIn(name);
    if (host === this.#host && !isWithoutLocks(path)) {
      return isLocked(path) ? { bytes: readIfThere(path), isLocked: true } : { bytes: forget(path), isLocked: false };
    }
    if (host === this.#host && !isRunning(pid)) return { bytes: forget(path), isLocked: false };
    const bytes = readIfThere(path);
    const before = this.#seen.get(name);
    if (!before || !isSame(before.bytes, bytes)) this.#seen.set(name, { bytes, sinceMs: this.#nowMs() });
    else if (this.#nowMs() - before.sinceMs > UNCHANGED_FOR_MS) return { bytes: NOTHING, isLocked: false };
    return { bytes, isLocked: false };
  }

  /** Replaces this process's claims. @param positions the positions of images in the table of digests */
  say(positions: readonly number[]): void {
    const bytes = new Uint8Array(positions.length * DIGEST_BYTES);
    positions.forEach((position, place) => bytes.set(this.digests.bytes(position), place * DIGEST_BYTES));
    // Written in place, because the lock is on this file. If another process reads half a claim, the only harm is that
    // some images are computed twice.
    this.#explained(() => Deno.writeFileSync(this.#path, bytes));
  }

  /** Releases all claims. */
  release(): void {
    forget(this.#path);
    this.#own?.release();
  }

  async #turn(): Promise<FileLock | null> {
    for (const deadlineMs = performance.now() + TURN_PATIENCE_MS; performance.now() < deadlineMs;) {
      const turn = this.#explained(() => tryLock(join(this.folder, turnName(this.#reach))));
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

/** Returns whether a claim with this name belongs to a process of another host. */
export function isElsewhere(name: string, host: string = hostname()): boolean {
  return (ownerIn(name).host ?? host) !== host;
}

function ownerIn(name: string): { host: string | undefined; reach: Reach | null; pid: number } {
  const [, host, reach, pid] = NAME.exec(name) ?? [];
  return { host, reach: reach === undefined ? null : parseReach(reach), pid: Number(pid) };
}

/** Returns the name of the file that the processes of a reach lock in turn. Processes of other reaches may share it. */
export function turnName(reach: Reach | null): string {
  if (reach === null) return ".turn";
  return `.turn-${createHash("sha256").update(reachText(reach)).digest("hex").slice(0, TURN_DIGITS)}`;
}

const NOTHING = new Uint8Array(0);

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

function readIfThere(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (isGone(error)) return NOTHING;
    throw error;
  }
}

/** Removes a claim. Returns the bytes of one that does not count. */
function forget(path: string): Uint8Array {
  removeIfThere(path);
  return NOTHING;
}
