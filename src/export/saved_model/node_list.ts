/** Collects the nodes of a graph that is written by hand. */
import {
  type Attribute,
  castNode,
  type Constant,
  constantNode,
  type GraphNode,
  intConstant,
  type NodeType,
  typeAttribute,
} from "../../engine/tensorflow/capture/graph.ts";
import type { Shape } from "../../engine/ports.ts";

type Attributes = Readonly<Record<string, Attribute>>;

/** Nodes whose names begin with a prefix. Each method adds nodes and returns the name of the last one's output. */
export class NodeList {
  readonly nodes: GraphNode[] = [];

  /**
   * @param prefix the beginning of all names, such as `any_size/`
   * @param inside the names of nodes that constants must run after. A constant has no inputs, so only such a control
   * input puts it inside a loop.
   */
  constructor(readonly prefix: string, private readonly inside: readonly string[] = []) {}

  /** Adds a node. `name` is its name without the prefix. */
  add(name: string, op: string, inputs: readonly string[], attributes: Attributes): string {
    const node = { name: `${this.prefix}${name}`, op, inputs, attributes };
    this.nodes.push(node);
    return node.name;
  }

  /** Adds a node whose only attribute is the type T. */
  typed(name: string, op: string, inputs: readonly string[], type: NodeType): string {
    return this.add(name, op, inputs, { T: typeAttribute(type) });
  }

  /** Adds a constant. */
  constant(name: string, value: Constant): string {
    const node = constantNode(`${this.prefix}${name}`, value, this.inside);
    this.nodes.push(node);
    return node.name;
  }

  /** Adds an int32 constant; a scalar if no shape is given. */
  int(name: string, values: readonly number[], shape: Shape = []): string {
    return this.constant(name, intConstant(values, shape));
  }

  /** Adds a float32 constant. */
  float(name: string, values: readonly number[], shape: Shape = []): string {
    return this.constant(name, { dtype: "float32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) });
  }

  /** Adds a conversion to another type. */
  cast(name: string, input: string, from: NodeType, to: NodeType): string {
    const node = castNode(`${this.prefix}${name}`, input, from, to);
    this.nodes.push(node);
    return node.name;
  }

  /** Adds a node that packs int32 scalars into a vector. */
  pack(name: string, inputs: readonly string[]): string {
    return this.add(name, "Pack", inputs, {
      T: typeAttribute("int32"),
      N: { kind: "int", value: inputs.length },
      axis: { kind: "int", value: 0 },
    });
  }

  /**
   * Adds nodes that compute the shape of an image batch, float32 n×h×w×c. Returns its four extents as int32 scalars.
   */
  extents(name: string, images: string): readonly [batch: string, height: string, width: string, channels: string] {
    const shape = this.add(`${name}/shape`, "Shape", [images], {
      T: typeAttribute("float32"),
      out_type: typeAttribute("int32"),
    });
    const all = this.add(name, "Unpack", [shape], {
      T: typeAttribute("int32"),
      num: { kind: "int", value: 4 },
      axis: { kind: "int", value: 0 },
    });
    return [all, `${all}:1`, `${all}:2`, `${all}:3`];
  }
}
