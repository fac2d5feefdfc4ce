/**
 * Operations such as `x / 127.5` in a functional model, which Keras lists among the layers. Those of
 * keras.applications' `preprocess_input` are known, as they are part of many models.
 */
import type { LayerKind } from "../../bases/layer_spec.ts";
import type { LayerConfig } from "./config_schema.ts";
import type { LayerReading } from "./layer_kind.ts";
import { REVERSED } from "./reversed_channels.ts";
import type { Constant, LayerCall } from "./nodes.ts";

/** Keras 3's classes and Keras 2's functions, by what they do. */
const DOES: Readonly<Record<string, "add" | "subtract" | "multiply" | "divide" | "maximum" | "minimum" | "reverse">> = {
  Add: "add",
  Subtract: "subtract",
  Multiply: "multiply",
  TrueDivide: "divide",
  Divide: "divide",
  Maximum: "maximum",
  Minimum: "minimum",
  [REVERSED]: "reverse",
  "math.add": "add",
  "__operators__.add": "add",
  "nn.bias_add": "add",
  "math.subtract": "subtract",
  "math.multiply": "multiply",
  "math.truediv": "divide",
};

/** The class of all operations of Keras 2. */
const KERAS_2_CLASS = "TFOpLambda";
/** Classes of operations that are not those of layers too. Legacy files do not say which of the two it is. */
const ONLY_OPERATIONS = ["TrueDivide", "Divide", REVERSED, KERAS_2_CLASS];

/** Returns whether Keras lists an operation here. Keras 3 does not count those among a model's layers. */
export function isOperation({ class_name, module }: LayerConfig, { constants }: Pick<LayerCall, "constants">): boolean {
  return isCountedOut({ module }) || ONLY_OPERATIONS.includes(class_name) ||
    (constants.length > 0 && Object.hasOwn(DOES, class_name));
}

/** Returns whether Keras 3 leaves this out when it numbers a model's layers. */
export function isCountedOut({ module }: Pick<LayerConfig, "module">): boolean {
  return module?.includes(".ops.") ?? false;
}

/** Returns the layer that does the same as an operation. */
export function readOperation({ class_name, config }: LayerConfig, call: LayerCall): LayerReading {
  const given = class_name === KERAS_2_CLASS && !Array.isArray(config) ? config["function"] : class_name;
  const name = typeof given === "string" ? given : class_name;
  const kind = Object.hasOwn(DOES, name) ? kindOf(name, call) : null;
  return kind ? { kind } : { unknownClass: `operation ${name}` };
}

/** What becomes of an operation with two tensors. */
const OF_TWO: Readonly<Partial<Record<string, LayerKind>>> = {
  add: { type: "Add" },
  subtract: { type: "Subtract" },
  multiply: { type: "Multiply" },
  maximum: { type: "Maximum" },
  minimum: { type: "Minimum" },
};

function kindOf(name: string, { inputs, constants, tensorFirst }: LayerCall): LayerKind | null {
  const does = DOES[name];
  const [constant, ...others] = constants;
  if (inputs.length === 2 && constant === undefined) {
    return does ? OF_TWO[does] ?? null : null;
  }
  if (does === "reverse" && inputs.length === 1) return { type: "ReverseChannels" };
  if (inputs.length !== 1 || constant === undefined || others.length > 0) return null;
  if (does === "add") return { type: "Rescaling", scale: 1, offset: constant };
  if (does === "multiply") return { type: "Rescaling", scale: constant, offset: 0 };
  if (!tensorFirst || (does !== "subtract" && does !== "divide")) return null;
  if (does === "subtract") return { type: "Rescaling", scale: 1, offset: mapped(constant, (value) => -value) };
  return { type: "Rescaling", scale: mapped(constant, (value) => 1 / value), offset: 0 };
}

function mapped(constant: Constant, change: (value: number) => number): Constant {
  return typeof constant === "number" ? change(constant) : constant.map(change);
}
