/**
 * Records the ops that a function runs on tfjs-node. Every kernel of its backend calls `binding.executeOp`. During the
 * recording, the binding is replaced by one that forwards to the real one and records the calls. TensorFlow never
 * reuses the ids of tensors, so tensors that the function disposes can be freed at once.
 */
import type { Binding, NodeBackend, OpAttribute, TensorMetadata, Values } from "../node/binding.ts";
import { attributesOf } from "./attributes.ts";
import { CaptureError } from "./errors.ts";
import type { GraphType, Port, Shape } from "../../ports.ts";
import { type Constant, constantNode, type GraphNode, identityNode, typeNamed } from "./graph.ts";

/** The ops of TensorFlow that draw random numbers, whatever their inputs. */
const RANDOM_OPS = /^(Random|StatelessRandom|Multinomial|StatelessMultinomial|ParameterizedTruncatedNormal)/;

/**
 * Ops that return their first input unchanged if its shape stays the same. tfjs runs many of these, for example after
 * each batch normalization. They are left out, because each could keep TensorFlow from fusing the ops around it.
 */
const IDENTITY_IF_SAME_SHAPE = new Set(["Reshape", "Slice", "Pad", "PadV2", "BroadcastTo", "Tile"]);

/** The type and shape of a tensor; the type is undefined if a graph cannot contain it. */
interface Known {
  readonly dtype: GraphType | undefined;
  readonly shape: Shape;
}

/** The recording of one function. */
export class Recorder {
  readonly nodes: GraphNode[] = [];
  /** The node output that each tensor is, by the tensor's id. */
  readonly #sources = new Map<number, string>();
  /** The tensors that depend on an input. All others are constants. */
  readonly #dependent = new Set<number>();
  readonly #known = new Map<number, Known>();
  readonly #counts = new Map<string, number>();
  /** The last read of a value, which is an error unless a kernel made it to check its argument. */
  #read: { readonly id: number; readonly error: CaptureError } | null = null;

  constructor(private readonly backend: NodeBackend, private readonly name: string) {}

  /** Declares that a tensor is an input: the output of the node with this name. */
  declareInput(id: number, node: string, known: { dtype: GraphType; shape: Shape }): void {
    this.#sources.set(id, node);
    this.#dependent.add(id);
    this.#known.set(id, known);
  }

  /** Declares that a tensor is an output. Returns its place in the graph. */
  output(id: number, node: string): Port {
    const { dtype, shape } = this.#knownAs(id, "an output");
    this.nodes.push(identityNode(node, this.#source(id), dtype));
    return { node, dtype, shape };
  }

  /** Runs `body` and records everything that it does on the backend. Restores the backend afterwards. */
  watch<T>(body: () => T): T {
    const { backend } = this;
    const { binding } = backend;
    const { random } = Math;
    const idsOf = backend.getInputTensorIds;
    if (Object.hasOwn(backend, "getInputTensorIds")) {
      throw new CaptureError(`${this.name} must not capture another function while it is being captured`);
    }
    backend.binding = this.#watched(binding);
    backend.getInputTensorIds = (tensors) => {
      const ids = idsOf.call(backend, tensors);
      ids.forEach((id, index) => this.#noteTensor(id, tensors[index]));
      return ids;
    };
    Math.random = () => {
      throw new CaptureError(
        `${this.name} draws random numbers, which a graph would repeat in every call. Draw them outside and make ` +
          "them an input.",
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

  /** A proxy with the real binding as its target could not replace its read-only properties, so the target is empty. */
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
        throw new CaptureError(`${this.name} calls a captured function, which cannot be part of another graph`);
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

  #noteTensor(id: number, tensor: Parameters<NodeBackend["getInputTensorIds"]>[0][number] | undefined): void {
    if (this.#known.has(id) || !tensor || !("dataId" in tensor)) return;
    const { dtype, shape } = this.backend.tensorMap.get(tensor.dataId);
    this.#known.set(id, { dtype: typeNamed(dtype), shape });
  }

  #record(op: string, given: readonly OpAttribute[], inputs: readonly number[], results: TensorMetadata[]): void {
    if (RANDOM_OPS.test(op)) {
      throw new CaptureError(
        `${this.name} uses the random op ${op}. Draw random numbers outside and make them an input.`,
      );
    }
    for (const { id, dtype, shape } of results) this.#known.set(id, { dtype: typeNamed(dtype), shape });
    // A result that depends on no input is a constant. It becomes a node when an op that depends on an input needs it.
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
    if (input === undefined || !result || !IDENTITY_IF_SAME_SHAPE.has(op) || !this.#dependent.has(input)) return false;
    if (String(this.#known.get(input)?.shape) !== String(result.shape)) return false;
    this.#sources.set(result.id, this.#source(input));
    this.#dependent.add(result.id);
    return true;
  }

  /** Returns the node output that a tensor is. Adds a constant for a tensor that has none. */
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

  /**
   * tfjs-node's GatherV2 reads its indices to check them right before it runs. That read is allowed, since TensorFlow's
   * own op checks them too.
   */
  #checkRead(op: string, inputs: readonly number[]): void {
    if (this.#read && !(op === "GatherV2" && inputs[1] === this.#read.id)) throw this.#read.error;
    this.#read = null;
  }

  #noteRead(id: number): void {
    if (this.#read) throw this.#read.error;
    const source = this.#sources.get(id);
    const what = `${this.name} reads a value that depends on its inputs (the output of ${source})`;
    this.#read = {
      id,
      error: new CaptureError(`${what}. A graph would always use the example's value. Return the tensor instead.`),
    };
  }
}
