/** Why a run uses its engine, in a few words that follow the engine's name. Pure. */
import type { EngineKind, RunOptions } from "../config.ts";
import type { EngineFiles } from "../engine/engine.ts";
import { engines, NVIDIA_FIRST } from "../engine/engines/list.ts";
import type { Ranking } from "../features/speeds/ranking.ts";

/** Why a run uses its engine. */
export interface EngineChoice {
  /** A noun phrase or a participle: "the fastest of what was measured here", "named with --engine". */
  readonly why: string;
  /** The measured speeds that decided, as a sentence; null if none did. */
  readonly figures: string | null;
}

/** What the choice depends on. */
export interface ChoiceFacts {
  readonly options: Pick<RunOptions, "engine" | "gpu">;
  readonly engine: Pick<EngineFiles, "kind">;
  /** What was measured; null if it does not count, because an engine was named or nothing is frozen. */
  readonly ranking: Ranking | null;
  /** The engine that `auto` tries first if the speeds give no reason to try another one. */
  readonly usual: EngineKind;
}

/** Returns why a run that begins uses its engine. */
export function engineChoice({ options, engine: { kind }, ranking, usual }: ChoiceFacts): EngineChoice {
  const without = (why: string): EngineChoice => ({ why, figures: null });
  if (options.engine !== "auto") return without("named with --engine");
  if (options.gpu !== undefined) return without("named with --gpu");
  if (engines[kind].capabilities.nvidia) return without(NVIDIA_FIRST);
  if (kind !== (ranking?.kind ?? usual)) return without("the first that can be used here");
  if (ranking === null) return without("the one that trains a network from scratch");
  return { why: ranking.why, figures: ranking.figures };
}

/** Returns why a resumed run uses its engine. Runs that began with an older Headlight did not record it. */
export function resumedChoice(
  requested: RunOptions["engine"],
  before: { readonly engine_why?: string | undefined },
): EngineChoice {
  if (requested !== "auto") return { why: "named with --engine", figures: null };
  return { why: before.engine_why ?? "the one that the run began with", figures: null };
}

/** Returns the log line that names a run's engine, its device, and why it was chosen. */
export function engineLogLine(
  { engine, engineChoice: { why, figures } }: { readonly engine: EngineFiles; readonly engineChoice: EngineChoice },
): string {
  const text = `The engine is ${engines[engine.kind].name} ${engine.version} on ${deviceText(engine)}: ${why}.`;
  return figures === null ? text : `${text} ${figures}`;
}

/** Returns the notice that `--tf32` was given but does not apply; null if it does, or if it was not given. */
export function voidTf32Notice({ tf32 }: Pick<RunOptions, "tf32">, engine: EngineFiles): string | null {
  if (!tf32 || engine.tf32) return null;
  const computes = `the base is computed with ${engines[engine.kind].name} on ${deviceText(engine)}`;
  return `--tf32 does not apply, because ${computes}. It needs an NVIDIA GPU with CUDA: deno task doctor says why none is used.`;
}

/** Returns where an engine computes the base: the name of the device, or "the processor". */
function deviceText({ device, device_name: name }: EngineFiles): string {
  return name ?? (device === "cpu" ? "the processor" : "a GPU");
}
