/** Reads the files that Keras writes: legacy .h5, Keras 3's .weights.h5, and .keras. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { HeadlightError } from "../errors.ts";
import { explainSystemError, isSystemError } from "../files/system_error.ts";
import { temporaryPath } from "../files/temporary.ts";
import { describeModel } from "./cut.ts";
import { errorText, type Hdf5, HDF5_SIGNATURE, openHdf5 } from "./hdf5.ts";
import { extractWeights, MOST_CONFIG_BYTES, readKerasArchive, ZIP_SIGNATURE } from "./keras_archive.ts";
import { flattenModel, type KerasModel } from "./keras_config/flatten.ts";
import { legacyRoot, readLegacyLayers, type ReadWeight, textAttribute } from "./keras_h5.ts";
import { isKerasStore, locateLayers, readStoredLayers } from "./keras_store.ts";
import { describe } from "./layers.ts";
import type { PlacedLayer } from "./nested_weights.ts";
import { MAX_WEIGHTS, shapeOfWeight, valuesOfWeight } from "./weight_values.ts";
import { type LayerOf, type LayerWeights, type Matching, matchWeights, type WeightShape } from "./weights.ts";

const KINDS = "Use a file that Keras wrote: .h5, .weights.h5 or .keras.";

/**
 * Reads the layers of the model in a file of a whole model. Does not read the weights.
 *
 * @throws HeadlightError (exit status 2) if the file does not exist, is damaged, has no model or one that is not
 * supported
 */
export function readKerasModel(path: string): Promise<KerasModel> {
  return naming(path, async () => {
    if (await formatOf(path) === "zip") return await archivedModel(path);
    return await withHdf5(path, "hdf5", (hdf5) => {
      const model = modelIn(hdf5);
      if (model) return model;
      throw new HeadlightError(
        "it has weights but no model. Use a file that model.save wrote, or name the network with --base and this file " +
          "with --weights.",
      );
    });
  });
}

/** What is known of the layers whose weights are read. */
export interface KnownLayers {
  /** How the layers of the file are assigned to those of the list. Default: "base". */
  readonly matching?: Matching;
  /** The model that the layers are from. A file with weights alone does not say which layers it has. */
  readonly model?: KerasModel | undefined;
}

/**
 * Reads the weights for a list of layers. Rounds float64 values to float32.
 *
 * @throws HeadlightError (exit status 2) if the file does not exist, is not one of Keras's files, is damaged, contains
 * other types of numbers, or does not fit the layers
 */
export async function readKerasWeights(
  path: string,
  specs: readonly LayerSpec[],
  known: KnownLayers = {},
): Promise<LayerWeights[]> {
  return matchWeights(await readKerasLayers(path, specs, known), specs, path, known.matching);
}

/**
 * Reads the layers of a file with their weights, as the file has them.
 *
 * @param specs layers that are looked for in a .weights.h5 file, which does not name its layers
 * @throws HeadlightError (exit status 2) as `readKerasWeights` does, unless the layers do not fit
 */
export function readKerasLayers(
  path: string,
  specs: readonly LayerSpec[] = [],
  known: KnownLayers = {},
): Promise<LayerWeights[]> {
  let left = MAX_WEIGHTS;
  return readLayers(path, specs, known, (name, dataset) => {
    const shape = shapeOfWeight(name, dataset);
    left -= shape.reduce((product, size) => product * size, 1);
    if (!(left >= 0)) {
      throw new HeadlightError(`the file has more than ${MAX_WEIGHTS} weights. Use a file with the weights of a base.`);
    }
    return { name, shape, data: valuesOfWeight(name, dataset) };
  });
}

/**
 * Checks the names and shapes in a file against a list of layers, without reading the weights. `readKerasWeights`
 * accepts every file that passes.
 *
 * @throws HeadlightError (exit status 2) as it does
 */
export async function checkKerasWeights(
  path: string,
  specs: readonly LayerSpec[],
  known: KnownLayers = {},
): Promise<void> {
  const layers = await readLayers(path, specs, known, (name, dataset): WeightShape => ({
    name,
    shape: shapeOfWeight(name, dataset),
  }));
  matchWeights(layers, specs, path, known.matching);
}

function readLayers<W extends WeightShape>(
  path: string,
  specs: readonly LayerSpec[],
  { model }: KnownLayers,
  read: ReadWeight<W>,
): Promise<LayerOf<W>[]> {
  return naming(path, async () => {
    const format = await formatOf(path);
    const archived = format === "zip" ? await archivedModel(path) : null;
    return await withHdf5(path, format, (hdf5) => layersIn(hdf5, archived ?? model ?? null, specs, read));
  });
}

function layersIn<W extends WeightShape>(
  hdf5: Hdf5,
  known: KerasModel | null,
  specs: readonly LayerSpec[],
  read: ReadWeight<W>,
): LayerOf<W>[] {
  const root = legacyRoot(hdf5);
  if (root) {
    const model = modelIfReadable(hdf5) ?? known;
    return readLegacyLayers(hdf5, root, model && placedLayers(model), read);
  }
  if (!isKerasStore(hdf5)) {
    throw new HeadlightError(
      `this HDF5 file has no weights in a layout of Keras's (no attribute layer_names). ${KINDS}`,
    );
  }
  const places = known
    ? known.layers.map(({ name, place }) => ({ name, path: place.path }))
    : locateLayers(hdf5, describe(specs));
  return readStoredLayers(hdf5, places, read);
}

function placedLayers(model: KerasModel): PlacedLayer[] {
  const rows = new Map(rowsIfSupported(model).map((row) => [row.name, row]));
  return model.layers.map(({ name, place }) => ({ name, place, weights: rows.get(name)?.weights ?? null }));
}

/** For the weights of a base it does not matter whether the rest of the model is supported. */
function rowsIfSupported(model: KerasModel): ReturnType<typeof describeModel> {
  try {
    return describeModel(model, model.output);
  } catch (error) {
    if (error instanceof HeadlightError) return [];
    throw error;
  }
}

function modelIfReadable(hdf5: Hdf5): KerasModel | null {
  try {
    return modelIn(hdf5);
  } catch (error) {
    if (error instanceof HeadlightError) return null;
    throw error;
  }
}

/** Returns the model in an HDF5 file, or null if it has none. */
function modelIn(hdf5: Hdf5): KerasModel | null {
  const config = textAttribute(hdf5, "model_config");
  if (config === null) return null;
  return flattenModel(parsed(config), { keras2: isKeras2(textAttribute(hdf5, "keras_version")) });
}

async function archivedModel(path: string): Promise<KerasModel> {
  const { config, kerasVersion, classNames } = await readKerasArchive(path);
  const model = flattenModel(config, { keras2: isKeras2(kerasVersion) });
  return classNames === null ? model : { ...model, classNames };
}

/** Keras before 2.0 did not write its version. */
function isKeras2(version: string | null): boolean {
  return version === null || /^[012]\./.test(version);
}

function parsed(config: string): unknown {
  if (config.length > MOST_CONFIG_BYTES) throw new HeadlightError("its model config is too large.");
  try {
    return JSON.parse(config);
  } catch (error) {
    throw new HeadlightError("its model config is not JSON. Download or copy the file again.", 2, { cause: error });
  }
}

type Format = "hdf5" | "zip";

/** @throws HeadlightError if the file cannot be read or is neither */
async function formatOf(path: string): Promise<Format> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory && existsSync(join(path, "model.weights.h5"))) {
      const line = "a folder that Keras saved with zipped=False. Save the model with model.save('NAME.keras'), which " +
        "makes one file.";
      throw new HeadlightError(line);
    }
    if (!isFile) throw new HeadlightError(`not a file. ${KINDS}`);
    using file = await Deno.open(path);
    const start = new Uint8Array(HDF5_SIGNATURE.length);
    await file.read(start);
    if (HDF5_SIGNATURE.every((byte, index) => start[index] === byte)) return "hdf5";
    if (ZIP_SIGNATURE.every((byte, index) => start[index] === byte)) return "zip";
    throw new HeadlightError(`neither an HDF5 file nor a zip file. ${KINDS}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new HeadlightError("no such file. Check the path.");
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new HeadlightError(`permission denied. Make it readable: chmod u+r ${path}`);
    }
    throw error;
  }
}

async function withHdf5<T>(path: string, format: Format, use: (hdf5: Hdf5) => T): Promise<T> {
  const hdf5 = format === "hdf5" ? await openHdf5(path, "") : await openArchived(path);
  try {
    return use(hdf5);
  } finally {
    hdf5.file.close();
  }
}

/** Opens the HDF5 file in a .keras file. The library reads only from a file system, so it is unpacked. */
async function openArchived(path: string): Promise<Hdf5> {
  const target = temporaryPath();
  try {
    await extractWeights(path, target);
    return await openHdf5(target, "");
  } finally {
    // The open file stays readable without a name, and nothing is left behind if the process is killed from here on.
    if (existsSync(target)) await Deno.remove(target);
  }
}

/** Adds the file's name to errors, and says of the library's own that the file is damaged. */
async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HeadlightError) throw new HeadlightError(`${path}: ${error.message}`, 2, { cause: error });
    if (isSystemError(error)) throw explainSystemError(error, `reading ${path}`);
    const line = `${path}: the file cannot be read (${errorText(error)}). Download or copy it again.`;
    throw new HeadlightError(line, 2, { cause: error });
  }
}
