/**
 * A graph that OpenVINO has compiled for the processor, with one or more requests that are computed at the same time.
 */
import { at } from "../../at.ts";
import type { Precision } from "../../config.ts";
import { cString, type Handle, type OpenvinoLibrary } from "./library.ts";

/** How a graph is compiled. */
export interface CompileOptions {
  readonly precision: Precision;
  /** The number of calls that are computed at the same time. */
  readonly requests: number;
  /** The number of threads for all requests together. */
  readonly threads: number;
}

/** OpenVINO's names of the precisions. The results of a graph are float32 in any case. */
const PRECISIONS: Readonly<Record<Precision, string>> = { float32: "f32", bfloat16: "bf16" };

interface InferRequest {
  readonly handle: Handle;
  readonly tensors: readonly Handle[];
  readonly input: Uint8Array<ArrayBuffer>;
  readonly output: Uint8Array<ArrayBuffer>;
}

/** A compiled graph with one input and one output. It holds memory outside JavaScript, so it must be disposed. */
export class CompiledModel {
  readonly #requests: InferRequest[] = [];
  readonly #core: Handle;
  readonly #compiled: Compiled;
  #disposed = false;

  /**
   * Reads and compiles a graph.
   *
   * @param folder a folder with saved_model.pb
   * @throws Error with OpenVINO's message if it cannot read or compile the graph
   */
  constructor(private readonly library: OpenvinoLibrary, folder: string, options: CompileOptions) {
    const { symbols } = library;
    const core = library.made("starting", (place) => symbols.ov_core_create(place));
    try {
      const model = library.made(
        `reading ${folder}`,
        (place) => symbols.ov_core_read_model(core, cString(folder), null, place),
      );
      try {
        this.#compiled = compile(library, { core, model }, options);
      } finally {
        symbols.ov_model_free(model);
      }
    } catch (error) {
      symbols.ov_core_free(core);
      throw error;
    }
    this.#core = core;
    try {
      for (let number = 0; number < options.requests; number++) this.#requests.push(this.#makeRequest());
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** The largest number of calls in one `run`. */
  get requests(): number {
    return this.#requests.length;
  }

  /**
   * Computes calls at the same time, and returns the output of each.
   *
   * @param inputs the bytes of each call's input, at most `requests` of them
   * @throws Error if an input has another size than the graph's, or with OpenVINO's message
   */
  run(inputs: readonly Uint8Array[]): Float32Array[] {
    if (this.#disposed) throw new Error("a compiled model was called after it was disposed");
    const used = inputs.map((input, place) => {
      const request = at(this.#requests, place);
      if (input.length !== request.input.length) {
        throw new RangeError(`an input of ${input.length} bytes instead of ${request.input.length}`);
      }
      return { request, input };
    });
    const { symbols } = this.library;
    const started: InferRequest[] = [];
    try {
      for (const { request, input } of used) {
        request.input.set(input);
        this.library.check(symbols.ov_infer_request_start_async(request.handle), "starting a call");
        started.push(request);
      }
    } finally {
      // A request that is not waited for would still write when its memory is used for the next call.
      this.#wait(started);
    }
    return used.map(({ request: { output } }) => new Float32Array(output.slice().buffer));
  }

  /** Frees the graph; a second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { symbols } = this.library;
    for (const { handle, tensors } of this.#requests.splice(0)) {
      for (const tensor of tensors) symbols.ov_tensor_free(tensor);
      symbols.ov_infer_request_free(handle);
    }
    symbols.ov_compiled_model_free(this.#compiled.handle);
    symbols.ov_core_free(this.#core);
  }

  #wait(requests: readonly InferRequest[]): void {
    const results = requests.map(({ handle }) => this.library.symbols.ov_infer_request_wait(handle));
    for (const result of results) this.library.check(result, "computing");
  }

  #makeRequest(): InferRequest {
    const { library } = this;
    const { symbols } = library;
    const handle = library.made(
      "creating a request",
      (place) => symbols.ov_compiled_model_create_infer_request(this.#compiled.handle, place),
    );
    const tensors: Handle[] = [];
    try {
      const input = library.made(
        "finding the input",
        (place) => symbols.ov_infer_request_get_input_tensor_by_index(handle, 0n, place),
      );
      tensors.push(input);
      const output = library.made(
        "finding the output",
        (place) => symbols.ov_infer_request_get_output_tensor_by_index(handle, 0n, place),
      );
      tensors.push(output);
      return { handle, tensors, input: library.memoryOf(input), output: library.memoryOf(output) };
    } catch (error) {
      for (const tensor of tensors) symbols.ov_tensor_free(tensor);
      symbols.ov_infer_request_free(handle);
      throw error;
    }
  }
}

interface Compiled {
  readonly handle: Handle;
  /** Kept because OpenVINO has pointers to the strings in it. */
  readonly properties: Properties;
}

function compile(
  library: OpenvinoLibrary,
  { core, model }: { readonly core: Handle; readonly model: Handle },
  { precision, requests, threads }: CompileOptions,
): Compiled {
  const properties = new Properties({
    INFERENCE_PRECISION_HINT: PRECISIONS[precision],
    PERFORMANCE_HINT: "LATENCY",
    // As many streams as requests: each is computed by its share of the threads.
    NUM_STREAMS: String(requests),
    INFERENCE_NUM_THREADS: String(threads),
  });
  const handle = library.made("compiling", (place) =>
    library.symbols.ov_core_compile_model_props(
      core,
      model,
      cString("CPU"),
      BigInt(properties.count),
      properties.pointers,
      place,
    ));
  return { handle, properties };
}

/** An array of `ov_property_t`: pairs of pointers to strings. */
class Properties {
  readonly count: number;
  readonly pointers: BigUint64Array<ArrayBuffer>;
  /** The strings must live as long as the pointers to them. */
  readonly #strings: readonly Uint8Array<ArrayBuffer>[];

  constructor(properties: Readonly<Record<string, string>>) {
    this.count = Object.keys(properties).length;
    this.#strings = Object.entries(properties).flatMap(([key, value]) => [cString(key), cString(value)]);
    this.pointers = BigUint64Array.from(this.#strings, (text) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(text)));
  }
}
