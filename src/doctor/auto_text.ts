/** What `--engine auto` uses for the default base, and why. Pure. */
import { bases, DEFAULT_BASE } from "../bases/bases.ts";
import { engines, NVIDIA_FIRST, USUAL_ENGINE } from "../engine/engines/list.ts";
import { stripControl } from "../text.ts";
import type { Facts } from "./facts.ts";

/**
 * Returns the engine, its device and the reason. Returns null if the engine would have to be set up first, because only
 * the setup shows whether it can be used.
 */
export function autoText(
  { auto: { ranking, size }, engine, cuda }: Pick<Facts, "auto" | "engine" | "cuda">,
): string | null {
  const { detection, build } = cuda;
  if (detection.kind === "usable" && build !== null) {
    const [{ name }] = detection.gpus;
    return `--engine auto uses ${engines.cuda.name} on ${stripControl(name)}: ${NVIDIA_FIRST}`;
  }
  if (engine.stored === null) return null;
  const { name } = engines[ranking.kind ?? USUAL_ENGINE];
  const base = `${bases[DEFAULT_BASE].displayName} at ${size} in float32`;
  const text = `--engine auto uses ${name} for ${base}: ${ranking.why}`;
  return ranking.figures === null ? text : `${text}. ${stripControl(ranking.figures).replace(/\.$/, "")}`;
}
