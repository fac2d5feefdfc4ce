/**
 * The correlations of a convolution's inputs: between channels at one position, and between the positions that its
 * kernel covers, each independently of the other. This keeps nearly all the benefit that rounding gets from the full
 * correlations, in a hundredth of the memory and time.
 */
import { at } from "../../../at.ts";
import type { Evaluated } from "../capture/evaluate.ts";

/**
 * The maximum number of channels in a block. With half as many, the errors of the features are 1 % larger, and rounding
 * takes two thirds of the time.
 */
const BLOCK_CHANNELS = 128;

/** A convolution whose kernel will be rounded. */
export interface ConvolutionToRound {
  readonly name: string;
  /** The node that its images come from. */
  readonly images: string;
  /** The constant with its kernel, which no other node uses. */
  readonly kernel: string;
  /** The shape of the kernel: height, width, input channels, output channels. */
  readonly shape: readonly number[];
}

/** A block of consecutive channels. */
export interface ChannelBlock {
  /** The first channel of the block. */
  readonly from: number;
  readonly size: number;
  /** The sums of the products of each pair of channels, size × size, row-major. */
  readonly products: Float64Array;
}

/** The correlations of a convolution's inputs. */
export interface Correlations {
  /** All channels, in blocks. Correlations between blocks are ignored, which costs little accuracy. */
  readonly channels: readonly ChannelBlock[];
  /** The sums of the products of each pair of positions in the kernel, row-major. Only the upper half is filled. */
  readonly places: Float64Array;
}

/** Splits the channels into blocks of nearly equal size. */
export function blocksOf(channels: number): { readonly from: number; readonly size: number }[] {
  const count = Math.ceil(channels / BLOCK_CHANNELS);
  const edge = (block: number) => Math.round(block * channels / count);
  return Array.from({ length: count }, (_, block) => ({ from: edge(block), size: edge(block + 1) - edge(block) }));
}

/**
 * Returns the correlations of the convolutions, summed over several calls.
 *
 * @param calls the outputs of each call of the graph that `withCorrelations` returned
 */
export function correlationsOf(
  convolutions: readonly ConvolutionToRound[],
  calls: Iterable<readonly Evaluated[]>,
): Correlations[] {
  const found = convolutions.map(({ shape }): Correlations => ({
    channels: blocksOf(at(shape, 2)).map((block) => ({ ...block, products: new Float64Array(block.size ** 2) })),
    places: new Float64Array((at(shape, 0) * at(shape, 1)) ** 2),
  }));
  for (const outputs of calls) {
    const next = outputs.values();
    found.forEach(({ channels, places }, index) => {
      const { shape } = at(convolutions, index);
      for (const { products } of channels) addTo(products, outputOf(next).values);
      addTo(places, placeProducts(outputOf(next), at(shape, 0), at(shape, 1)));
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
  // The size is checked once, because `at` for each element would make the loop ten times as slow.
  if (values.length !== sums.length) throw new RangeError(`${values.length} values for ${sums.length} sums`);
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (values[index] ?? 0);
}

/**
 * Returns the sums of the products of each pair of kernel positions, as if the images were surrounded by zeros. That
 * keeps the matrix positive semidefinite.
 */
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

/**
 * Returns the sum of the products of each value with the value `down` rows below and `right` columns to the right of
 * it.
 */
function shiftedProduct({ shape, values }: Evaluated, down: number, right: number): number {
  const [count, height, width, channels] = [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
  // The size is checked once, because `at` for each element would make the loop ten times as slow.
  if (values.length !== count * height * width * channels) {
    throw new RangeError(`${values.length} values are not of shape ${shape.join("×")}`);
  }
  const away = (down * width + right) * channels;
  let sum = 0;
  for (let line = 0; line < count * height; line++) {
    if (line % height >= height - down) continue;
    const last = (line * width + Math.min(width, width - right)) * channels;
    for (let index = (line * width + Math.max(0, -right)) * channels; index < last; index++) {
      sum += (values[index] ?? 0) * (values[index + away] ?? 0);
    }
  }
  return sum;
}
