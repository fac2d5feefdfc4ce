/** Checkpoints on disk: written aside, synced, renamed; `best` and `last` are symlinks; what nobody needs is removed. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { existsSync } from "node:fs";
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";
import { removeIfThere, swapSymlinkSync, writeFolderAtomicSync, writeSynced } from "../../files/atomic.ts";
import type { HeadShape, Weights } from "../../training/head_weights.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { checkpointFiles, snapshotOf } from "./checkpoint_format.ts";
import { headFiles, headOf } from "./head_format.ts";

/** What the head belongs to: without it the weights mean nothing. */
export const provenanceSchema = z.object({
  run: z.string(),
  base: z.string(),
  base_weights_sha256: z.string(),
  preprocess: z.string(),
  size: z.int(),
  pooling: z.string(),
  classes: z.array(z.string()),
});
export type Provenance = z.infer<typeof provenanceSchema>;

export const manifestSchema = provenanceSchema.extend({
  version: z.literal(1),
  epoch: z.int(),
  step: z.int(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface StoredCheckpoint {
  readonly path: string;
  readonly epoch: number;
  readonly step: number;
  readonly bytes: number;
}

/** `epoch-0012`, or `epoch-0012-step-0007` for a save in mid-epoch. */
export function checkpointName(epoch: number, step: number): string {
  const digits = (value: number): string => String(value).padStart(4, "0");
  return `epoch-${digits(epoch)}` + (step > 0 ? `-step-${digits(step)}` : "");
}

/** The best weights, restored; `epoch` from 1. */
export interface RestoredHead {
  readonly epoch: number;
  readonly shape: HeadShape;
  readonly weights: Weights<Float32Array>;
}

export class CheckpointStore {
  /** Names asked for by a person: kept. */
  readonly #manual = new Set<string>();
  #best: string | null = null;
  #last: string | null = null;
  /** What this run has written: one state is written once, however many names it gets. */
  readonly #written = new Map<string, StoredCheckpoint>();

  constructor(
    private readonly folder: string,
    private readonly provenance: Provenance,
    private readonly dropout: number,
  ) {}

  /** Stores a snapshot under a kind; `best` moves both symlinks, `last` its own; what they left is removed. */
  save(snapshot: TrainingSnapshot, kind: "best" | "last" | "manual"): StoredCheckpoint {
    const wanted = checkpointName(snapshot.epoch, snapshot.step);
    const known = this.#written.get(wanted);
    const stored = known ?? this.#write(snapshot, this.#freeName(wanted));
    this.#written.set(wanted, stored);
    const name = basename(stored.path);
    if (kind === "manual") this.#manual.add(name);
    else {
      // The best weights so far are the running ones at that moment: no reason for `last` to be older.
      swapSymlinkSync(name, join(this.folder, "last"));
      this.#last = name;
      if (kind === "best") {
        swapSymlinkSync(name, join(this.folder, "best"));
        this.#best = name;
      }
    }
    this.#prune();
    return stored;
  }

  /**
   * Writes the head with the weights of its best epoch restored: a model on its own, without what a continuation would
   * need. Replaces an earlier one.
   */
  saveFinal({ epoch, shape, weights }: RestoredHead, path: string): void {
    removeIfThere(path);
    writeFolder(path, { epoch, step: 0 }, this.provenance, headFiles(shape, weights, this.dropout));
  }

  #write(snapshot: TrainingSnapshot, name: string): StoredCheckpoint {
    const path = join(this.folder, name);
    const bytes = writeFolder(path, snapshot, this.provenance, checkpointFiles(snapshot, this.dropout));
    return { path, epoch: snapshot.epoch, step: snapshot.step, bytes };
  }

  #freeName(wanted: string): string {
    for (let attempt = 1;; attempt++) {
      const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
      if (!existsSync(join(this.folder, name))) return name;
    }
  }

  #prune(): void {
    for (const [key, { path }] of [...this.#written]) {
      const name = basename(path);
      if (name === this.#best || name === this.#last || this.#manual.has(name)) continue;
      removeIfThere(path);
      this.#written.delete(key);
    }
  }
}

/** Writes files and their manifest as a folder, in one step. Returns its size in bytes. */
function writeFolder(
  path: string,
  { epoch, step }: Pick<Manifest, "epoch" | "step">,
  provenance: Provenance,
  files: Readonly<Record<string, Uint8Array>>,
): number {
  const manifest: Manifest = {
    version: 1,
    ...provenance,
    epoch,
    step,
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, { bytes: content.length, sha256: sha256(content) }]),
    ),
  };
  const manifestBytes = new TextEncoder().encode(JSON.stringify(manifest, null, 1) + "\n");
  writeFolderAtomicSync(path, (aside) => {
    for (const [name, content] of Object.entries(files)) writeSynced(join(aside, name), content);
    writeSynced(join(aside, "manifest.json"), manifestBytes);
  });
  return Object.values(files).reduce((sum, { length }) => sum + length, manifestBytes.length);
}

/**
 * Reads a checkpoint, all that a continuation needs, and checks every file against the manifest.
 * @throws HeadlightError (1) where a file is missing or has changed.
 */
export function readCheckpoint(path: string): { manifest: Manifest; snapshot: TrainingSnapshot } {
  const { manifest, read } = openFolder(path);
  read("model.json");
  const snapshot = snapshotOf({
    "weights.bin": read("weights.bin"),
    "state.json": read("state.json"),
    "optimizer.bin": read("optimizer.bin"),
  });
  return { manifest, snapshot };
}

/**
 * Reads the head alone, from a checkpoint or from final/, and checks its files against the manifest.
 * @throws HeadlightError (1) where a file is missing or has changed.
 */
export function readHead(path: string): { manifest: Manifest; shape: HeadShape; weights: Weights<Float32Array> } {
  const { manifest, read } = openFolder(path);
  return { manifest, ...headOf({ "model.json": read("model.json"), "weights.bin": read("weights.bin") }) };
}

function openFolder(path: string): { manifest: Manifest; read: (name: string) => Uint8Array } {
  const manifest = manifestSchema.parse(JSON.parse(new TextDecoder().decode(readPart(path, "manifest.json"))));
  const read = (name: string): Uint8Array => {
    const content = readPart(path, name);
    if (sha256(content) !== manifest.files[name]?.sha256) {
      throw new HeadlightError(`${join(path, name)} is not what its manifest says: take another checkpoint`, 1);
    }
    return content;
  };
  return { manifest, read };
}

function readPart(path: string, name: string): Uint8Array {
  try {
    return Deno.readFileSync(join(path, name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new HeadlightError(`${join(path, name)} is not there: ${path} is no whole checkpoint`, 1);
  }
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
