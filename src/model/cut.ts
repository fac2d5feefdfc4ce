/** A base from a whole Keras model: the model without its top. */
import { at, valueOf } from "../at.ts";
import type { LayerKind, LayerSpec, Shape } from "../bases/layer_spec.ts";
import { LOGITS } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { didYouMean } from "../near.ts";
import type { KerasLayer, KerasModel } from "./keras_config/flatten.ts";
import { describe, type LayerRow } from "./layers.ts";
import { MAX_WEIGHTS } from "./weight_values.ts";

/** The side of the images for a model that takes images of any size. */
export const ANY_SIZE = 224;
/** The maximum number of values that a layer may output for one image. A damaged file can state any shape. */
const MOST_VALUES = 1 << 26;

/**
 * Returns the layer at whose output a model is cut: `asked`, which may also name a nested model, the last layer for
 * LOGITS, and the layer before the model's top for null.
 *
 * @throws HeadlightError if there is no layer of this name, or no place to cut
 */
export function cutOf(model: KerasModel, asked: string | null): string {
  if (asked === null) return beforeTop(model);
  if (asked === LOGITS) return model.output;
  const wanted = asked.replaceAll("/", "_");
  const nested = model.nested.get(wanted);
  const layers = model.layers.map(({ name }) => name);
  if (nested !== undefined || layers.includes(wanted)) return nested ?? wanted;
  const near = didYouMean(wanted, [...layers, ...model.nested.keys()]);
  const list = near ? "" : " To list its layers: deno task summary --base FILE";
  throw new HeadlightError(`it has no layer ${asked}${near || "."} Name another with --cut LAYER.${list}`);
}

/**
 * Returns the layer before the top. The top begins with the global pooling or the flattening behind which there are
 * only vectors, up to the output. A model that outputs a map of features has no top.
 */
function beforeTop(model: KerasModel): string {
  const rows = describeModel(model, model.output);
  if (at(rows, rows.length - 1).outputShape.length > 2) return model.output;
  const byName = new Map(rows.map((row) => [row.name, row]));
  let flattened: string | null = null;
  for (let row = valueOf(byName, model.output); isVector(row);) {
    const [input, ...others] = row.connectedTo;
    const before = input === undefined || others.length > 0 ? undefined : byName.get(input);
    if (!before) break;
    if (row.type === "GlobalMaxPooling2D" || row.type === "GlobalAveragePooling2D") return before.name;
    if (!isVector(before)) return flattened ?? before.name;
    // A flattening of 1×1 values may follow a global pooling that keeps its axes, as in MobileNet.
    if (before.outputShape.length > 2 && row.outputShape.length === 2) flattened ??= before.name;
    row = before;
  }
  if (flattened !== null) return flattened;
  throw new HeadlightError("its top is not recognized. Name the last layer of the base with --cut LAYER.");
}

/** Whether a layer outputs one value per channel, with or without axes of extent 1. */
function isVector({ outputShape }: LayerRow): boolean {
  return outputShape.slice(1, -1).every((extent) => extent === 1);
}

/** Returns the image shape that the model was built for. */
export function ownShape({ inputShape }: KerasModel): Shape {
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || (channels !== 3 && channels !== null)) {
    const shape = inputShape.map((extent) => extent ?? "any").join(" × ");
    throw new HeadlightError(`it takes inputs of ${shape}. Only models for images with 3 channels are supported.`);
  }
  return [height ?? ANY_SIZE, width ?? ANY_SIZE, 3];
}

/**
 * Returns the layers up to and with `last`, all of them frozen, for images of this shape.
 *
 * @throws HeadlightError that names all layers that are not supported
 */
export function layersUpTo(model: KerasModel, last: string, shape: Shape): LayerSpec[] {
  const needed = ancestors(model, last);
  const layers = model.layers.filter(({ name }) => needed.has(name));
  refuseUnsupported(layers);
  return [
    { name: model.input, type: "InputLayer", inputs: [], trainable: false, shape },
    ...layers.map(({ name, inputs, reading }) => ({ name, inputs, trainable: false, ...kindIn(reading) })),
  ];
}

/**
 * Returns the shapes and weights of the layers up to and with `last`.
 *
 * @throws HeadlightError if layers are not supported or do not fit together
 */
export function describeModel(model: KerasModel, last: string, shape: Shape = ownShape(model)): LayerRow[] {
  const specs = layersUpTo(model, last, shape);
  const rows = describeOrRefuse(specs);
  const axes = new Map(model.layers.map(({ name, reading }) => [name, "axis" in reading ? reading.axis : undefined]));
  for (const { name, type, outputShape } of rows) {
    const axis = axes.get(name);
    if (axis !== undefined && axis !== -1 && axis !== outputShape.length - 1) {
      throw new HeadlightError(`layer ${name} (${type}) works along axis ${axis}. Only the last axis is supported.`);
    }
    if (outputShape.slice(1).reduce<number>((product, extent) => product * (extent ?? 1), 1) > MOST_VALUES) {
      throw new HeadlightError(
        `layer ${name} outputs (${outputShape.slice(1).join(", ")}) per image, which is too large.`,
      );
    }
  }
  const parameters = rows.reduce((sum, row) => sum + row.parameters, 0);
  if (parameters > MAX_WEIGHTS) {
    throw new HeadlightError(`it has ${parameters} parameters. At most ${MAX_WEIGHTS} are supported.`);
  }
  return rows;
}

function describeOrRefuse(specs: readonly LayerSpec[]): LayerRow[] {
  try {
    return describe(specs);
  } catch (error) {
    // The list comes from a file here, so it is not a programming error.
    if (!(error instanceof Error)) throw error;
    throw new HeadlightError(`its layers do not fit together: ${error.message}.`, 2, { cause: error });
  }
}

function ancestors({ layers, input }: KerasModel, last: string): Set<string> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const found = new Set<string>();
  const pending = [last];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === input || found.has(name)) continue;
    found.add(name);
    pending.push(...valueOf(byName, name).inputs);
  }
  return found;
}

function refuseUnsupported(layers: readonly KerasLayer[]): void {
  const classes = new Set(layers.flatMap(({ reading }) => "unknownClass" in reading ? [reading.unknownClass] : []));
  const others = layers.flatMap(({ name, reading }) =>
    "unsupported" in reading ? [`${reading.unsupported} (layer ${name})`] : []
  );
  const problems = [
    ...(classes.size === 0 ? [] : [`layers of these types are not supported: ${[...classes].join(", ")}`]),
    ...(others.length === 0 ? [] : [`these layers are not supported: ${others.join(", ")}`]),
  ];
  if (problems.length === 0) return;
  throw new HeadlightError(
    `${problems.join("; ")}. Use another model, or as a base cut it before them with --cut LAYER.`,
  );
}

function kindIn(reading: KerasLayer["reading"]): LayerKind {
  if ("kind" in reading) return reading.kind;
  throw new RangeError("a layer that is not supported was not refused");
}

/** Returns the number of features if a layer outputs a vector, and null if it outputs a map. */
export function vectorWidth({ name, outputShape }: LayerRow): number | null {
  if (outputShape.length === 4) return null;
  if (outputShape.length === 2) return at(outputShape, 1);
  throw new HeadlightError(
    `layer ${name} outputs (${
      outputShape.slice(1).join(", ")
    }). A base must end in a map or in a vector of features. ` +
      "Name another layer with --cut LAYER.",
  );
}
