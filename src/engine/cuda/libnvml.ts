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
  nvmlDeviceGetUtilizationRates: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetMemoryInfo: { parameters: ["pointer", "buffer"], result, optional },
  nvmlDeviceGetTemperature: { parameters: ["pointer", "i32", "buffer"], result, optional },
  nvmlDeviceGetPowerUsage: { parameters: ["pointer", "buffer"], result, optional },
} as const satisfies Deno.ForeignLibraryInterface;

/** NVML_TEMPERATURE_GPU of nvml.h. */
const TEMPERATURE_GPU = 0;
/** NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE of nvml.h. */
const VERSION_BYTES = 80;
const MILLIWATTS = 1000;

type NvmlFacts = Extract<DriverFacts["nvml"], { opened: true }>;

/** libnvidia-ml in this process. */
export class Libnvml {
  readonly #symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

  /** @throws Error with the loader's message if it cannot be opened or lacks a function */
  constructor(path: string, private readonly onStep: OnStep) {
    this.#symbols = Deno.dlopen(path, SYMBOLS).symbols;
  }

  /** Starts the library and returns what it says about the driver. */
  describe(): NvmlFacts {
    this.onStep("nvmlInit");
    const code = this.#symbols.nvmlInit_v2();
    if (code !== 0) return { opened: true, code, driver: null, gpus: null };
    const version = new Uint8Array(VERSION_BYTES);
    this.onStep("nvmlSystemGetDriverVersion");
    const known = this.#symbols.nvmlSystemGetDriverVersion(version, VERSION_BYTES) === 0;
    const [gpus] = this.#numbers("nvmlDeviceGetCount", 1, (place) => this.#symbols.nvmlDeviceGetCount_v2(place)) ?? [];
    return { opened: true, code, driver: known ? textIn(version) : null, gpus: gpus ?? null };
  }

  /** Returns what the GPU with a PCI bus id is doing, or null if the library does not know it. */
  figuresOf(busId: string): GpuFigures | null {
    const handle = new BigUint64Array(1);
    const id = new TextEncoder().encode(`${busId}\0`);
    this.onStep("nvmlDeviceGetHandleByPciBusId");
    if (this.#symbols.nvmlDeviceGetHandleByPciBusId_v2(id, handle) !== 0) return null;
    const gpu = Deno.UnsafePointer.create(handle[0] ?? 0n);
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
      memoryUsedBytes: this.#memoryUsed(gpu),
      temperatureCelsius: temperature ?? null,
      powerWatts: milliwatts === undefined ? null : milliwatts / MILLIWATTS,
    };
  }

  #memoryUsed(gpu: Deno.PointerValue): number | null {
    // nvmlMemory_t: total, free and used bytes.
    const sizes = new BigUint64Array(3);
    this.onStep("nvmlDeviceGetMemoryInfo");
    return this.#symbols.nvmlDeviceGetMemoryInfo?.(gpu, sizes) === 0 ? Number(sizes[2]) : null;
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
}
