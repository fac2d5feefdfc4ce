/** libnvidia-ml: the driver's version, and what each GPU is doing. */
import type { DriverFacts, GpuFigures } from "./facts.ts";
import type { OnStep } from "./libcuda.ts";
import { textIn } from "./text_in.ts";

const result = "i32" as const;
/** Figures that an older driver does not have are optional. */
const optional = true as const;
const SYMBOLS = {
  nvmlInit_v2: { parameters: [], result },
  nvmlSystemGetDriverVersion: { parameters: ["buffer", "u32"], result },
  nvmlDeviceGetCount_v2: { parameters: ["buffer"], result },
  nvmlDeviceGetHandleByPciBusId_v2: { parameters: ["buffer", "buffer"], result },
  nvmlErrorString: { parameters: ["i32"], result: "pointer", optional },
  nvmlDeviceGetHandleByIndex_v2: { parameters: ["u32", "buffer"], result, optional },
  nvmlDeviceGetName: { parameters: ["pointer", "buffer", "u32"], result, optional },
  nvmlDeviceGetPciInfo_v3: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetComputeRunningProcesses_v3: { parameters: ["pointer", "buffer", "buffer"], result, optional },
  nvmlDeviceGetGraphicsRunningProcesses_v3: { parameters: ["pointer", "buffer", "buffer"], result, optional },
  nvmlDeviceGetUtilizationRates: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetMemoryInfo: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetMemoryInfo_v2: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetTemperature: { parameters: ["pointer", "i32", "buffer"], result, optional },
  nvmlDeviceGetPowerUsage: { parameters: ["pointer", "buffer"], result, optional },
} as const satisfies Deno.ForeignLibraryInterface;

/** NVML_TEMPERATURE_GPU of nvml.h. */
const TEMPERATURE_GPU = 0;
/** NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE of nvml.h. */
const VERSION_BYTES = 80;
/** NVML_DEVICE_NAME_V2_BUFFER_SIZE of nvml.h. */
const NAME_BYTES = 96;
/** nvmlPciInfo_t of nvml.h: its size, and where its bus id is. */
const PCI_INFO = { bytes: 68, busId: 36 } as const;
/** nvmlProcessInfo_t of nvml.h: its size. It begins with the process id. */
const PROCESS_BYTES = 24;
/** The most processes of one GPU that are read. If there are more, none are. */
const MOST_PROCESSES = 256;
/** nvmlMemory_v2_t of nvml.h: its size, and its version as the macro nvmlMemory_v2 gives it. */
const MEMORY_V2 = { bytes: 40, version: 40 | (2 << 24) } as const;
const MILLIWATTS = 1000;

const NO_FIGURES: GpuFigures = {
  utilizationPercent: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  temperatureCelsius: null,
  powerWatts: null,
};

type NvmlFacts = Extract<DriverFacts["nvml"], { opened: true }>;

/** A GPU of this machine, whether CUDA sees it or not. What the library does not tell is null. */
export interface NvmlGpu extends GpuFigures {
  readonly name: string | null;
  /** Its address on the PCI bus, e.g. 00000000:01:00.0. */
  readonly pciBusId: string | null;
  /** The processes that have it open. In a container, other processes have these ids, or there are none. */
  readonly pids: readonly number[];
}

/** libnvidia-ml in this process. */
export class Libnvml {
  readonly #symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  /** Where lists of processes are written. Kept, because a new one for each call would be most of the garbage. */
  readonly #processes = new Uint8Array(PROCESS_BYTES * MOST_PROCESSES);

  /** @throws Error with the loader's message if it cannot be opened or lacks a function */
  constructor(path: string, private readonly onStep: OnStep) {
    this.#symbols = Deno.dlopen(path, SYMBOLS).symbols;
  }

  /** Starts the library. Returns its code, 0 for success. It must be started before it is asked. */
  start(): number {
    this.onStep("nvmlInit");
    return this.#symbols.nvmlInit_v2();
  }

  /** Starts the library and returns what it says about the driver. */
  describe(): NvmlFacts {
    const code = this.start();
    if (code !== 0) return { opened: true, code, driver: null, gpus: null };
    const version = new Uint8Array(VERSION_BYTES);
    this.onStep("nvmlSystemGetDriverVersion");
    const known = this.#symbols.nvmlSystemGetDriverVersion(version, VERSION_BYTES) === 0;
    return { opened: true, code, driver: known ? textIn(version) : null, gpus: this.#count() };
  }

  /** Returns the library's own words for a code, e.g. "Driver Not Loaded", or null if it has none. */
  wordsFor(code: number): string | null {
    const text = this.#symbols.nvmlErrorString?.(code) ?? null;
    return text === null ? null : Deno.UnsafePointerView.getCString(text);
  }

  /** Returns what the GPU with a PCI bus id is doing, or null if the library does not know it. */
  figuresOf(busId: string): GpuFigures | null {
    const id = new TextEncoder().encode(`${busId}\0`);
    const gpu = this.#handle(
      "nvmlDeviceGetHandleByPciBusId",
      (place) => this.#symbols.nvmlDeviceGetHandleByPciBusId_v2(id, place),
    );
    return gpu && this.#figures(gpu);
  }

  /**
   * Returns all GPUs of the machine in the library's order, which is nvidia-smi's, or null if it does not say how many
   * there are. A GPU that cannot be asked (no permission, fallen off the bus) keeps its place, without figures.
   */
  all(): NvmlGpu[] | null {
    const count = this.#count();
    return count === null ? null : Array.from({ length: count }, (_, index) => this.#gpu(index));
  }

  #count(): number | null {
    return this.#numbers("nvmlDeviceGetCount", 1, (place) => this.#symbols.nvmlDeviceGetCount_v2(place))?.[0] ?? null;
  }

  #handle(call: string, run: (place: BigUint64Array<ArrayBuffer>) => number | undefined): Deno.PointerObject | null {
    const place = new BigUint64Array(1);
    this.onStep(call);
    return run(place) === 0 ? Deno.UnsafePointer.create(place[0] ?? 0n) : null;
  }

  #gpu(index: number): NvmlGpu {
    const {
      nvmlDeviceGetHandleByIndex_v2,
      nvmlDeviceGetName,
      nvmlDeviceGetPciInfo_v3,
      nvmlDeviceGetComputeRunningProcesses_v3,
      nvmlDeviceGetGraphicsRunningProcesses_v3,
    } = this.#symbols;
    const gpu = this.#handle("nvmlDeviceGetHandleByIndex", (place) => nvmlDeviceGetHandleByIndex_v2?.(index, place));
    if (gpu === null) return { name: null, pciBusId: null, pids: [], ...NO_FIGURES };
    const name = this.#bytes("nvmlDeviceGetName", NAME_BYTES, (place) => nvmlDeviceGetName?.(gpu, place, NAME_BYTES));
    const pci = this.#bytes("nvmlDeviceGetPciInfo", PCI_INFO.bytes, (place) => nvmlDeviceGetPciInfo_v3?.(gpu, place));
    const computing = this.#pids(
      "nvmlDeviceGetComputeRunningProcesses",
      (count, place) => nvmlDeviceGetComputeRunningProcesses_v3?.(gpu, count, place),
    );
    // Vulkan's processes, and with them WebGPU's, count as graphics.
    const drawing = this.#pids(
      "nvmlDeviceGetGraphicsRunningProcesses",
      (count, place) => nvmlDeviceGetGraphicsRunningProcesses_v3?.(gpu, count, place),
    );
    return {
      name: name && textIn(name),
      pciBusId: pci && textIn(pci.subarray(PCI_INFO.busId)),
      pids: [...new Set([...computing, ...drawing])],
      ...this.#figures(gpu),
    };
  }

  #figures(gpu: Deno.PointerObject): GpuFigures {
    const { nvmlDeviceGetUtilizationRates, nvmlDeviceGetTemperature, nvmlDeviceGetPowerUsage } = this.#symbols;
    // nvmlUtilization_t: the percentages for computing and for memory.
    const [utilization] = this.#numbers(
      "nvmlDeviceGetUtilizationRates",
      2,
      (place) => nvmlDeviceGetUtilizationRates?.(gpu, place),
    ) ?? [];
    const [temperature] = this.#numbers(
      "nvmlDeviceGetTemperature",
      1,
      (place) => nvmlDeviceGetTemperature?.(gpu, TEMPERATURE_GPU, place),
    ) ?? [];
    const [milliwatts] = this.#numbers(
      "nvmlDeviceGetPowerUsage",
      1,
      (place) => nvmlDeviceGetPowerUsage?.(gpu, place),
    ) ?? [];
    return {
      utilizationPercent: utilization ?? null,
      ...this.#memory(gpu),
      temperatureCelsius: temperature ?? null,
      powerWatts: milliwatts === undefined ? null : milliwatts / MILLIWATTS,
    };
  }

  /**
   * Returns the memory as nvidia-smi counts it: without what the driver reserves for itself. Older drivers count that
   * as used.
   */
  #memory(gpu: Deno.PointerObject): Pick<GpuFigures, "memoryUsedBytes" | "memoryTotalBytes"> {
    const { nvmlDeviceGetMemoryInfo, nvmlDeviceGetMemoryInfo_v2 } = this.#symbols;
    // nvmlMemory_v2_t: version, total, reserved, free and used bytes.
    const sizes = new BigUint64Array(MEMORY_V2.bytes / BigUint64Array.BYTES_PER_ELEMENT);
    new Uint32Array(sizes.buffer)[0] = MEMORY_V2.version;
    this.onStep("nvmlDeviceGetMemoryInfo");
    if (nvmlDeviceGetMemoryInfo_v2?.(gpu, sizes) === 0) {
      return { memoryUsedBytes: Number(sizes[4]), memoryTotalBytes: Number(sizes[1]) };
    }
    // nvmlMemory_t: total, free and used bytes.
    if (nvmlDeviceGetMemoryInfo?.(gpu, sizes) !== 0) return { memoryUsedBytes: null, memoryTotalBytes: null };
    return { memoryUsedBytes: Number(sizes[2]), memoryTotalBytes: Number(sizes[0]) };
  }

  #pids(
    call: string,
    run: (count: Uint32Array<ArrayBuffer>, place: Uint8Array<ArrayBuffer>) => number | undefined,
  ): number[] {
    const count = new Uint32Array([MOST_PROCESSES]);
    this.onStep(call);
    if (run(count, this.#processes) !== 0) return [];
    const view = new DataView(this.#processes.buffer);
    return Array.from({ length: count[0] ?? 0 }, (_, index) => view.getUint32(PROCESS_BYTES * index, true));
  }

  /** Calls a function that writes `count` numbers. Returns null if it fails or does not exist. */
  #numbers(
    call: string,
    count: number,
    run: (place: Uint32Array<ArrayBuffer>) => number | undefined,
  ): readonly number[] | null {
    const place = new Uint32Array(count);
    this.onStep(call);
    return run(place) === 0 ? [...place] : null;
  }

  /** Calls a function that fills a buffer. Returns null if it fails or does not exist. */
  #bytes(
    call: string,
    bytes: number,
    run: (place: Uint8Array<ArrayBuffer>) => number | undefined,
  ): Uint8Array<ArrayBuffer> | null {
    const place = new Uint8Array(bytes);
    this.onStep(call);
    return run(place) === 0 ? place : null;
  }
}
