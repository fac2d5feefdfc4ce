/** The engines and precisions with which whole runs are measured. */
import type { EngineKind, Precision } from "../../src/config.ts";
import { engines } from "../../src/engine/engines/list.ts";
import { PRECISIONS } from "./precisions.ts";

export interface Configuration {
  readonly engine: EngineKind;
  readonly precision: Precision;
}

/** The engines that compute bases from graphs, in the precisions that this machine computes in. */
export const CONFIGURATIONS: readonly Configuration[] = (["tensorflow", "openvino"] as const)
  .flatMap((engine) => PRECISIONS.map((precision) => ({ engine, precision })));

/** Returns the name of a contender, e.g. `Headlight, OpenVINO, float32`. */
export function nameOf({ engine, precision }: Configuration): string {
  return `Headlight, ${engines[engine].name}, ${precision}`;
}
