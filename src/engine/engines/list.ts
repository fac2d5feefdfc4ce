/** The list of engines. Each has one entry and one folder. No other code decides by an engine's name. */
import type { EngineKind, EngineRequest } from "../../config.ts";
import type { EngineEntry } from "../engine.ts";
import { cuda } from "../cuda/entry.ts";
import { openvino } from "../openvino/entry.ts";
import { tensorflow } from "../tensorflow/entry.ts";
import { webgpu } from "../webgpu/entry.ts";
import { wasm } from "../wasm/entry.ts";

/** The engines by their names in config.ts. */
export const engines: Readonly<Record<EngineKind, EngineEntry>> = { tensorflow, openvino, cuda, webgpu, wasm };

/** The engine that `auto` tries first on the processor if nothing was measured. */
export const USUAL_ENGINE: EngineKind = "tensorflow";

/** Why `auto` takes an engine that computes on an NVIDIA GPU, measured or not. */
export const NVIDIA_FIRST = "the first choice where an NVIDIA GPU can be used";

/** The engines that `auto` tries if no GPU can be used, in this order. */
const ON_PROCESSOR: readonly EngineKind[] = [USUAL_ENGINE, "wasm"];

/**
 * Returns the engines that a request allows, in the order in which they are tried. `auto` leaves out those that need
 * what the machine does not have.
 *
 * @param first the engine that `auto` tries before the others that compute on the processor
 */
export function requestedEngines(request: EngineRequest, first?: EngineKind): EngineEntry[] {
  if (request !== "auto") return [engines[request]];
  const kinds = new Set([...(first ? [first] : []), ...ON_PROCESSOR]);
  const all = [...enginesOnGpu(), ...Array.from(kinds, (kind) => engines[kind])];
  return all.filter(({ isPossible }) => isPossible?.() ?? true);
}

/** Returns the engines that compute on an NVIDIA GPU. `auto` tries them first. */
export function enginesOnGpu(): EngineEntry[] {
  return Object.values(engines).filter(({ capabilities }) => capabilities.nvidia);
}
