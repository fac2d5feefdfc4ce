/** Computes the number of operations of a network, to compare its speed with the machine's limit. Pure. */
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { describe } from "../../src/model/layers.ts";

/**
 * Returns the floating-point operations for one image: a multiplication and an addition for each weight of a
 * convolution or dense layer at each position. Batch norm, activations and pooling are left out, because memory limits
 * their speed, not arithmetic.
 */
export function flopsPerImage(layers: readonly LayerSpec[]): number {
  return describe(layers).reduce((sum, { macs }) => sum + 2 * macs, 0);
}
