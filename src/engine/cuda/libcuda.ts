/** NVIDIA's driver API, as far as it describes GPUs. Nothing is computed, and no context is created on a GPU. */
import type { DriverFacts, FailedCall, GpuFacts, GpuFigures } from "./facts.ts";
import { textIn } from "./text_in.ts";

const result = "i32" as const;
const SYMBOLS = {
  cuInit: { parameters: ["u32"], result },
  cuDriverGetVersion: { parameters: ["buffer"], result },
  cuDeviceGetCount: { parameters: ["buffer"], result },
  cuDeviceGet: { parameters: ["buffer", "i32"], result },
  cuDeviceGetName: { parameters: ["buffer", "i32", "i32"], result },
  cuDeviceTotalMem_v2: { parameters: ["buffer", "i32"], result },
  cuDeviceGetAttribute: { parameters: ["buffer", "i32", "i32"], result },
  cuDeviceGetPCIBusId: { parameters: ["buffer", "i32", "i32"], result },
  cuGetErrorName: { parameters: ["i32", "buffer"], result, optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR of cuda.h. */
const CAPABILITY = { major: 75, minor: 76 } as const;
/** The longest name and bus id that are read, in bytes. */
const TEXT_BYTES = 256;

/** A call of the driver that returned an error code. */
class CudaError extends Error {
  constructor(readonly failed: FailedCall) {
    super(`${failed.call} returned ${failed.code}`);
  }
}

/** Reports the call that is about to be made. */
export type OnStep = (call: string) => void;

type CudaFacts = Extract<DriverFacts["cuda"], { opened: true }>;

/** libcuda in this process. */
export class Libcuda {
  readonly #symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

  /** @throws Error with the loader's message if it cannot be opened or lacks a function */
  constructor(path: string, private readonly onStep: OnStep) {
    this.#symbols = Deno.dlopen(path, SYMBOLS).symbols;
  }

  /**
   * Starts the driver and describes its GPUs.
   *
   * @param figuresOf returns what the GPU with a PCI bus id is doing
   */
  describe(figuresOf: (busId: string) => GpuFigures | null): CudaFacts {
    const { cuInit, cuDriverGetVersion, cuDeviceGetCount } = this.#symbols;
    let version: number | null = null;
    try {
      version = this.#number("cuDriverGetVersion", (place) => cuDriverGetVersion(place));
      this.#call("cuInit", () => cuInit(0));
      const count = this.#number("cuDeviceGetCount", (place) => cuDeviceGetCount(place));
      const gpus = Array.from({ length: count }, (_, index) => this.#gpu(index, figuresOf));
      return { opened: true, version, failed: null, gpus };
    } catch (error) {
      if (!(error instanceof CudaError)) throw error;
      return { opened: true, version, failed: error.failed, gpus: [] };
    }
  }

  #gpu(index: number, figuresOf: (busId: string) => GpuFigures | null): GpuFacts {
    const { cuDeviceGet, cuDeviceGetName, cuDeviceGetPCIBusId, cuDeviceGetAttribute, cuDeviceTotalMem_v2 } =
      this.#symbols;
    const device = this.#number("cuDeviceGet", (place) => cuDeviceGet(place, index));
    const memory = new BigUint64Array(1);
    this.#call("cuDeviceTotalMem", () => cuDeviceTotalMem_v2(memory, device));
    const attribute = (which: number) =>
      this.#number("cuDeviceGetAttribute", (place) => cuDeviceGetAttribute(place, which, device));
    const pciBusId = this.#text("cuDeviceGetPCIBusId", (place) => cuDeviceGetPCIBusId(place, TEXT_BYTES, device));
    return {
      index,
      pciBusId,
      name: this.#text("cuDeviceGetName", (place) => cuDeviceGetName(place, TEXT_BYTES, device)),
      memoryBytes: Number(memory[0]),
      capability: { major: attribute(CAPABILITY.major), minor: attribute(CAPABILITY.minor) },
      figures: figuresOf(pciBusId),
    };
  }

  #call(call: string, run: () => number): void {
    this.onStep(call);
    const code = run();
    if (code !== 0) throw new CudaError({ call, code, name: this.#nameOf(code) });
  }

  #number(call: string, run: (place: Int32Array<ArrayBuffer>) => number): number {
    const place = new Int32Array(1);
    this.#call(call, () => run(place));
    return place[0] ?? 0;
  }

  #text(call: string, run: (place: Uint8Array<ArrayBuffer>) => number): string {
    const place = new Uint8Array(TEXT_BYTES);
    this.#call(call, () => run(place));
    return textIn(place);
  }

  /** Returns the driver's name of an error code, e.g. CUDA_ERROR_NO_DEVICE. */
  #nameOf(code: number): string | null {
    const place = new BigUint64Array(1);
    if (this.#symbols.cuGetErrorName?.(code, place) !== 0) return null;
    const text = Deno.UnsafePointer.create(place[0] ?? 0n);
    return text === null ? null : Deno.UnsafePointerView.getCString(text);
  }
}
