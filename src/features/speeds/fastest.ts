/**
 * The engine that `auto` tries first on the processor: the fastest of those that were measured on this machine. An
 * NVIDIA GPU that can be used comes before it, measured or not.
 */
import { type EngineKind, engineKindSchema, type Precision } from "../../config.ts";
import { engines, requestedEngines } from "../../engine/engines/list.ts";
import { type Ranking, ranking } from "./ranking.ts";
import { listSpeeds, type Machine, type Speed, speedsOf, type Subject, thisMachine } from "./speed_store.ts";

/** Whose speeds to compare. */
export interface FastestRequest {
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  readonly precision: Precision;
  /** The base of the run, and its size. */
  readonly subject: Subject;
  readonly machine?: Machine;
}

/** Ranks the engines that are set up here and were measured in this precision. */
export async function fastestHere(
  { cacheRoot, precision, subject, machine = thisMachine() }: FastestRequest,
): Promise<Ranking> {
  const speeds = listSpeeds(cacheRoot, machine).filter((speed) => speed.precision === precision);
  const request = { subject, order: processorOrder(), nameOf: (kind: EngineKind) => engines[kind].name };
  const measured: Speed[] = [];
  // Only engines with a speed are looked for: looking may take longer than a run's whole start.
  for (const kind of engineKindSchema.options.filter((kind) => speeds.some(({ engine }) => engine.kind === kind))) {
    if (engines[kind].capabilities.nvidia) continue;
    const presence = await engines[kind].inspect({ cacheRoot });
    if (presence.here) measured.push(...speedsOf(kind, presence, speeds));
  }
  return ranking(measured, request);
}

/** Returns the engines that `auto` tries on the processor without any speeds, in this order. */
function processorOrder(): EngineKind[] {
  const kinds = new Map(engineKindSchema.options.map((kind) => [engines[kind], kind]));
  return requestedEngines("auto").filter(({ capabilities }) => !capabilities.nvidia)
    .flatMap((entry) => kinds.get(entry) ?? []);
}
