/** The arithmetic of a network: what its speed is held against the machine's limit with. Pure. */
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { describe } from "../../src/model/layers.ts";

/**
 * Floating-point operations for one image: two (multiply, add) for each weight of a convolution or dense layer at each
 * place it is applied. Batch norm, activations and pooling are left out: they take memory's time, not the multiplier's.
 */
export function flopsPerImage(layers: readonly LayerSpec[]): number {
  return describe(layers).reduce((sum, { macs }) => sum + 2 * macs, 0);
}
