/** The network of a base, whether it is one of the list or in a file. */
import { basename } from "node:path";
import type { Base, OwnPreprocessing, Pooling } from "../bases/base.ts";
import { bases } from "../bases/bases.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { baseNameSchema, type BaseRef, LOGITS } from "../config.ts";
import { at } from "../at.ts";
import { HeadlightError } from "../errors.ts";
import { fileHash } from "../files/hash.ts";
import { explainSystemError } from "../files/system_error.ts";
import { cutOf, describeModel, layersUpTo, ownShape, vectorWidth } from "./cut.ts";
import { readKerasModel } from "./keras_file.ts";
import type { KerasModel } from "./keras_config/flatten.ts";
import { upToLogits } from "./logits.ts";
import { ownPreprocessing } from "./own_preprocessing.ts";

/** What the rest of the program needs to know about a base's network. */
export interface BaseNetwork extends Pick<Base, "displayName" | "featureWidth" | "layers"> {
  /** What the parameters pane calls it. */
  readonly name: string;
  /** The preprocessing that it was trained with; null if that is unknown. */
  readonly preprocessing: OwnPreprocessing | null;
  /** The side of the images that a model from a file was made for, if that is one. */
  readonly madeFor?: number | undefined;
  /** The whole model, of a base from a file. */
  readonly model?: KerasModel;
}

/** The options that decide a base. */
export interface BaseChoice {
  /** A name or a path. */
  readonly base: string;
  readonly cut?: string | undefined;
}

/** Returns what a base is called: its name, or that of its file. */
export function nameOfBase(ref: BaseRef): string {
  return typeof ref === "string" ? ref : basename(ref.path);
}

/** Returns the base that options name, with the hash of its file if it is in one. */
export async function baseRefOf({ base, cut }: BaseChoice): Promise<BaseRef> {
  const named = baseNameSchema.safeParse(base).data;
  return named ?? { path: base, sha256: await hashOf(base), cut: cut ?? null };
}

async function hashOf(path: string): Promise<string> {
  try {
    return await fileHash(path, "sha256");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new HeadlightError(
        `${path}: no such file, and the base is the model in it. Put the file back in its place.`,
      );
    }
    throw explainSystemError(error, `reading the model ${path}`);
  }
}

/**
 * Returns the network of a base.
 *
 * @throws HeadlightError if it is in a file that has changed or cannot be used
 */
export async function baseNetwork(ref: BaseRef): Promise<BaseNetwork> {
  if (typeof ref === "string") return bases[ref];
  if (await hashOf(ref.path) !== ref.sha256) {
    throw new HeadlightError(
      `${ref.path} has changed since the run was set up. Put the old file back, or start a new run.`,
      1,
    );
  }
  return await fileNetwork(ref.path, ref.cut);
}

/**
 * Returns the network of the base in a file: the model up to and with the layer `cut`, up to its logits for LOGITS, or
 * up to its top for null.
 *
 * @throws HeadlightError (exit status 2) if the file cannot be read or its model cannot be a base
 */
export async function fileNetwork(path: string, cut: string | null): Promise<BaseNetwork> {
  const model = await readKerasModel(path);
  const network = naming(path, () => networkOf(model, cut, basename(path)));
  return { ...network, layers: (size, pooling) => naming(path, () => network.layers(size, pooling)) };
}

/** Adds the file's name to errors. */
function naming<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof HeadlightError) throw new HeadlightError(`${path}: ${error.message}`, 2, { cause: error });
    throw error;
  }
}

function networkOf(whole: KerasModel, cut: string | null, name: string): BaseNetwork {
  const model = cut === LOGITS ? upToLogits(whole) : whole;
  const last = cutOf(model, cut);
  const rows = describeModel(model, last);
  const end = at(rows, rows.length - 1);
  const [height, width] = model.inputShape;
  const made = height !== null && height === width ? { madeFor: height } : {};
  const layers = (size: number, pooling: Pooling): readonly LayerSpec[] => {
    const specs = layersFor(model, last, size);
    return vectorWidth(end) === null ? [...specs, poolingLayer(pooling, last, specs)] : specs;
  };
  return {
    name,
    displayName: name,
    ...made,
    model: whole,
    preprocessing: ownPreprocessing(whole),
    featureWidth: at(end.outputShape, end.outputShape.length - 1) ?? 0,
    layers,
  };
}

/** @throws HeadlightError if the layers do not fit images of this size */
function layersFor(model: KerasModel, last: string, size: number): LayerSpec[] {
  const shape = [size, size, 3];
  try {
    describeModel(model, last, shape);
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const [own] = ownShape(model);
    throw new HeadlightError(
      `it does not take images of ${size}×${size}: ${error.message} Use another --size, such as ${own}.`,
      2,
      { cause: error },
    );
  }
  return layersUpTo(model, last, shape);
}

/** As the bases of the list end. */
function poolingLayer(pooling: Pooling, last: string, specs: readonly LayerSpec[]): LayerSpec {
  let name = pooling === "max" ? "max_pool" : "avg_pool";
  while (specs.some((spec) => spec.name === name)) name += "_";
  const type = pooling === "max" ? "GlobalMaxPooling2D" : "GlobalAveragePooling2D";
  return { name, type, inputs: [last], trainable: false };
}
