/** How much time OpenVINO saves compared with TensorFlow, by the processor. Pure. */
import type { Precision } from "../../config.ts";

/** The multiply-adds of DenseNet121 at 160, in thousand millions, with which the figures below were measured. */
const DENSENET = 1.44;
/** The number of cores on which they were measured. */
const CORES = 2;

/**
 * The milliseconds that TensorFlow and OpenVINO took for an image. An Intel Xeon with AMX: float32 17.9 to 19 and 12.9
 * to 14.6, bfloat16 7.7 and 3.3 to 3.6. An AMD EPYC with AVX512_BF16 and without AMX: 149 and 147 images a second in
 * float32, 254 and 281 in bfloat16.
 */
const MEASURED: readonly {
  readonly feature: string;
  readonly ms: Readonly<Record<Precision, readonly [tensorflow: number, openvino: number]>>;
}[] = [
  { feature: "AMX_BF16", ms: { float32: [18.5, 13.8], bfloat16: [7.7, 3.5] } },
  { feature: "AVX512_BF16", ms: { float32: [6.7, 6.8], bfloat16: [3.94, 3.56] } },
];

/**
 * Returns the milliseconds that OpenVINO saves on one core per thousand million multiply-adds; 0 on a processor with
 * which it was not measured.
 *
 * @param features the processor's features, as `processorFeatures` returns them
 */
export function savedTime(precision: Precision, features: readonly string[]): number {
  const [tensorflow, openvino] = MEASURED.find(({ feature }) => features.includes(feature))?.ms[precision] ?? [0, 0];
  return Math.max(0, tensorflow - openvino) * CORES / DENSENET;
}
