/** Reads the model and the features of the machine's processor. */
import { cpus } from "node:os";

/** The features that are recorded, by their flags in /proc/cpuinfo. */
const FEATURES: readonly (readonly [flag: string, name: string])[] = [
  ["avx2", "AVX2"],
  ["fma", "FMA"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX512_BF16"],
  ["amx_bf16", "AMX_BF16"],
];

/** The properties of a processor on which the last bits of its results depend. */
export interface Processor {
  /** The model name, e.g. "AMD EPYC 9R14". */
  readonly model: string;
  /** The features that `processorFeatures` returns. */
  readonly features: readonly string[];
}

/** Returns this machine's processor. */
export function thisProcessor(): Processor {
  return { model: cpus()[0]?.model.trim() || "unknown processor", features: processorFeatures(readCpuinfo()) };
}

/** Returns the text of /proc/cpuinfo, or an empty string on systems other than Linux. */
export function readCpuinfo(): string {
  try {
    return Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    return "";
  }
}

/** Describes a processor in one line: the model, then its features. */
export function processorText({ model, features }: Processor): string {
  return [model, ...features].join(", ");
}

/**
 * Returns the processor features that TensorFlow's code depends on, from the flags in the text of /proc/cpuinfo.
 * Returns none if the text lists no flags.
 */
export function processorFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return FEATURES.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}

/**
 * Returns whether the hardware computes in bfloat16. Without it TensorFlow converts back and forth, which is slower
 * than float32.
 */
export function computesBfloat16(features: readonly string[]): boolean {
  return features.includes("AVX512_BF16") || features.includes("AMX_BF16");
}
