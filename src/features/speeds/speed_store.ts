/**
 * How fast engines were on this machine: `<cache>/speeds/<key>.json`, one sealed file per engine, base, size and
 * precision. The key covers the processor, so that a cache in a home folder that several machines share has the speeds
 * of each.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { z } from "zod";
import { type BaseRef, type EngineKind, engineKindSchema, precisionSchema } from "../../config.ts";
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
    /** Whether a GPU computed in TF32; missing if not. */
    tf32: z.literal(true).optional(),
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
type Measurement = z.infer<typeof subjectSchema>;

const speedSchema = subjectSchema.extend({
  v: z.literal(FORMAT),
  images_per_second: z.number().positive(),
  measured: z.iso.datetime(),
});

/** A measured speed. */
export type Speed = z.infer<typeof speedSchema>;

/** What an engine computes while it is measured. */
export type Subject = Pick<Speed, "base" | "size">;

/** Returns what is measured if an engine computes this base. A base in a file is known by its content. */
export function subjectOf({ base, size }: { readonly base: BaseRef; readonly size: number }): Subject {
  if (typeof base === "string") return { base, size };
  return { base: `file ${base.sha256.slice(0, 16)} ${base.cut}`, size };
}

/** Returns whether a speed is of the base with which engines are compared (`deno task engine NAME`). */
export function isOfMeasuredBase({ base, size }: Subject): boolean {
  return base === MEASURED.base && size === MEASURED.size;
}

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

/** Returns the speeds of engines on this processor, of all bases, that this version of Headlight has measured. */
export function listSpeeds(cacheRoot: string, machine: Machine = thisMachine()): Speed[] {
  const processor = processorText(machine.processor);
  return namesIn(speedsFolder(cacheRoot)).flatMap((path) => {
    const speed = readSpeed(path);
    if (speed === null || speed.processor !== processor || speed.cores !== machine.cores) return [];
    return speed.recipe === recipeOf(speed.precision) ? [speed] : [];
  });
}

/**
 * Returns the speeds of the engine that is on this machine: with all GPUs, if only setting it up tells which one it
 * uses.
 *
 * @param tf32 whether to return those in TF32, instead of the others
 */
export function speedsOf(
  kind: EngineKind,
  { version, device, deviceName }: EnginePresence,
  all: readonly Speed[],
  tf32 = false,
): Speed[] {
  return all.filter(({ engine }) =>
    engine.kind === kind && engine.version === version && (device === null || engine.device === device) &&
    (deviceName === undefined || engine.device_name === (deviceName ?? undefined)) && (engine.tf32 ?? false) === tf32
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
 * Stores a speed that was measured now on this processor, and returns it. An earlier one of the same engine, version
 * and precision is replaced if it was lower, and returned otherwise: other work on the machine only makes an engine
 * slower.
 *
 * @throws the system's error if the cache cannot be written
 */
export function keepSpeed(
  cacheRoot: string,
  { engine, precision, subject = subjectOf(MEASURED), imagesPerSecond }: {
    readonly engine: Pick<EngineFiles, "kind" | "version" | "device" | "device_name" | "tf32">;
    readonly precision: Speed["precision"];
    /** Default: the base with which engines are compared. */
    readonly subject?: Subject;
    readonly imagesPerSecond: number;
  },
  machine: Machine = thisMachine(),
): Speed {
  const { kind, version, device, device_name, tf32 } = engine;
  const speed: Speed = {
    v: FORMAT,
    engine: {
      ...{ kind, version, device },
      ...(device_name === undefined ? {} : { device_name }),
      ...(tf32 ? { tf32 } : {}),
    },
    precision,
    base: subject.base,
    size: subject.size,
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
export function speedFile(subject: Measurement): string {
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
