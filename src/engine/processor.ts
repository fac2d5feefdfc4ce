/** What a processor is and can. */
import { cpus } from "node:os";

const FEATURES: readonly (readonly [flag: string, name: string])[] = [
  ["avx2", "AVX2"],
  ["fma", "FMA"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX512_BF16"],
  ["amx_bf16", "AMX_BF16"],
];

/** A processor, as far as the last bits of what it computes depend on it. */
export interface Processor {
  /** E.g. "AMD EPYC 9R14". */
  readonly model: string;
  /** See `processorFeatures`. */
  readonly features: readonly string[];
}

/** Returns this machine's processor. */
export function thisProcessor(): Processor {
  return { model: cpus()[0]?.model.trim() || "unknown processor", features: processorFeatures(readCpuinfo()) };
}

/** Returns the text of /proc/cpuinfo; empty where the system is not Linux. */
export function readCpuinfo(): string {
  try {
    return Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    return "";
  }
}

/** Names a processor in one line: the model, then its features. */
export function processorText({ model, features }: Processor): string {
  return [model, ...features].join(", ");
}

/**
 * Returns the processor features that TensorFlow's code depends on, by the flags in the text of /proc/cpuinfo. None where
 * it lists no flags.
 */
export function processorFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return FEATURES.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}

/** Returns whether bfloat16 is computed in hardware. Without it TensorFlow converts to and fro, and is slower than in float32. */
export function computesBfloat16(features: readonly string[]): boolean {
  return features.includes("AVX512_BF16") || features.includes("AMX_BF16");
}
