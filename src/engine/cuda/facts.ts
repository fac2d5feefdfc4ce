/** What `try_driver.ts` finds out about NVIDIA's driver, as the line that it prints. */
import { basename } from "node:path";
import { z } from "zod";

/** A library that cannot be opened, with the loader's reason. */
const closedSchema = z.object({ opened: z.literal(false), why: z.string() });

/** A call that returned an error code. `name` is the driver's own name for it, if it has one. */
const failedCallSchema = z.object({ call: z.string(), code: z.int(), name: z.string().nullable() });
export type FailedCall = z.infer<typeof failedCallSchema>;

/** What a GPU is doing, from libnvidia-ml. Figures that it does not report are null. */
const figuresSchema = z.object({
  utilizationPercent: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  powerWatts: z.number().nullable(),
});
export type GpuFigures = z.infer<typeof figuresSchema>;

const gpuSchema = z.object({
  /** The number by which CUDA knows it, among those that CUDA_VISIBLE_DEVICES lets it see. */
  index: z.int(),
  name: z.string(),
  /** Its address on the PCI bus, e.g. 0000:01:00.0, by which other libraries know it. */
  pciBusId: z.string(),
  memoryBytes: z.number(),
  capability: z.object({ major: z.int(), minor: z.int() }),
  figures: figuresSchema.nullable(),
});
export type GpuFacts = z.infer<typeof gpuSchema>;

export const driverFactsSchema = z.object({
  /** libcuda. */
  cuda: z.discriminatedUnion("opened", [
    closedSchema,
    z.object({
      opened: z.literal(true),
      /** The newest CUDA that it supports, e.g. 12080 for 12.8; null if it does not say. */
      version: z.int().nullable(),
      /** The first call that failed; null if none did. */
      failed: failedCallSchema.nullable(),
      gpus: z.array(gpuSchema),
    }),
  ]),
  /** libnvidia-ml. */
  nvml: z.discriminatedUnion("opened", [
    closedSchema,
    z.object({
      opened: z.literal(true),
      /** The result of nvmlInit_v2; 0 for success. */
      code: z.int(),
      /** The driver's version, e.g. 580.159.04. On WSL2 it is that of the driver in Windows. */
      driver: z.string().nullable(),
      /** How many GPUs the machine has, whatever CUDA_VISIBLE_DEVICES says. */
      gpus: z.int().nullable(),
    }),
  ]),
  /** The libraries that were asked for. `why` is the loader's reason if one cannot be opened. */
  libraries: z.array(z.object({ name: z.string(), why: z.string().nullable() })),
  /** The value of CUDA_VISIBLE_DEVICES. */
  visibleDevices: z.string().nullable(),
  /** The device file of the driver, and whether it can be opened. */
  deviceFile: z.object({ path: z.string(), state: z.enum(["there", "missing", "denied"]) }),
});
export type DriverFacts = z.infer<typeof driverFactsSchema>;

/** The line that `try_driver.ts` prints before it calls into a library, so that a crash can be placed. */
export const stepSchema = z.object({ step: z.string() });

/** Returns the name of the step in which a library is opened. */
export function openingStep(library: string): string {
  return `opening ${basename(library)}`;
}
