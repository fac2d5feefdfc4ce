/**
 * The engine that `auto` tries first on the processor: the fastest of those that were measured on this machine. A GPU
 * that can be used comes before it, measured or not.
 */
import { type EngineKind, engineKindSchema, type Precision } from "../../config.ts";
import { engines, requestedEngines } from "../../engine/engines/list.ts";
import { MEASURED_TEXT } from "./measured_base.ts";
import { listSpeeds, type Machine, type Speed, speedsOf, thisMachine } from "./speed_store.ts";

/** How many times as fast as the engine that `auto` tries first otherwise another one must be. */
const CLEARLY = 1.1;

export interface Fastest {
  readonly kind: EngineKind;
  /** A sentence that says why. */
  readonly why: string;
}

/** Whose speeds to compare. */
export interface FastestRequest {
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  readonly precision: Precision;
  readonly machine?: Machine;
}

/**
 * Returns the fastest of the engines that are set up here and were measured in this precision. Returns null if fewer
 * than two were, so that there is nothing to compare, or if none is clearly faster than the usual one.
 */
export async function fastestHere(
  { cacheRoot, precision, machine = thisMachine() }: FastestRequest,
): Promise<Fastest | null> {
  const speeds = listSpeeds(cacheRoot, machine).filter((speed) => speed.precision === precision);
  // Most machines have no speeds, and looking for engines takes longer than that.
  if (speeds.length < 2) return null;
  const measured: Speed[] = [];
  // Finding out whether an engine is here may take a while.
  for (const kind of engineKindSchema.options.filter((kind) => speeds.some(({ engine }) => engine.kind === kind))) {
    const presence = await engines[kind].inspect({ cacheRoot });
    if (presence.here && !engines[kind].capabilities.nvidia) measured.push(...speedsOf(kind, presence, speeds));
  }
  const [first, second] = measured.sort((one, other) => other.images_per_second - one.images_per_second);
  if (!first || !second) return null;
  // So that two engines of about the same speed do not take turns, each with its own last bits.
  const [usual] = requestedEngines("auto").flatMap((entry) =>
    measured.filter(({ engine }) => engines[engine.kind] === entry)
  );
  if (usual && first.images_per_second < CLEARLY * usual.images_per_second) return null;
  const text = ({ engine, images_per_second }: Speed) =>
    `${engines[engine.kind].name} ${Math.round(images_per_second)}`;
  const why = `${engines[first.engine.kind].name} computes the base, because it was the fastest here: images per ` +
    `second with ${MEASURED_TEXT} in ${precision}: ${text(first)}, ${text(second)}.`;
  return { kind: first.engine.kind, why };
}
