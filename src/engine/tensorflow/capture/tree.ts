/**
 * Nested arrays and objects of leaves, for inputs and outputs with names. A leaf may be null: "not given", which stays
 * not given for as long as the captured function lives.
 */
export type Tree<Leaf> = Leaf | null | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> };

export interface Leaf<T> {
  /** e.g. `state.weights.gamma` or `batch[0]`; empty for a tree that is one leaf. */
  readonly path: string;
  readonly value: T;
}

/** The leaves, null left out. Names within an object go by the alphabet: the order in which they were written is no promise. */
export function leaves<T>(tree: Tree<T>, isLeaf: (value: unknown) => value is T, path = ""): Leaf<T>[] {
  if (tree === null) return [];
  if (isLeaf(tree)) return [{ path, value: tree }];
  if (Array.isArray(tree)) {
    return tree.flatMap((branch: Tree<T>, index) => leaves(branch, isLeaf, `${path}[${index}]`));
  }
  if (typeof tree === "object") {
    return byName<T>(tree).flatMap(([name, branch]) =>
      leaves<T>(branch, isLeaf, path === "" ? name : `${path}.${name}`)
    );
  }
  throw new TypeError(`${path || "the value"} is neither a tensor nor an array or object of tensors: ${String(tree)}`);
}

/** The same tree with other leaves, which are made in the order of `leaves`. */
export function mapLeaves<T, U>(
  tree: Tree<T>,
  isLeaf: (value: unknown) => value is T,
  change: (leaf: T) => U,
): Tree<U> {
  if (tree === null) return null;
  if (isLeaf(tree)) return change(tree);
  if (Array.isArray(tree)) return tree.map((branch: Tree<T>) => mapLeaves(branch, isLeaf, change));
  return Object.fromEntries(
    byName<T>(tree).map(([name, branch]) => [name, mapLeaves<T, U>(branch, isLeaf, change)]),
  );
}

function byName<T>(tree: object): [string, Tree<T>][] {
  return Object.entries(tree).sort(([one], [other]) => one < other ? -1 : 1);
}
