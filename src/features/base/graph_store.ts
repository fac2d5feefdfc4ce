/**
 * Graphs of bases, kept between runs: `<cache>/graphs/<key>/` with saved_model.pb and graph.json. The latter is sealed
 * whole and holds the key, the model's hash and the graph's ports. What fails that check is made again.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { DATA_TYPES, type Graph, type GraphType } from "../../engine/tensorflow/capture/graph.ts";
import { encodeSavedModel } from "../../engine/tensorflow/capture/saved_model.ts";
import { LEFT_AFTER_MS, removeIfThere, sweepAsides, writeFolderAtomicSync, writeSynced } from "../../files/atomic.ts";
import { fileHash } from "../../files/hash.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isSystemError } from "../../files/system_error.ts";
import { isRegularFile } from "../../files/stored.ts";

/** A graph of DenseNet121 is 28 MB. More than these are rarely of use; the oldest go. */
const KEPT = 12;

/** Increment this whenever what an entry's files hold changes. Version 1 had no `v`, and its ports were not sealed. */
const FORMAT = 2;

const portSchema = z.object({
  node: z.string(),
  dtype: z.enum(Object.keys(DATA_TYPES) as [GraphType, ...GraphType[]]),
  shape: z.array(z.int()),
});
const graphFileSchema = z.object({
  v: z.literal(FORMAT),
  /** The name of the entry's folder: one that was moved to another key is not taken. */
  key: z.string(),
  /** Of saved_model.pb. */
  sha256: z.string(),
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
});

export interface KeptGraph {
  /** Holds saved_model.pb. */
  readonly folder: string;
  readonly ports: Pick<Graph, "inputs" | "outputs">;
}

export class GraphStore {
  /** @param root the machine-wide cache folder, see `cacheRoot`. */
  constructor(private readonly root: string) {}

  /** Returns the graph of this key, or null where there is none that can be trusted. */
  async find(key: string): Promise<KeptGraph | null> {
    const folder = this.#folder(key);
    if (!["graph.json", "saved_model.pb"].every((name) => isRegularFile(join(folder, name)))) return null;
    try {
      const found = readDescription(join(folder, "graph.json"));
      if (found?.key !== key || await fileHash(join(folder, "saved_model.pb"), "sha256") !== found.sha256) return null;
      return { folder, ports: { inputs: found.inputs, outputs: found.outputs } };
    } catch (error) {
      // What the system has against reading it, it will have against keeping one, and say then.
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** Keeps a graph, whole or not at all. Where another process was faster, its graph stays: they are the same. */
  async keep(key: string, graph: Graph): Promise<KeptGraph> {
    const folder = this.#folder(key);
    const { inputs, outputs } = graph;
    if (await this.find(key)) return { folder, ports: { inputs, outputs } };
    const model = encodeSavedModel(graph);
    const sha256 = createHash("sha256").update(model).digest("hex");
    const description = sealedJson(
      { v: FORMAT, key, sha256, inputs, outputs },
    );
    removeIfThere(folder);
    try {
      writeFolderAtomicSync(folder, (aside) => {
        writeSynced(join(aside, "saved_model.pb"), model);
        writeSynced(join(aside, "graph.json"), new TextEncoder().encode(description));
      });
    } catch (error) {
      if (!await this.find(key)) throw error;
    }
    this.#forgetOldest();
    sweepAsides(join(this.root, "graphs"), LEFT_AFTER_MS);
    return { folder, ports: { inputs, outputs } };
  }

  /** Removes the entry of this key, so that the next `keep` replaces it. A cache that cannot be written keeps it. */
  forget(key: string): void {
    try {
      removeIfThere(this.#folder(key));
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  #folder(key: string): string {
    return join(this.root, "graphs", key);
  }

  /** Removes entries of the first format, which nothing reads any more, and all but the newest of the others. */
  #forgetOldest(): void {
    const all = [...Deno.readDirSync(join(this.root, "graphs"))].filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
    const withTimes = all.map(({ name }) => {
      const folder = this.#folder(name);
      return { folder, madeMs: isOfFirstFormat(folder) ? 0 : Deno.statSync(folder).mtime?.getTime() ?? 0 };
    });
    const newest = withTimes.sort((one, other) => other.madeMs - one.madeMs);
    for (const [place, { folder, madeMs }] of newest.entries()) {
      if (place >= KEPT || madeMs === 0) removeIfThere(folder);
    }
  }
}

/** Returns what an entry's description holds, or null where a byte of it is not as it was written. */
function readDescription(path: string): z.infer<typeof graphFileSchema> | null {
  const text = Deno.readTextFileSync(path);
  return sealOf(text) === "right" ? graphFileSchema.safeParse(JSON.parse(text)).data ?? null : null;
}

/** Whether an entry's description is JSON without a version. */
function isOfFirstFormat(folder: string): boolean {
  const path = join(folder, "graph.json");
  if (!isRegularFile(path)) return false;
  try {
    const description: unknown = JSON.parse(Deno.readTextFileSync(path));
    return !z.object({ v: z.int() }).safeParse(description).success;
  } catch {
    // Gone meanwhile, or damaged: its key's next `keep` sees to it.
    return false;
  }
}
