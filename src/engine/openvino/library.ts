/**
 * The C API of OpenVINO, opened with `Deno.dlopen`. Only functions with a fixed number of parameters are declared: a
 * variadic one cannot be called this way on every platform.
 */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import type { LibraryNames } from "./wheel.ts";

/** `ov_status_e`: 0 for success. Results are written to the place that the last parameter points to. */
const status = { result: "i32" } as const;
const SYMBOLS = {
  ov_get_openvino_version: { parameters: ["buffer"], ...status },
  ov_version_free: { parameters: ["buffer"], result: "void" },
  ov_get_last_err_msg: { parameters: [], result: "pointer" },
  ov_core_create: { parameters: ["buffer"], ...status },
  ov_core_free: { parameters: ["pointer"], result: "void" },
  ov_core_read_model: { parameters: ["pointer", "buffer", "pointer", "buffer"], ...status },
  ov_model_free: { parameters: ["pointer"], result: "void" },
  ov_core_compile_model_props: {
    parameters: ["pointer", "pointer", "buffer", "usize", "buffer", "buffer"],
    ...status,
  },
  ov_compiled_model_free: { parameters: ["pointer"], result: "void" },
  ov_compiled_model_create_infer_request: { parameters: ["pointer", "buffer"], ...status },
  ov_infer_request_free: { parameters: ["pointer"], result: "void" },
  ov_infer_request_get_input_tensor_by_index: { parameters: ["pointer", "usize", "buffer"], ...status },
  ov_infer_request_get_output_tensor_by_index: { parameters: ["pointer", "usize", "buffer"], ...status },
  ov_infer_request_start_async: { parameters: ["pointer"], ...status },
  ov_infer_request_wait: { parameters: ["pointer"], ...status },
  ov_tensor_data: { parameters: ["pointer", "buffer"], ...status },
  ov_tensor_get_byte_size: { parameters: ["pointer", "buffer"], ...status },
  ov_tensor_free: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** A pointer to one of OpenVINO's objects. The address is never null. */
export type Handle = Deno.PointerObject;

/** OpenVINO's functions in this process. */
export class OpenvinoLibrary {
  /** OpenVINO's version without its build number, e.g. 2026.4.1. */
  readonly version: string;

  private constructor(readonly symbols: Symbols) {
    this.version = this.#readVersion();
  }

  /**
   * Opens the libraries in a folder.
   *
   * @throws HeadlightError (1) with the loader's message if one cannot be opened
   */
  static open(folder: string, { before, c }: Pick<LibraryNames, "before" | "c">): OpenvinoLibrary {
    try {
      for (const name of before) Deno.dlopen(join(folder, name), {});
      return new OpenvinoLibrary(Deno.dlopen(join(folder, c), SYMBOLS).symbols);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HeadlightError(
        `OpenVINO does not run on this machine: ${sentence(why)} Use --engine tensorflow.`,
        1,
        { cause: error },
      );
    }
  }

  /**
   * Checks the status of a call.
   * @param what a clause that says what was to be done
   * @throws Error with OpenVINO's message
   */
  check(result: number, what: string): void {
    if (result === 0) return;
    const message = this.symbols.ov_get_last_err_msg();
    const why = message === null ? `status ${result}` : Deno.UnsafePointerView.getCString(message);
    throw new Error(`OpenVINO: ${what} failed: ${why.trim()}`);
  }

  /** Calls a function that creates an object, and returns the object. */
  made(what: string, call: (place: BigUint64Array<ArrayBuffer>) => number): Handle {
    const place = new BigUint64Array(1);
    this.check(call(place), what);
    const handle = Deno.UnsafePointer.create(place[0] ?? 0n);
    if (handle === null) throw new Error(`OpenVINO: ${what} gave nothing`);
    return handle;
  }

  /** Returns the memory of a tensor: its values are read and written there. */
  memoryOf(tensor: Handle): Uint8Array<ArrayBuffer> {
    const data = this.made("reading a tensor's place", (place) => this.symbols.ov_tensor_data(tensor, place));
    const size = new BigUint64Array(1);
    this.check(this.symbols.ov_tensor_get_byte_size(tensor, size), "reading a tensor's size");
    return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(data, Number(size[0])));
  }

  #readVersion(): string {
    // ov_version_t: two pointers to strings, the build number and a description.
    const fields = new BigUint64Array(2);
    this.check(this.symbols.ov_get_openvino_version(fields), "reading the version");
    const text = Deno.UnsafePointer.create(fields[0] ?? 0n);
    const build = text === null ? "" : Deno.UnsafePointerView.getCString(text);
    this.symbols.ov_version_free(fields);
    return /^\d+(\.\d+)*/.exec(build)?.[0] ?? build;
  }
}

/** Returns a string as C expects it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
