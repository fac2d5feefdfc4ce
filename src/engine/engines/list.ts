/** The list of engines. Each has one entry and one folder. No other code decides by an engine's name. */
import { type EngineKind, engineKindSchema, type EngineRequest } from "../../config.ts";
import type { EngineEntry } from "../engine.ts";
import { tensorflow } from "../tensorflow/entry.ts";
import { wasm } from "../wasm/entry.ts";

/** The engines by their names in config.ts. */
export const engines: Readonly<Record<EngineKind, EngineEntry>> = { tensorflow, wasm };

/** Returns the engines that a request allows, in the order in which they are tried. */
export function requestedEngines(request: EngineRequest): EngineEntry[] {
  return (request === "auto" ? engineKindSchema.options : [request]).map((kind) => engines[kind]);
}
