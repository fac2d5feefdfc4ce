/** An ONNX graph that grows layer by layer. */
import { sizeOf } from "../../../model/layers.ts";
import type { Shape } from "../../../bases/layer_spec.ts";
import {
  ATTRIBUTE_TYPE,
  type AttributeProto,
  DATA_TYPE,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./proto.ts";

/** The value of an attribute. A plain number is an INT in ONNX, so a FLOAT is wrapped in an object. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** The name of the dynamic dimension, the number of images. */
const BATCH = "batch";

/** Collects nodes, constants and inputs. Values are referred to by their names. */
export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #names = new Set<string>();
  readonly #scalars = new Map<number, string>();

  /** @param reserved the names of the inputs and the output, which no other value may get */
  constructor(reserved: readonly string[]) {
    for (const name of reserved) this.#names.add(name);
  }

  get nodes(): readonly NodeProto[] {
    return this.#nodes;
  }

  get initializers(): readonly TensorProto[] {
    return this.#initializers;
  }

  get inputs(): readonly ValueInfoProto[] {
    return this.#inputs;
  }

  /** Adds an input with one of the reserved names. */
  addInput(info: ValueInfoProto): void {
    this.#inputs.push(info);
  }

  /** Adds a node with one output. Returns the output's name, which begins with the layer's. */
  addNode(layer: string, op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = this.#unused(`${layer}/${op}`);
    this.#nodes.push({
      name,
      op_type: op,
      input: inputs,
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    });
    return name;
  }

  /** Adds a float32 constant and returns its name. */
  addFloats(name: string, shape: Shape, data: Float32Array): string {
    if (sizeOf(shape) !== data.length) throw new Error(`${name}: ${data.length} values for the shape (${shape})`);
    return this.#addTensor(name, DATA_TYPE.FLOAT, shape, data);
  }

  /** Adds a vector of int64 and returns its name. */
  addIntegers(name: string, values: readonly number[]): string {
    return this.#addTensor(name, DATA_TYPE.INT64, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Returns the name of a float32 scalar. Layers share scalars of the same value. */
  scalar(value: number): string {
    const known = this.#scalars.get(value);
    if (known !== undefined) return known;
    const name = this.addFloats(`scalar/${value}`, [], Float32Array.of(value));
    this.#scalars.set(value, name);
    return name;
  }

  /** Gives the output of a node its final name. */
  rename(from: string, to: string): void {
    const renamed = (name: string) => name === from ? to : name;
    for (const [index, node] of this.#nodes.entries()) {
      this.#nodes[index] = { ...node, input: node.input.map(renamed), output: node.output.map(renamed) };
    }
  }

  #addTensor(name: string, type: number, dims: Shape, data: Float32Array | BigInt64Array): string {
    const unused = this.#unused(name);
    // ONNX requires little-endian, which is the byte order of every machine that Deno runs on.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name: unused, dims, data_type: type, raw_data: bytes });
    return unused;
  }

  /** Returns an unused name. Layer names may contain slashes, so the values of two layers could get the same name. */
  #unused(name: string): string {
    let unused = name;
    for (let number = 1; this.#names.has(unused); number++) unused = `${name}_${number}`;
    this.#names.add(unused);
    return unused;
  }
}

/** Describes a float32 input or output of the graph: [batch, ...shape]. */
export function valueInfo(name: string, shape: Shape, doc: string): ValueInfoProto {
  const dim = [{ dim_param: BATCH }, ...shape.map((extent) => ({ dim_value: extent }))];
  return { name, type: { tensor_type: { elem_type: DATA_TYPE.FLOAT, shape: { dim } } }, doc_string: doc };
}

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") return { name, type: ATTRIBUTE_TYPE.INT, i: value };
  if (typeof value === "string") return { name, type: ATTRIBUTE_TYPE.STRING, s: new TextEncoder().encode(value) };
  return "float" in value
    ? { name, type: ATTRIBUTE_TYPE.FLOAT, f: value.float }
    : { name, type: ATTRIBUTE_TYPE.INTS, ints: value };
}
