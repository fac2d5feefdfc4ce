/**
 * Wraps a graph in a loop, so that one call runs it several times. It uses TensorFlow's loop ops (Enter, Merge, Switch,
 * NextIteration, Exit; white paper "Implementation of Control Flow in TensorFlow", 2017). Unlike an unrolled graph, it
 * stays as small as one step, so it is built fast, and each call can choose the number of steps.
 */
import type { GraphType, Port } from "../../ports.ts";
import {
  type Attribute,
  constantNode,
  type Graph,
  type GraphNode,
  identityNode,
  intConstant,
  placeholderNode,
  typeAttribute,
} from "./graph.ts";

const FRAME = "loop";

/**
 * The number of the body's inputs that are the state. The body's first outputs are the new state. Its remaining inputs
 * are given anew to each step.
 */
export interface LoopShape {
  readonly state: number;
}

/**
 * Returns the graph of the loop.
 *
 * @param body a graph whose inputs are the state, then the inputs of one step. Its outputs are the new state, then the
 * results of one step.
 * @returns a graph whose inputs are the number of steps (int32, scalar), the state, then the stacked inputs of all
 * steps. Its outputs are the last state, then the stacked results of all steps.
 */
export function loopGraph(body: Graph, { state }: LoopShape): Graph {
  const nodes: GraphNode[] = [];
  const add = (node: GraphNode): string => {
    nodes.push(node);
    return node.name;
  };
  const steps: Port = { node: "steps", dtype: "int32", shape: [] };
  const inputs = [
    steps,
    ...body.inputs.map((port, index): Port => index < state ? port : { ...port, shape: [-1, ...port.shape] }),
  ];
  for (const port of inputs) add(placeholderNode(port));
  const results = body.outputs.slice(state);
  const variables: readonly (Variable & { readonly next: string })[] = [
    { ...counter(add), next: "loop/counter/plus_one" },
    ...body.inputs.slice(0, state).map(({ node, dtype }, index) => ({
      name: `loop/state_${index}`,
      dtype,
      initial: node,
      next: `body/${body.outputs[index]?.node}`,
    })),
    ...results.map((port, index) => ({
      ...collector(add, port, index),
      next: `loop/collected_${index}/set`,
    })),
  ];
  for (const variable of variables) add(enter(variable.initial, `${variable.name}/enter`, variable.dtype, false));
  const limit = add(enter("steps", "loop/limit", "int32", true));
  for (const { name, dtype, next: _ } of variables) add(merge(name, dtype));
  add(typed("loop/less", "Less", ["loop/counter/merge", limit], "int32"));
  add({ name: "loop/condition", op: "LoopCond", inputs: ["loop/less"], attributes: {} });
  for (const { name, dtype } of variables) {
    add(typed(`${name}/switch`, "Switch", [`${name}/merge`, "loop/condition"], dtype));
    add(identityNode(`${name}/now`, `${name}/switch:1`, dtype));
  }
  const given = new Map(body.inputs.map(({ node, dtype }, index) => [
    node,
    index < state ? `loop/state_${index}/now` : slice(add, { node, dtype }, index - state),
  ]));
  addBody(add, body, given);
  add(constantNode("loop/one", intConstant([1]), ["loop/counter/now"]));
  add(typed("loop/counter/plus_one", "AddV2", ["loop/counter/now", "loop/one"], "int32"));
  results.forEach((port, index) => collect(add, port, index));
  for (const { name, dtype, next } of variables) {
    add(typed(`${name}/next`, "NextIteration", [next], dtype));
    add(typed(`${name}/exit`, "Exit", [`${name}/switch`], dtype));
  }
  const outputs = body.outputs.map(({ dtype, shape }, index): Port => ({
    node: index < state ? `loop/state_${index}/exit` : `loop/collected_${index - state}/exit`,
    dtype,
    shape: index < state ? shape : [-1, ...shape],
  }));
  return { nodes, inputs, outputs };
}

/** A value that changes from step to step. */
interface Variable {
  readonly name: string;
  readonly dtype: GraphType;
  /** The node with its value before the first step. */
  readonly initial: string;
}

type Add = (node: GraphNode) => string;

/** Adds the variable that counts the steps. */
function counter(add: Add): Variable {
  return { name: "loop/counter", dtype: "int32", initial: add(constantNode("loop/zero", intConstant([0]))) };
}

/**
 * Adds a variable that collects one result of all steps in a stacked tensor. Rows of steps that have not run yet are
 * zeros.
 */
function collector(add: Add, { dtype, shape }: Port, index: number): Variable {
  const name = `loop/collected_${index}`;
  const extents = [
    "steps",
    ...shape.map((extent, axis) => add(constantNode(`${name}/extent_${axis}`, intConstant([extent])))),
  ];
  const packed = add({
    name: `${name}/shape`,
    op: "Pack",
    inputs: extents,
    attributes: { T: typeAttribute("int32"), N: { kind: "int", value: extents.length } },
  });
  const zero = add(constantNode(`${name}/zero`, { dtype, shape: [], bytes: new Uint8Array(dtype === "bool" ? 1 : 4) }));
  const initial = add({
    name: `${name}/zeros`,
    op: "Fill",
    inputs: [packed, zero],
    attributes: { T: typeAttribute(dtype), index_type: typeAttribute("int32") },
  });
  return { name, dtype, initial };
}

/** Adds nodes that write a result of the current step into its row of the stacked tensor. */
function collect(add: Add, { node, dtype, shape }: Port, index: number): void {
  const name = `loop/collected_${index}`;
  const now = ["loop/counter/now"];
  const place = add(constantNode(`${name}/place_shape`, intConstant([1, 1], [2]), now));
  const row = add(constantNode(`${name}/row_shape`, intConstant([1, ...shape], [shape.length + 1]), now));
  add({
    name: `${name}/place`,
    op: "Reshape",
    inputs: ["loop/counter/now", place],
    attributes: { T: typeAttribute("int32"), Tshape: typeAttribute("int32") },
  });
  add({
    name: `${name}/row`,
    op: "Reshape",
    inputs: [`body/${node}`, row],
    attributes: { T: typeAttribute(dtype), Tshape: typeAttribute("int32") },
  });
  add({
    name: `${name}/set`,
    op: "TensorScatterUpdate",
    inputs: [`${name}/now`, `${name}/place`, `${name}/row`],
    attributes: { T: typeAttribute(dtype), Tindices: typeAttribute("int32") },
  });
}

/** Adds nodes that select the current step's row of a stacked input. Returns the name of the last one. */
function slice(add: Add, { node, dtype }: Pick<Port, "node" | "dtype">, index: number): string {
  const name = `loop/given_${index}`;
  const stack = add(enter(node, `${name}/stack`, dtype, true));
  const axis = add(constantNode(`${name}/axis`, intConstant([0]), ["loop/counter/now"]));
  return add({
    name,
    op: "GatherV2",
    inputs: [stack, "loop/counter/now", axis],
    attributes: {
      Tparams: typeAttribute(dtype),
      Tindices: typeAttribute("int32"),
      Taxis: typeAttribute("int32"),
      batch_dims: { kind: "int", value: 0 },
    },
  });
}

/**
 * Adds the nodes of the body.
 *
 * @param given the node that replaces each of the body's inputs
 */
function addBody(add: Add, body: Graph, given: ReadonlyMap<string, string>): void {
  const renamed = (input: string): string => {
    const place = given.get(input);
    if (place !== undefined) return place;
    return input.startsWith("^") ? `^body/${input.slice(1)}` : `body/${input}`;
  };
  for (const node of body.nodes) {
    if (given.has(node.name)) continue;
    const inputs = node.inputs.map(renamed);
    // A node without inputs would run outside the loop, and nodes inside a loop cannot use outputs from outside.
    if (inputs.length === 0) inputs.push("^loop/counter/now");
    add({ ...node, name: `body/${node.name}`, inputs });
  }
}

/** Returns a node that passes a value into the loop. A constant value stays the same in all steps. */
function enter(input: string, name: string, dtype: GraphType, constant: boolean): GraphNode {
  return {
    ...typed(name, "Enter", [input], dtype),
    attributes: {
      T: typeAttribute(dtype),
      frame_name: { kind: "string", value: FRAME },
      is_constant: { kind: "bool", value: constant },
      // Iterations run one at a time, because each step needs the state of the previous one.
      parallel_iterations: { kind: "int", value: 1 },
    },
  };
}

/** Returns the node that has a variable's value at the start of each step: its initial or its next value. */
function merge(name: string, dtype: GraphType): GraphNode {
  const { attributes, ...node } = typed(`${name}/merge`, "Merge", [`${name}/enter`, `${name}/next`], dtype);
  return { ...node, attributes: { ...attributes, N: { kind: "int", value: 2 } } };
}

/** Returns a node whose only attribute is the type T. */
function typed(name: string, op: string, inputs: readonly string[], dtype: GraphType): GraphNode {
  const attributes: Readonly<Record<string, Attribute>> = { T: typeAttribute(dtype) };
  return { name, op, inputs, attributes };
}
