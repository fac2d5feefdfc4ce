/**
 * How the values that a convolution works on go together: between channels at one place, and between the places that its
 * kernel covers, each as if the other did not matter. That keeps nearly all that rounding gains from all pairs of both, in
 * a hundredth of the memory and time.
 */
import type { Evaluated } from "../capture/evaluate.ts";

/** With half as many features are off by 1 % more, and rounding takes two thirds of the time. */
const BLOCK_CHANNELS = 128;

export interface ConvolutionToRound {
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

/** Channels in blocks of nearly equal size. */
export function blocksOf(channels: number): { readonly from: number; readonly size: number }[] {
  const count = Math.ceil(channels / BLOCK_CHANNELS);
  const edge = (block: number) => Math.round(block * channels / count);
  return Array.from({ length: count }, (_, block) => ({ from: edge(block), size: edge(block + 1) - edge(block) }));
}

/** @param calls outputs of a graph `withCorrelations`, for each call of it. */
export function correlationsOf(
  convolutions: readonly ConvolutionToRound[],
  calls: Iterable<readonly Evaluated[]>,
): Correlations[] {
  const found = convolutions.map(({ shape: [height = 0, width = 0, channels = 0] }): Correlations => ({
    channels: blocksOf(channels).map((block) => ({ ...block, products: new Float64Array(block.size ** 2) })),
    places: new Float64Array((height * width) ** 2),
  }));
  for (const outputs of calls) {
    const next = outputs.values();
    found.forEach(({ channels, places }, index) => {
      const [height = 0, width = 0] = convolutions[index]?.shape ?? [];
      for (const { products } of channels) addTo(products, outputOf(next).values);
      addTo(places, placeProducts(outputOf(next), height, width));
    });
  }
  return found;
}

function outputOf(outputs: Iterator<Evaluated>): Evaluated {
  const { value, done } = outputs.next();
  if (done) throw new Error("the graph has fewer outputs than its convolutions need");
  return value;
}

function addTo(sums: Float64Array, values: ArrayLike<number>): void {
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] ?? 0) + (values[at] ?? 0);
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
