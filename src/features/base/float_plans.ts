/** The ways to divide a network between float32 and bfloat16, of which the fastest that is exact enough is chosen. */
import { at } from "../../at.ts";
import type { Graph, GraphNode } from "../../engine/tensorflow/capture/graph.ts";
import { byName, constantOf } from "../../engine/tensorflow/rewrite/batch_norm.ts";
import { multiplyAdds } from "../../engine/tensorflow/rewrite/multiply_adds.ts";
import { floatNodes } from "./float_nodes.ts";

/**
 * The smallest share of the multiply-adds in bfloat16 that is worth it. At a third, DenseNet121, DenseNet201 and
 * ResNet50 at 160 compute 14 to 19 % more images per second than in float32, on a machine that was not quiet.
 */
const SMALLEST_SHARE = 1 / 3;
/** The number of plans besides the first. More would take longer to search, and hardly differ in speed. */
const STEPS = 8;

/** One way to divide a network. */
export interface FloatPlan {
  /** The names of the nodes that stay in float32. */
  readonly floats: ReadonlySet<string>;
  /** The share of the multiply-adds that is computed in bfloat16, with three decimals. */
  readonly share: number;
}

/**
 * Returns the plans, the one with the smallest part in float32 first. In each further plan the start that stays in
 * float32 is longer, because an error at the start passes through everything that follows. (A longer end would hardly
 * change the error.) In the last plan a third of the multiply-adds is in bfloat16.
 */
export function floatPlans(network: Graph): readonly FloatPlan[] {
  const first = floatNodes(network);
  const shareOf = shares(network);
  const names = network.nodes.map(({ name }) => name);
  const convolutions = network.nodes.filter(({ op, name }) => op === "Conv2D" && !first.has(name));
  const longer = convolutions.slice(1).map(({ name }) => new Set([...first, ...names.slice(0, names.indexOf(name))]));
  const worthIt = longer.map((floats) => ({ floats, share: shareOf(floats) }))
    .filter(({ share }) => share >= SMALLEST_SHARE);
  const steps = Math.min(STEPS, worthIt.length);
  const chosen = Array.from(
    { length: steps },
    (_, step) => at(worthIt, Math.ceil((step + 1) / steps * worthIt.length) - 1),
  );
  return [{ floats: first, share: shareOf(first) }, ...chosen];
}

/**
 * Returns whether the errors of a network add up. An addition or a product of two images carries every rounding on to
 * the end, and so do depthwise convolutions, which average over few values. In networks without them, like DenseNet and
 * VGG, the errors stay small.
 */
export function addsUp(network: Graph): boolean {
  const nodes = byName(network);
  return network.nodes.some(({ op, inputs }: GraphNode) => {
    if (COMBINING.has(op)) return inputs.every((name) => !constantOf(nodes.get(name)));
    if (op !== "DepthwiseConv2dNative") return false;
    const [height = 1, width = 1] = constantOf(nodes.get(at(inputs, 1)))?.shape ?? [];
    return height * width > 1;
  });
}

const COMBINING: ReadonlySet<string> = new Set(["Add", "AddV2", "Mul"]);

/** Returns a function that returns the share of the multiply-adds outside of a set of nodes, with three decimals. */
function shares(network: Graph): (floats: ReadonlySet<string>) => number {
  const costs = [...multiplyAdds(network)];
  const all = costs.reduce((sum, [, cost]) => sum + cost, 0);
  return (floats) => {
    const left = costs.reduce((sum, [name, cost]) => floats.has(name) ? sum : sum + cost, 0);
    return all === 0 ? 0 : Math.round(left / all * 1000) / 1000;
  };
}
