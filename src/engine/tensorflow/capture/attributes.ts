/** Converts between the attributes that tfjs-node passes to its addon and the attributes of a graph's nodes. */
import type { OpAttribute } from "../node/binding.ts";
import { CaptureError } from "./errors.ts";
import type { GraphType } from "../../ports.ts";
import { type Attribute, NODE_TYPES, typeAttribute, typeNamed } from "./graph.ts";

/** The kinds of attributes, in the order of TF_AttrType (tensorflow/c/tf_attrtype.h). */
const ATTRIBUTE_KINDS = ["string", "int", "float", "bool", "type", "shape"] as const;

/**
 * Type attributes that tfjs-node omits because TensorFlow infers them when it runs a single op. In a graph they are
 * required. For each attribute, the index of the input whose type it is.
 */
const INFERRED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
};

/**
 * Returns the attributes of a node for an op as tfjs-node runs it.
 *
 * @param inputTypes the types of the op's inputs, in order
 */
export function attributesOf(
  op: string,
  given: readonly OpAttribute[],
  inputTypes: readonly GraphType[],
): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, input] of Object.entries(INFERRED[op] ?? {})) {
    const type = inputTypes[input];
    if (type) attributes[name] = typeAttribute(type);
  }
  for (const { name, type, value } of given) attributes[name] = attribute(op, name, ATTRIBUTE_KINDS[type], value);
  return attributes;
}

/** Converts a node's attribute to the form that the addon takes. */
export function opAttribute([name, { kind, value }]: readonly [name: string, attribute: Attribute]): OpAttribute {
  if (kind === "tensor" || kind === "strings") {
    throw new CaptureError(`the attribute ${name} is a tensor, which an op cannot be run with`);
  }
  return { name, type: ATTRIBUTE_KINDS.indexOf(kind), value: kind === "type" ? NODE_TYPES[value] : value };
}

/**
 * Returns an attribute with its value checked.
 *
 * @throws CaptureError if graphs here cannot contain such an attribute
 */
function attribute(
  op: string,
  name: string,
  kind: (typeof ATTRIBUTE_KINDS)[number] | undefined,
  value: unknown,
): Attribute {
  switch (kind) {
    case "string":
      if (typeof value === "string") return { kind, value };
      break;
    case "int":
    case "float":
      if (typeof value === "number" || isListOf(value, "number")) return { kind, value };
      break;
    case "bool":
      if (typeof value === "boolean" || isListOf(value, "boolean")) return { kind, value };
      break;
    case "type": {
      const type = typeof value === "number" ? typeNamed(value) : undefined;
      if (type) return typeAttribute(type);
      break;
    }
    case "shape":
      if (isListOf(value, "number")) return { kind, value };
  }
  throw new CaptureError(`${op} has an attribute that cannot be captured: ${name} = ${JSON.stringify(value)}`);
}

function isListOf(value: unknown, type: "number"): value is readonly number[];
function isListOf(value: unknown, type: "boolean"): value is readonly boolean[];
function isListOf(value: unknown, type: string): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === type);
}
