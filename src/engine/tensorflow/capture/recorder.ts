/**
 * Watches what a function runs on tfjs-node. Every kernel of its backend goes through `binding.executeOp`; for the time
 * of one call the binding is replaced by one that forwards to the real one and keeps what it saw. TensorFlow's numbers
 * for tensors are never used twice, so that what the function disposes is free at once.
 */
import type { Binding, NodeBackend, OpAttribute, TensorMetadata, Values } from "../binding.ts";
import { attributesOf } from "./attributes.ts";
import { CaptureError } from "./errors.ts";
import {
  type Constant,
  constantNode,
  type GraphNode,
  type GraphType,
  identityNode,
  type Port,
  type Shape,
  typeNamed,
} from "./graph.ts";

/** Ops that draw in TensorFlow, whatever they are given. */
const RANDOM_OPS = /^(Random|StatelessRandom|Multinomial|StatelessMultinomial|ParameterizedTruncatedNormal)/;

/**
 * Ops that give their first input as it is where the shape stays the same. tfjs runs many of them (after each batch norm,
 * say), and each would stand between two ops that TensorFlow could compute as one.
 */
const NOTHING_IF_SAME_SHAPE = new Set(["Reshape", "Slice", "Pad", "PadV2", "BroadcastTo", "Tile"]);

interface Known {
  readonly dtype: GraphType | undefined;
  readonly shape: Shape;
}

export class Recorder {
  readonly nodes: GraphNode[] = [];
  /** By TensorFlow's number: the output of a node that stands for the tensor. */
  readonly #sources = new Map<number, string>();
  /** Tensors that depend on an input; the others have one value for ever. */
  readonly #dependent = new Set<number>();
  readonly #known = new Map<number, Known>();
  readonly #counts = new Map<string, number>();
  /** A read that is a mistake unless a kernel made it to check its argument. */
  #read: { readonly id: number; readonly error: CaptureError } | null = null;

  constructor(private readonly backend: NodeBackend, private readonly name: string) {}

  /** Says that a tensor is an input: the output of the node with that name. */
  declareInput(id: number, node: string, known: { dtype: GraphType; shape: Shape }): void {
    this.#sources.set(id, node);
    this.#dependent.add(id);
    this.#known.set(id, known);
  }

  /** Makes a tensor an output and says where it leaves the graph. */
  output(id: number, node: string): Port {
    const { dtype, shape } = this.#knownAs(id, "an output");
    this.nodes.push(identityNode(node, this.#source(id), dtype));
    return { node, dtype, shape };
  }

  /** Runs `body` with everything that it does on the backend recorded; nothing is left replaced afterwards. */
  watch<T>(body: () => T): T {
    const { backend } = this;
    const { binding } = backend;
    const { random } = Math;
    const idsOf = backend.getInputTensorIds;
    if (Object.hasOwn(backend, "getInputTensorIds")) {
      throw new CaptureError(`${this.name} captures another function while it is captured itself`);
    }
    backend.binding = this.#watched(binding);
    backend.getInputTensorIds = (tensors) => {
      const ids = idsOf.call(backend, tensors);
      ids.forEach((id, index) => this.#meet(id, tensors[index]));
      return ids;
    };
    Math.random = () => {
      throw new CaptureError(
        `${this.name} draws random numbers, which would be the same for ever in a graph: draw them outside and make ` +
          "them an input",
      );
    };
    try {
      const result = body();
      if (this.#read) throw this.#read.error;
      return result;
    } finally {
      Math.random = random;
      backend.binding = binding;
      Reflect.deleteProperty(backend, "getInputTensorIds");
    }
  }

  /** The real binding's properties are read-only, so that a proxy must not have it as its target. */
  #watched(binding: Binding): Binding {
    const replaced: Partial<Binding> = {
      createTensor: (shape, dtype, values) => {
        const id = binding.createTensor(shape, dtype, values);
        this.#known.set(id, { dtype: typeNamed(dtype), shape });
        return id;
      },
      executeOp: (op, attributes, inputs, outputs) => {
        this.#checkRead(op, inputs);
        const results = binding.executeOp(op, attributes, inputs, outputs);
        this.#record(op, attributes, inputs, results);
        return results;
      },
      tensorDataSync: (id) => {
        if (this.#dependent.has(id)) this.#noteRead(id);
        return binding.tensorDataSync(id);
      },
      runSavedModel: () => {
        throw new CaptureError(`${this.name} calls a captured function, which cannot become part of another graph`);
      },
    };
    return new Proxy({}, {
      get: (_, property) => {
        const own = Reflect.get(replaced, property);
        if (own !== undefined) return own;
        const value = Reflect.get(binding, property);
        return typeof value === "function" ? value.bind(binding) : value;
      },
    }) as Binding;
  }

  #meet(id: number, tensor: Parameters<NodeBackend["getInputTensorIds"]>[0][number] | undefined): void {
    if (this.#known.has(id) || !tensor || !("dataId" in tensor)) return;
    const { dtype, shape } = this.backend.tensorMap.get(tensor.dataId);
    this.#known.set(id, { dtype: typeNamed(dtype), shape });
  }

  #record(op: string, given: readonly OpAttribute[], inputs: readonly number[], results: TensorMetadata[]): void {
    if (RANDOM_OPS.test(op)) {
      throw new CaptureError(
        `${this.name} uses the random op ${op}: draw outside of it, and make what is drawn an input`,
      );
    }
    for (const { id, dtype, shape } of results) this.#known.set(id, { dtype: typeNamed(dtype), shape });
    // What no input reaches has its value already, which is taken when something that does depend on one needs it.
    if (!inputs.some((id) => this.#dependent.has(id))) return;
    const types = inputs.map((id) => this.#knownAs(id, `an input of ${op}`).dtype);
    if (this.#changesNothing(op, inputs, results)) return;
    const node = {
      name: this.#newName(op),
      op,
      inputs: inputs.map((id) => this.#source(id)),
      attributes: attributesOf(op, given, types),
    };
    this.nodes.push(node);
    results.forEach(({ id }, index) => {
      this.#sources.set(id, index === 0 ? node.name : `${node.name}:${index}`);
      this.#dependent.add(id);
    });
  }

  #changesNothing(op: string, [input]: readonly number[], [result]: readonly TensorMetadata[]): boolean {
    if (input === undefined || !result || !NOTHING_IF_SAME_SHAPE.has(op) || !this.#dependent.has(input)) return false;
    if (String(this.#known.get(input)?.shape) !== String(result.shape)) return false;
    this.#sources.set(result.id, this.#source(input));
    this.#dependent.add(result.id);
    return true;
  }

  /** The node that a tensor is an output of; a constant is made of it where it is none yet. */
  #source(id: number): string {
    const known = this.#sources.get(id);
    if (known !== undefined) return known;
    const name = this.#newName("Const");
    this.nodes.push(constantNode(name, this.#constant(id)));
    this.#sources.set(id, name);
    return name;
  }

  #constant(id: number): Constant {
    const { dtype, shape } = this.#knownAs(id, "a constant");
    const values: Values = this.backend.binding.tensorDataSync(id);
    return { dtype, shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice() };
  }

  #knownAs(id: number, what: string): { dtype: GraphType; shape: Shape } {
    const known = this.#known.get(id);
    if (known?.dtype) return { dtype: known.dtype, shape: known.shape };
    throw new CaptureError(`${this.name} has a string, an int64 or a resource as ${what}, which cannot be captured`);
  }

  #newName(op: string): string {
    const count = this.#counts.get(op) ?? 0;
    this.#counts.set(op, count + 1);
    return `${op}_${count}`;
  }

  /** tfjs-node's GatherV2 reads its indices to check them, right before it runs; TensorFlow's own op checks too. */
  #checkRead(op: string, inputs: readonly number[]): void {
    if (this.#read && !(op === "GatherV2" && inputs[1] === this.#read.id)) throw this.#read.error;
    this.#read = null;
  }

  #noteRead(id: number): void {
    if (this.#read) throw this.#read.error;
    const source = this.#sources.get(id);
    const what = `${this.name} reads a value that depends on its inputs (what ${source} gives)`;
    this.#read = {
      id,
      error: new CaptureError(`${what}: a graph would keep what the example made of it; return the tensor instead`),
    };
  }
}
