/** What Linux says about itself in files. Pure: the text comes in. */

const FEATURES: readonly (readonly [flag: string, name: string])[] = [
  ["avx2", "AVX2"],
  ["fma", "FMA"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX512_BF16"],
  ["amx_tile", "AMX"],
];

/** The processor features that TensorFlow's speed hangs on, by /proc/cpuinfo's flags; none where it lists no flags. */
export function processorFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return FEATURES.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}

/** A control group's memory.max in bytes; null where it sets none below what the machine has. */
export function memoryLimit(memoryMax: string, total: number): number | null {
  const limit = Number.parseInt(memoryMax, 10);
  return limit < total ? limit : null;
}
