/** The inputs of a layer in a functional model, from its inbound nodes. */
import { z } from "zod";
import { perChannel } from "./arguments.ts";
import { damagedConfig } from "./config_schema.ts";

/** The tensor that a layer outputs. */
export interface TensorSource {
  readonly layer: string;
  /** Which of the layer's outputs it is. */
  readonly output: number;
}

/** One call of a layer. */
export interface LayerCall {
  readonly inputs: readonly TensorSource[];
  /** Numbers that the layer is called with beside the tensors, as operations such as `x * 2` are. */
  readonly constants: readonly Constant[];
  /** Whether the first argument is a tensor. */
  readonly tensorFirst: boolean;
}

/** One number, or one per channel. */
export type Constant = number | readonly number[];

const triple = z.tuple([z.string(), z.int(), z.int()]);
/** Keras 2: layer, node, tensor and keyword arguments. */
const keras2Input = z.tuple([z.string(), z.int(), z.int()], z.unknown());
/** Keras 3. */
const kerasTensor = z.looseObject({
  class_name: z.literal("__keras_tensor__"),
  config: z.looseObject({ keras_history: triple }),
});
/** A constant of several numbers. */
const constantTensor = z.looseObject({
  class_name: z.literal("__tensor__"),
  config: z.looseObject({ value: perChannel }),
}).transform(({ config }) => config.value);
const constantSchema = z.union([z.number(), constantTensor]);
const keras3Node = z.looseObject({ args: z.array(z.unknown()), kwargs: z.record(z.string(), z.unknown()).default({}) });

/** Returns the calls of a layer, from the `inbound_nodes` in its config. */
export function layerCalls(nodes: readonly unknown[]): LayerCall[] {
  return nodes.map((node) => {
    if (Array.isArray(node)) return keras2Call(node);
    const parsed = keras3Node.safeParse(node).data;
    if (!parsed) throw damagedConfig();
    const { args, kwargs: { inputs } } = parsed;
    return keras3Call(inputs === undefined ? args : [...args, inputs]);
  });
}

function keras2Call(node: readonly unknown[]): LayerCall {
  // An operation has its one input without a list around it.
  const parsed = (typeof node[0] === "string" ? [node] : node).map((input) => {
    const found = keras2Input.safeParse(input).data;
    if (!found) throw damagedConfig();
    return found;
  });
  const inputs = parsed.map(([layer, , output]) => ({ layer, output }));
  const constants = parsed.flatMap(([, , , more]) => {
    const { y, bias } = keras2Constants.safeParse(more).data ?? {};
    return [y, bias].filter((value) => value !== undefined);
  });
  return { inputs, constants, tensorFirst: true };
}

/** The keyword arguments with which Keras 2 calls operations. */
const keras2Constants = z.looseObject({ y: perChannel.optional(), bias: perChannel.optional() });

function keras3Call(args: readonly unknown[]): LayerCall {
  const inputs: TensorSource[] = [];
  const constants: Constant[] = [];
  let tensorFirst = false;
  for (const argument of args) {
    for (const value of Array.isArray(argument) ? argument : [argument]) {
      const tensor = kerasTensor.safeParse(value).data;
      const constant = constantSchema.safeParse(value).data;
      if (tensor) {
        tensorFirst ||= constants.length === 0;
        inputs.push({ layer: tensor.config.keras_history[0], output: tensor.config.keras_history[2] });
      } else if (constant !== undefined) constants.push(constant);
    }
  }
  return { inputs, constants, tensorFirst };
}

/**
 * Returns the layers in `input_layers` or `output_layers`: one triple, a list of them, or a mapping of names to them.
 */
export function endLayers(ends: unknown): TensorSource[] {
  const one = triple.safeParse(ends).data;
  if (one) return [{ layer: one[0], output: one[2] }];
  const several = z.union([z.array(triple), z.record(z.string(), triple)]).safeParse(ends).data;
  if (!several) throw damagedConfig();
  return Object.values(several).map(([layer, , output]) => ({ layer, output }));
}
