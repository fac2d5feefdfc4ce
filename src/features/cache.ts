/**
 * The feature cache: `<root>/features/<aa>/<key>.npy`, aa the key's first two digits. Each file is a .npy that numpy
 * reads, plus the SHA-256 of it as the last 32 bytes, which numpy ignores. What fails that check is as good as not
 * there. Nothing is ever changed in place, so any number of processes may read and write at once.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { decodeNpy, encodeNpy } from "../data/npy.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { type FileLock, tryLock } from "../files/lock.ts";
import { explainCacheError } from "../files/system_error.ts";

const TRAILER_BYTES = 32;
const CLAIM_POLL_MS = 20;

/** A shard's features, rows × width, row-major. */
export interface FeatureRows {
  readonly features: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** A .npy (float32, rows × width) and its SHA-256. */
export function encodeShard({ features, rows, width }: FeatureRows): Uint8Array {
  const npy = encodeNpy({ dtype: "float32", shape: [rows, width], data: features });
  const file = new Uint8Array(npy.length + TRAILER_BYTES);
  file.set(npy);
  file.set(sha256(npy), npy.length);
  return file;
}

/** What `encodeShard` wrote; null where a single bit of it is missing or different. */
export function decodeShard(file: Uint8Array): FeatureRows | null {
  if (file.length < TRAILER_BYTES) return null;
  const npy = file.subarray(0, -TRAILER_BYTES);
  if (!sha256(npy).equals(file.subarray(-TRAILER_BYTES))) return null;
  const { shape, data } = decodeNpy(npy, "a feature shard");
  const [rows, width] = shape;
  if (!(data instanceof Float32Array) || rows === undefined || width === undefined) return null;
  return { features: data, rows, width };
}

function sha256(bytes: Uint8Array) {
  return createHash("sha256").update(bytes).digest();
}

export class FeatureCache {
  /** @param root the machine-wide cache folder, see `cacheRoot`. */
  constructor(readonly root: string) {}

  path(key: string): string {
    return join(this.root, "features", key.slice(0, 2), `${key}.npy`);
  }

  /**
   * The features of `rows` pictures under this key, or null where there are none that can be trusted.
   * @throws HeadlightError (1) where the cache cannot be read.
   */
  read(key: string, rows: number): FeatureRows | null {
    const found = this.#file(key);
    const shard = found && decodeShard(found);
    return shard?.rows === rows ? shard : null;
  }

  /** Whether there is something under every key; whether it can be trusted, `read` tells. */
  hasAll(shards: readonly { readonly key: string }[]): boolean {
    return shards.every(({ key }) => existsSync(this.path(key)));
  }

  /** There whole or not at all, also after a kill in the middle. @throws HeadlightError (1) where it cannot be written. */
  write(key: string, features: FeatureRows): void {
    try {
      writeFileAtomicSync(this.path(key), encodeShard(features));
    } catch (error) {
      throw explainCacheError(error, `cannot write features to ${join(this.root, "features")}`);
    }
  }

  /**
   * The features under this key, computed where there are none that can be trusted. Whoever asks for the same while
   * another process computes them waits and gets those; where that process dies, one that waits computes them.
   */
  async computeOnce(key: string, rows: number, compute: () => Promise<FeatureRows>): Promise<FeatureRows> {
    for (;; await setTimeout(CLAIM_POLL_MS)) {
      const claim = this.#claim(key);
      const found = this.read(key, rows);
      if (!claim && !found) continue;
      try {
        if (found) return found;
        const features = await compute();
        this.write(key, features);
        return features;
      } finally {
        claim?.release();
      }
    }
  }

  /** One lock for all keys that begin alike: a file for each would never go away, and locks are held for a second. */
  #claim(key: string): FileLock | null {
    try {
      return tryLock(join(this.root, "features", key.slice(0, 2), ".claim"));
    } catch (error) {
      throw explainCacheError(error, `cannot write features to ${join(this.root, "features")}`);
    }
  }

  #file(key: string): Uint8Array | null {
    try {
      return Deno.readFileSync(this.path(key));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw explainCacheError(error, `cannot read features from ${join(this.root, "features")}`);
    }
  }
}
