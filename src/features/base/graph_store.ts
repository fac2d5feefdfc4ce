/**
 * Graphs of bases, kept between runs: `<cache>/graphs/<key>/` with saved_model.pb and graph.json, which has its hash. What
 * fails that check is made again.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { DATA_TYPES, type Graph, type GraphType } from "../../engine/tensorflow/capture/graph.ts";
import { encodeSavedModel } from "../../engine/tensorflow/capture/saved_model.ts";
import { removeIfThere, writeFolderAtomicSync, writeSynced } from "../../files/atomic.ts";
import { fileHash } from "../../files/hash.ts";

/** A graph of DenseNet121 is 28 MB. More than these are rarely of use; the oldest go. */
const KEPT = 12;

const portSchema = z.object({
  node: z.string(),
  dtype: z.enum(Object.keys(DATA_TYPES) as [GraphType, ...GraphType[]]),
  shape: z.array(z.int()),
});
const graphFileSchema = z.object({
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

  /** The graph of this key, or null where there is none that can be trusted. */
  async find(key: string): Promise<KeptGraph | null> {
    const folder = this.#folder(key);
    try {
      const { sha256, ...ports } = graphFileSchema.parse(JSON.parse(Deno.readTextFileSync(join(folder, "graph.json"))));
      return await fileHash(join(folder, "saved_model.pb"), "sha256") === sha256 ? { folder, ports } : null;
    } catch (error) {
      // What the system has against reading it, it will have against keeping one, and say then.
      const unreadable = error instanceof Error && "code" in error;
      if (unreadable || error instanceof SyntaxError || error instanceof z.ZodError) return null;
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
    removeIfThere(folder);
    try {
      writeFolderAtomicSync(folder, (aside) => {
        writeSynced(join(aside, "saved_model.pb"), model);
        writeSynced(join(aside, "graph.json"), new TextEncoder().encode(JSON.stringify({ sha256, inputs, outputs })));
      });
    } catch (error) {
      if (!await this.find(key)) throw error;
    }
    this.#forgetOldest();
    return { folder, ports: { inputs, outputs } };
  }

  #folder(key: string): string {
    return join(this.root, "graphs", key);
  }

  #forgetOldest(): void {
    const all = [...Deno.readDirSync(join(this.root, "graphs"))].filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
    const withTimes = all.map(({ name }) => {
      const folder = this.#folder(name);
      return { folder, madeMs: Deno.statSync(folder).mtime?.getTime() ?? 0 };
    });
    const oldest = withTimes.sort((one, other) => other.madeMs - one.madeMs).slice(KEPT);
    for (const { folder } of oldest) removeIfThere(folder);
  }
}
