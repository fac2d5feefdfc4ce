/**
 * The cache of the bases' graphs: `<cache>/graphs/<key>/` with saved_model.pb and graph.json. graph.json is sealed and
 * contains the key, the model's hash and the graph's ports. An entry that fails these checks is made again.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { CallShape, GraphFolder } from "../../engine/base_graphs.ts";
import { DATA_TYPES, type GraphType, type Ports } from "../../engine/ports.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { encodeSavedModel } from "../../engine/tensorflow/capture/saved_model.ts";
import { LEFT_AFTER_MS, removeIfThere, sweepAsides, writeFolderAtomicSync, writeSynced } from "../../files/atomic.ts";
import { fileHash } from "../../files/hash.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isSystemError } from "../../files/system_error.ts";
import { type About, freeEntry, lastUseMs, type Use, useEntry } from "../../files/use.ts";
import { isRegularFile } from "../../files/stored.ts";
import type { ChosenPlan } from "./choose_plan.ts";
import { roundingSchema } from "./rounding.ts";

/**
 * The number of graphs that are kept; those that were not used for longest are removed. A graph of DenseNet121 takes 28
 * MB.
 */
const KEPT = 12;

/**
 * Increment this whenever the content of an entry's files changes. Version 1 had no `v`, and its ports were not sealed.
 */
const FORMAT = 2;

const portSchema = z.object({
  node: z.string(),
  dtype: z.enum(Object.keys(DATA_TYPES) as [GraphType, ...GraphType[]]),
  shape: z.array(z.int()),
});
export const portsSchema = z.object({ inputs: z.array(portSchema), outputs: z.array(portSchema) });
const graphFileSchema = z.object({
  v: z.literal(FORMAT),
  /** The name of the entry's folder, so that an entry that was moved to another key is rejected. */
  key: z.string(),
  /** The SHA-256 of saved_model.pb. */
  sha256: z.string(),
  ...portsSchema.shape,
  /** Missing if float32 was requested. */
  bfloat16: z.object({
    /** The key of the choice, see `choiceKey`. */
    key: z.string(),
    plan: z.int().min(0).nullable(),
    rounding: roundingSchema,
  }).optional(),
  /** The fastest division of a call. Missing if the engine has only one. */
  shape: z.object({ batch: z.int().min(1), lanes: z.int().min(1) }).optional(),
});

/** How much of a base is in bfloat16, and the key of that choice, which is the same for images of any size. */
export interface KeptChoice extends ChosenPlan {
  readonly key: string;
}

/** A graph on disk, without the base's name. */
export type FoundGraph = Omit<GraphFolder, "name">;

export interface KeptGraph extends FoundGraph {
  /** How much of it is in bfloat16; null if float32 was requested. */
  readonly choice: KeptChoice | null;
  /** The fastest division of a call; null if the engine has only one. */
  readonly shape: CallShape | null;
}

/** What is known of a graph besides its nodes. */
export type GraphFacts = Pick<KeptGraph, "choice" | "shape">;

export class GraphStore {
  /** @param root the machine-wide cache folder, see `cacheRoot` */
  constructor(private readonly root: string) {}

  /** Marks the graph with this key as used by this process, whether it exists or not. Call this before `find`. */
  use(key: string, about: About): Promise<Use> {
    return useEntry(this.#folder(key), about);
  }

  /** Returns whether there is a graph with this key, whose content may be damaged. */
  has(key: string): boolean {
    return ["graph.json", "saved_model.pb"].every((name) => isRegularFile(join(this.#folder(key), name)));
  }

  /** Returns the graph with this key, or null if there is none or it is damaged. */
  async find(key: string): Promise<KeptGraph | null> {
    if (!this.has(key)) return null;
    const folder = this.#folder(key);
    try {
      const found = readDescription(join(folder, "graph.json"));
      if (found?.key !== key || await fileHash(join(folder, "saved_model.pb"), "sha256") !== found.sha256) return null;
      const { inputs, outputs, bfloat16 = null, shape = null } = found;
      return { folder, ports: { inputs, outputs }, choice: bfloat16, shape };
    } catch (error) {
      // If the cache cannot be used, storing the new graph will report the error.
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** Stores a graph atomically. If another process has stored it meanwhile, keeps that one: they are the same. */
  async keep(key: string, graph: Graph, facts: GraphFacts = { choice: null, shape: null }): Promise<KeptGraph> {
    const { inputs, outputs } = graph;
    return await this.find(key) ?? await this.#store(key, encodeSavedModel(graph), { inputs, outputs }, facts);
  }

  /** Stores a copy of a graph that is elsewhere on the disk, as `keep`. */
  async keepCopy(key: string, { folder, ports }: FoundGraph, facts: GraphFacts): Promise<KeptGraph> {
    return await this.find(key) ??
      await this.#store(key, Deno.readFileSync(join(folder, "saved_model.pb")), ports, facts);
  }

  async #store(key: string, model: Uint8Array, ports: Ports, { choice, shape }: GraphFacts): Promise<KeptGraph> {
    const folder = this.#folder(key);
    const sha256 = createHash("sha256").update(model).digest("hex");
    const facts = { ...(choice === null ? {} : { bfloat16: choice }), ...(shape === null ? {} : { shape }) };
    const description = sealedJson({ v: FORMAT, key, sha256, ...ports, ...facts });
    removeIfThere(folder);
    try {
      writeFolderAtomicSync(folder, (aside) => {
        writeSynced(join(aside, "saved_model.pb"), model);
        writeSynced(join(aside, "graph.json"), new TextEncoder().encode(description));
      });
    } catch (error) {
      // Another process may have been faster.
      const other = await this.find(key);
      if (!other) throw error;
      return other;
    }
    this.#forgetUnused();
    sweepAsides(join(this.root, "graphs"), LEFT_AFTER_MS);
    return { folder, ports, choice, shape };
  }

  /** Returns a choice that was made for any of the graphs, or null if there is none with this key. */
  findChoice(key: string): KeptChoice | null {
    try {
      const names = Array.from(Deno.readDirSync(join(this.root, "graphs")), ({ name }) => name);
      const descriptions = names.values().map((name) => join(this.#folder(name), "graph.json")).filter(isRegularFile)
        .map(readDescription);
      return descriptions.find((found) => found?.bfloat16?.key === key)?.bfloat16 ?? null;
    } catch (error) {
      // Another process has removed an entry, or there is no cache; the errors are measured again.
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /**
   * Removes the entry with this key, so that the next `keep` replaces it. Does nothing if the cache cannot be written.
   */
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

  /**
   * Removes entries of the first format, which is no longer read, and of the others all but those that were used last.
   * Keeps what a running process uses.
   */
  #forgetUnused(): void {
    const all = [...Deno.readDirSync(join(this.root, "graphs"))].filter(({ name }) => /^[0-9a-f]{64}$/.test(name));
    const withTimes = all.map(({ name }) => {
      const folder = this.#folder(name);
      return { folder, usedMs: isOfFirstFormat(folder) ? 0 : lastUseMs(folder) };
    });
    const newest = withTimes.sort((one, other) => other.usedMs - one.usedMs);
    for (const [place, { folder, usedMs }] of newest.entries()) {
      if (place >= KEPT || usedMs === 0) freeEntry(folder);
    }
  }
}

/** Returns an entry's description, or null if its seal is wrong. */
export function readDescription(path: string): z.infer<typeof graphFileSchema> | null {
  const text = Deno.readTextFileSync(path);
  return sealOf(text) === "right" ? graphFileSchema.safeParse(JSON.parse(text)).data ?? null : null;
}

/** Returns whether an entry's description is JSON without a version. */
function isOfFirstFormat(folder: string): boolean {
  const path = join(folder, "graph.json");
  if (!isRegularFile(path)) return false;
  try {
    const description: unknown = JSON.parse(Deno.readTextFileSync(path));
    return !z.object({ v: z.int() }).safeParse(description).success;
  } catch {
    // It was removed meanwhile or is damaged; the next `keep` of its key replaces it.
    return false;
  }
}
