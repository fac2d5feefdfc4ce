/**
 * Reads the weights layout of Keras 3 (keras/src/saving/saving_lib.py), in .weights.h5 files and inside .keras files. A
 * model's group `layers` has a group for each layer, called by class and counter, in which `vars` has the weights `0`,
 * `1`, ….
 */
import { at } from "../at.ts";
import { HeadlightError } from "../errors.ts";
import type { Dataset, Hdf5 } from "./hdf5.ts";
import { GroupNames } from "./keras_config/weight_place.ts";
import type { LayerRow } from "./layers.ts";
import type { LayerOf, WeightShape } from "./weights.ts";

/** The group of a model's layers. Keras 2.12 used the second name. */
const LAYERS = ["layers", "_layer_checkpoint_dependencies"] as const;

/** Models within models, and groups to look at, at most. A damaged file can have endless ones. */
const MOST_LEVELS = 8;
const MOST_GROUPS = 20_000;

/** The name of a layer and the path of its group. */
export interface StoredLayer {
  readonly name: string;
  readonly path: string;
}

/** Returns whether an HDF5 file has this layout. */
export function isKerasStore({ file }: Hdf5): boolean {
  return LAYERS.some((name) => file.keys().includes(name));
}

/** Reads the weights of layers whose paths are known. A layer that is not in the file has none. */
export function readStoredLayers<W extends WeightShape>(
  hdf5: Hdf5,
  layers: readonly StoredLayer[],
  read: (name: string, dataset: Dataset) => W,
): LayerOf<W>[] {
  const groups = new Groups(hdf5);
  return layers.map(({ name, path }) => {
    const vars = groups.vars(path);
    const count = vars === null ? 0 : groups.keys(vars).length;
    const weights = Array.from(
      { length: count },
      (_, index) => read(`${path}/vars/${index}`, hdf5.dataset(`${vars}/${index}`)),
    );
    return { name, weights };
  });
}

/**
 * Finds the layers of a list in a file that does not say which layers it has. They may be the layers of the model that
 * was saved or those of a model within it.
 *
 * @param rows the layers in Keras's order, with those that have no weights
 */
export function locateLayers(hdf5: Hdf5, rows: readonly LayerRow[]): StoredLayer[] {
  const groups = new Groups(hdf5);
  const names = new GroupNames();
  const named = rows.map((row) => ({ row, name: names.next(row.type) })).filter(({ row }) => row.weights.length > 0);
  const containers = groups.containers().map((container) => {
    const keys = new Set(groups.keys(container));
    return { container, hits: named.filter(({ name }) => keys.has(name)).length };
  });
  const best = containers.reduce((most, one) => one.hits > most.hits ? one : most, at(containers, 0));
  return named.map(({ row, name }) => ({ name: row.name, path: `${best.container.slice(1)}/${name}` }));
}

/** The groups of a file, of which it looks at a limited number. */
class Groups {
  readonly #known = new Map<string, readonly string[]>();

  constructor(private readonly hdf5: Hdf5) {}

  /** Returns what is in a group, or nothing if there is no such group. */
  keys(path: string): readonly string[] {
    const known = this.#known.get(path);
    if (known) return known;
    if (this.#known.size > MOST_GROUPS) throw new HeadlightError("the file has too many groups");
    const keys = this.#exists(path) ? this.#read(path) : [];
    this.#known.set(path, keys);
    return keys;
  }

  /** Goes by the parent's keys: the library prints an error before it throws one for a path that does not exist. */
  #exists(path: string): boolean {
    if (path === "/") return true;
    const end = path.lastIndexOf("/");
    return this.keys(end === 0 ? "/" : path.slice(0, end)).includes(path.slice(end + 1));
  }

  #read(path: string): readonly string[] {
    try {
      return this.hdf5.group(path).keys();
    } catch {
      return [];
    }
  }

  /** Returns the path of a layer's weights, or null if it has none. */
  vars(path: string): string | null {
    const [current, older] = LAYERS;
    const candidates = [`/${path}`, `/${path.replaceAll(new RegExp(`\\b${current}\\b`, "g"), older)}`];
    const found = candidates.find((candidate) => this.keys(candidate).includes("vars"));
    return found === undefined ? null : `${found}/vars`;
  }

  /** Returns the groups `layers` of the model and of the models within it, outer ones first. */
  containers(): string[] {
    const found: string[] = [];
    let level = [""];
    for (let depth = 0; depth < MOST_LEVELS && level.length > 0; depth++) {
      const inner = level.flatMap((model) =>
        LAYERS.filter((name) => this.keys(model === "" ? "/" : model).includes(name)).map((name) => `${model}/${name}`)
      );
      found.push(...inner);
      level = inner.flatMap((container) => this.keys(container).map((layer) => `${container}/${layer}`));
    }
    return found;
  }
}
