/** What a processor can, by what Linux says of it. Pure: the text of /proc/cpuinfo comes in. */

const FEATURES: readonly (readonly [flag: string, name: string])[] = [
  ["avx2", "AVX2"],
  ["fma", "FMA"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX512_BF16"],
  ["amx_bf16", "AMX_BF16"],
];

/** The processor features that TensorFlow's speed hangs on, by /proc/cpuinfo's flags; none where it lists no flags. */
export function processorFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return FEATURES.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}

/** Whether bfloat16 is computed in hardware. Without it TensorFlow converts to and fro, and is slower than in float32. */
export function computesBfloat16(features: readonly string[]): boolean {
  return features.includes("AVX512_BF16") || features.includes("AMX_BF16");
}
