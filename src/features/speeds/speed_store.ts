/**
 * How fast engines were on this machine: `<cache>/speeds/<key>.json`, one sealed file per engine and precision. The key
 * covers the processor, so that a cache in a home folder that several machines share has the speeds of each.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { z } from "zod";
import { type EngineKind, engineKindSchema, precisionSchema } from "../../config.ts";
import { deviceSchema, type EngineFiles, type EnginePresence } from "../../engine/engine.ts";
import { type Processor, processorText, thisProcessor } from "../../engine/processor.ts";
import { removeIfThere, writeFileAtomicSync } from "../../files/atomic.ts";
import { sealedJson, sealOf } from "../../files/sealed_json.ts";
import { isRegularFile } from "../../files/stored.ts";
import { isSystemError } from "../../files/system_error.ts";
import { EXTRACTOR_VERSION, keyOfPrecision } from "../base/spec.ts";
import { MEASURED } from "./measured_base.ts";

/** Increment this whenever the content of a file changes. */
const FORMAT = 1;

/** What was measured, and on what. */
const subjectSchema = z.object({
  engine: z.object({
    kind: engineKindSchema,
    version: z.string(),
    device: deviceSchema,
    /** The device's name, if it is not the processor. */
    device_name: z.string().optional(),
  }),
  precision: precisionSchema,
  base: z.string(),
  size: z.int(),
  /** The versions of the computation, see `recipeOf`. */
  recipe: z.string(),
  /** The processor's model and features. */
  processor: z.string(),
  /** The number of the processor's cores that the engine could use. */
  cores: z.int(),
});
type Subject = z.infer<typeof subjectSchema>;

const speedSchema = subjectSchema.extend({
  v: z.literal(FORMAT),
  images_per_second: z.number().positive(),
  measured: z.iso.datetime(),
});

/** A measured speed. */
export type Speed = z.infer<typeof speedSchema>;

/** The processor whose speeds are asked for. */
export interface Machine {
  readonly processor: Processor;
  readonly cores: number;
}

/** Returns the processor that this process runs on. */
export function thisMachine(): Machine {
  return { processor: thisProcessor(), cores: navigator.hardwareConcurrency };
}

/** Returns the folder of the speeds in a cache. */
export function speedsFolder(cacheRoot: string): string {
  return join(cacheRoot, "speeds");
}

/** Returns the speeds of engines on this processor, of the base that this version of Headlight measures. */
export function listSpeeds(cacheRoot: string, machine: Machine = thisMachine()): Speed[] {
  const processor = processorText(machine.processor);
  return namesIn(speedsFolder(cacheRoot)).flatMap((path) => {
    const speed = readSpeed(path);
    if (speed === null || speed.processor !== processor || speed.cores !== machine.cores) return [];
    const isCurrent = speed.recipe === recipeOf(speed.precision) && speed.base === MEASURED.base &&
      speed.size === MEASURED.size;
    return isCurrent ? [speed] : [];
  });
}

/** Returns the speeds of the engine that is on this machine. */
export function speedsOf(
  kind: EngineKind,
  { version, device, deviceName }: EnginePresence,
  all: readonly Speed[],
): Speed[] {
  return all.filter(({ engine }) =>
    engine.kind === kind && engine.version === version && (device === null || engine.device === device) &&
    engine.device_name === (deviceName ?? undefined)
  );
}

/** Reads a speed. Returns null if the file is damaged, was renamed, or is not one. */
export function readSpeed(path: string): Speed | null {
  if (!isRegularFile(path)) return null;
  try {
    const text = Deno.readTextFileSync(path);
    const speed = sealOf(text) === "right" ? speedSchema.safeParse(JSON.parse(text)).data : undefined;
    return speed !== undefined && speedFile(speed) === basename(path) ? speed : null;
  } catch {
    // It was removed meanwhile, or is not JSON. The next measurement writes it again.
    return null;
  }
}

/**
 * Stores a speed that was measured now on this processor, and returns it. An earlier one of the same engine, version and
 * precision is replaced if it was lower, and returned otherwise: other work on the machine only makes an engine slower.
 *
 * @throws the system's error if the cache cannot be written
 */
export function keepSpeed(
  cacheRoot: string,
  { engine, precision, imagesPerSecond }: {
    readonly engine: Pick<EngineFiles, "kind" | "version" | "device" | "device_name">;
    readonly precision: Speed["precision"];
    readonly imagesPerSecond: number;
  },
  machine: Machine = thisMachine(),
): Speed {
  const { kind, version, device, device_name } = engine;
  const speed: Speed = {
    v: FORMAT,
    engine: { kind, version, device, ...(device_name === undefined ? {} : { device_name }) },
    precision,
    base: MEASURED.base,
    size: MEASURED.size,
    recipe: recipeOf(precision),
    processor: processorText(machine.processor),
    cores: machine.cores,
    images_per_second: imagesPerSecond,
    measured: new Date().toISOString(),
  };
  const folder = speedsFolder(cacheRoot);
  Deno.mkdirSync(folder, { recursive: true });
  const path = join(folder, speedFile(speed));
  const known = readSpeed(path);
  if (known && known.images_per_second >= imagesPerSecond) return known;
  // What has this name but is not a file cannot be replaced by one.
  if (!isRegularFile(path)) removeIfThere(path);
  writeFileAtomicSync(path, new TextEncoder().encode(sealedJson(speed)));
  return speed;
}

/** Returns the versions of the computation. What an older one computed may have had another speed. */
function recipeOf(precision: Speed["precision"]): string {
  return JSON.stringify([EXTRACTOR_VERSION, keyOfPrecision(precision)]);
}

/** Returns the name of the file of a speed. */
export function speedFile(subject: Subject): string {
  // The schema fixes the order of the keys, and leaves out what was measured.
  const text = JSON.stringify([FORMAT, subjectSchema.parse(subject)]);
  return `${createHash("sha256").update(text).digest("hex")}.json`;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name }) => /^[0-9a-f]{64}\.json$/.test(name))
      .map(({ name }) => join(folder, name)).sort();
  } catch (error) {
    // There is no cache yet.
    if (isSystemError(error)) return [];
    throw error;
  }
}
