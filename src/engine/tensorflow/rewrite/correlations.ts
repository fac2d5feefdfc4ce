/**
 * How the values that a convolution works on go together: between channels at one place, and between the places that its
 * kernel covers, each as if the other did not matter. That keeps nearly all that rounding gains from all pairs of both, in
 * a hundredth of the memory and time.
 */
import type { Evaluated } from "../capture/evaluate.ts";

const BLOCK_CHANNELS = 128;

/** A convolution whose kernel is to be rounded. */
export interface RoundedConvolution {
  /** The node that its pictures come from. */
  readonly pictures: string;
  /** The constant that only it uses. */
  readonly kernel: string;
  /** Height, width, input channels, output channels. */
  readonly shape: readonly number[];
}

/** Channels that lie side by side. */
export interface ChannelBlock {
  /** The first of them. */
  readonly from: number;
  readonly size: number;
  /** Sums of the products of each two, size × size, row-major. */
  readonly products: Float64Array;
}

export interface Correlations {
  /** All channels, in blocks; what goes together in different ones is left out, at a small price. */
  readonly channels: readonly ChannelBlock[];
  /** Sums of the products of each two places of the kernel, row-major; only the upper half is filled. */
  readonly places: Float64Array;
}

/** None yet. */
function noCorrelations([height = 0, width = 0, channels = 0]: readonly number[]): Correlations {
  const count = Math.ceil(channels / BLOCK_CHANNELS);
  const edge = (block: number) => Math.round(block * channels / count);
  return {
    channels: Array.from({ length: count }, (_, block) => {
      const size = edge(block + 1) - edge(block);
      return { from: edge(block), size, products: new Float64Array(size * size) };
    }),
    places: new Float64Array((height * width) ** 2),
  };
}

/** @param calls outputs of a graph `withCorrelations`, for each call of it. */
export function correlationsOf(
  convolutions: readonly RoundedConvolution[],
  calls: Iterable<readonly Evaluated[]>,
): Correlations[] {
  const found = convolutions.map(({ shape }) => noCorrelations(shape));
  for (const outputs of calls) {
    found.forEach(({ channels, places }, index) => {
      const [products, sample] = [outputs[2 * index], outputs[2 * index + 1]];
      const [height = 0, width = 0] = convolutions[index]?.shape ?? [];
      if (!products || !sample) throw new Error("a convolution has no correlations");
      for (const block of channels) addBlock(block, products);
      placeProducts(sample, height, width).forEach((sum, at) => places[at] = (places[at] ?? 0) + sum);
    });
  }
  return found;
}

function addBlock({ from, size, products }: ChannelBlock, { shape: [, width = 0], values }: Evaluated): void {
  for (let row = 0; row < size; row++) {
    const start = (from + row) * width + from;
    for (let column = 0; column < size; column++) {
      const at = row * size + column;
      products[at] = (products[at] ?? 0) + (values[start + column] ?? 0);
    }
  }
}

/** As if zeros stood around the pictures: that keeps the matrix positive semidefinite. */
function placeProducts(sample: Evaluated, height: number, width: number): Float64Array {
  const count = height * width;
  const products = new Float64Array(count * count);
  const known = new Map<string, number>();
  for (let one = 0; one < count; one++) {
    for (let other = one; other < count; other++) {
      const down = Math.floor(other / width) - Math.floor(one / width);
      const right = other % width - one % width;
      const key = `${down} ${right}`;
      const sum = known.get(key) ?? shiftedProduct(sample, down, right);
      known.set(key, sum);
      products[one * count + other] = sum;
    }
  }
  return products;
}

/** The sum of the products of each value with the one `down` rows below it and `right` columns beside it. */
function shiftedProduct({ shape, values }: Evaluated, down: number, right: number): number {
  const [count = 0, height = 0, width = 0, channels = 0] = shape;
  const away = (down * width + right) * channels;
  let sum = 0;
  for (let line = 0; line < count * height; line++) {
    if (line % height >= height - down) continue;
    const last = (line * width + Math.min(width, width - right)) * channels;
    for (let at = (line * width + Math.max(0, -right)) * channels; at < last; at++) {
      sum += (values[at] ?? 0) * (values[at + away] ?? 0);
    }
  }
  return sum;
}
