/**
 * Nested arrays and objects of leaves, for named inputs and outputs. A leaf may be null, which means that it is not
 * given. It then cannot be given later either.
 */
export type Tree<Leaf> = Leaf | null | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> };

/** A leaf and its place in the tree. */
export interface Leaf<T> {
  /** The path, e.g. `state.weights.gamma` or `batch[0]`; empty for a tree that is one leaf. */
  readonly path: string;
  readonly value: T;
}

/**
 * Returns the leaves except nulls. Names in an object are sorted, so that the order in which they were written does not
 * matter.
 */
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
  throw new TypeError(`${path || "the value"} must be a tensor, or an array or object of tensors: ${String(tree)}`);
}

/** Returns the same tree with each leaf replaced. `change` is called in the order of `leaves`. */
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
