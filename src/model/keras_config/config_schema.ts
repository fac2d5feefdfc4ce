/** The parts of a Keras model's config that are read, in the forms of Keras 2 and Keras 3. */
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";

/** A layer as it appears in the list of a model. A model within a model is one too. */
export const layerConfigSchema = z.looseObject({
  class_name: z.string(),
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
  name: z.string().optional(),
  module: z.string().nullish(),
  inbound_nodes: z.array(z.unknown()).optional(),
});
export type LayerConfig = z.infer<typeof layerConfigSchema>;

const modelConfigSchema = z.looseObject({
  layers: z.array(layerConfigSchema),
  name: z.string().optional(),
  trainable: z.boolean().nullish(),
  input_layers: z.unknown().optional(),
  output_layers: z.unknown().optional(),
  build_input_shape: z.unknown().optional(),
});

export interface ModelConfig extends z.infer<typeof modelConfigSchema> {
  readonly sequential: boolean;
}

/** Returns whether a layer is a model. */
export function isModel({ class_name, config }: LayerConfig): boolean {
  return MODELS.includes(class_name) && (Array.isArray(config) || Array.isArray(config["layers"]));
}
/** Keras 2 before 2.4 calls a functional model "Model". */
const MODELS = ["Functional", "Model", "Sequential"];

/**
 * Returns the config of a model. Sequential models of Keras before 2.2.3 have only a list of layers.
 *
 * @throws HeadlightError if it is not one
 */
export function modelConfig(layer: LayerConfig): ModelConfig {
  const config = Array.isArray(layer.config) ? { layers: layer.config } : layer.config;
  const parsed = modelConfigSchema.safeParse(config).data;
  if (!parsed) throw damagedConfig();
  return { ...parsed, sequential: layer.class_name === "Sequential" };
}

/** Returns the name of a layer, which Keras writes beside the config or inside it. */
export function layerName({ name, config }: LayerConfig): string {
  const inner = Array.isArray(config) ? undefined : config["name"];
  const found = name ?? (typeof inner === "string" ? inner : undefined);
  if (found === undefined) throw damagedConfig();
  return found;
}

/** The shape of an input layer's images, without the batch dimension; null stands for any extent. */
export type InputShape = readonly (number | null)[];

/** Images have four axes with the batch dimension. */
const MOST_AXES = 8;
const batchShapeSchema = z.array(z.int().min(1).nullable()).min(2).max(MOST_AXES);

/** Returns the input shape in a layer's config, or null if it has none. */
export function inputShape(config: LayerConfig["config"]): InputShape | null {
  if (Array.isArray(config)) return null;
  return batchShape(config["batch_shape"] ?? config["batch_input_shape"]);
}

/** Returns a batch shape without its first dimension, or null if it is not one. */
export function batchShape(value: unknown): InputShape | null {
  return batchShapeSchema.safeParse(value).data?.slice(1) ?? null;
}

/** Returns the error for a config that Keras did not write like this. */
export function damagedConfig(): HeadlightError {
  return new HeadlightError("its model config is damaged or of an unknown form. Save the model again with Keras.");
}
