/** The order of a functional model's operations in Keras 3. The names of weights in a file number the layers in it. */
import { valueOf } from "../../at.ts";

/** A layer or an operation of a functional model. */
export interface Operation {
  readonly name: string;
  /** The names of the operations whose outputs it takes, in order. */
  readonly inputs: readonly string[];
}

/**
 * Returns the operations in the order of Keras's `model.operations`: those furthest from the output first, and those
 * equally far in the order in which a depth-first search from the output meets them
 * (keras/src/ops/function.py, `map_graph`).
 *
 * @param operations a list in which each operation comes after its inputs; the last one is the output
 */
export function kerasOrder<O extends Operation>(operations: readonly O[]): O[] {
  const named = new Map(operations.map((operation) => [operation.name, operation]));
  const last = operations.at(-1);
  if (!last) return [];
  // An explicit stack, because a network can be deeper than the calls that JavaScript can nest.
  const met = new Map<string, number>();
  const waiting = [last.name];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (met.has(name)) continue;
    met.set(name, met.size);
    waiting.push(...valueOf(named, name).inputs.toReversed());
  }
  const depths = new Map<string, number>();
  for (const { name, inputs } of operations.toReversed()) {
    const depth = depths.get(name) ?? 0;
    depths.set(name, depth);
    for (const input of inputs) depths.set(input, Math.max(depth + 1, depths.get(input) ?? 0));
  }
  return operations.filter(({ name }) => met.has(name)).toSorted((one, other) =>
    valueOf(depths, other.name) - valueOf(depths, one.name) || valueOf(met, one.name) - valueOf(met, other.name)
  );
}
