/**
 * `capture` is tf.function for tfjs-node. It runs a function of tensors once on examples and records the ops as one
 * TensorFlow graph, which TensorFlow optimizes as a whole and runs in one call. See README.md in this folder.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import type { Values } from "../node/binding.ts";
import { CaptureError } from "./errors.ts";
import { type Example, type InputSpec, isTensor, record } from "./record.ts";
import { type Given, openSession } from "./session.ts";
import { leaves, mapLeaves, type Tree } from "./tree.ts";

export { CaptureError } from "./errors.ts";
export type { InputSpec } from "./record.ts";

/** The arguments that a captured function sees for these examples: the same tree with tensors. */
export type Seen<Examples> = Examples extends Tensor ? Examples
  : Examples extends InputSpec<infer As> ? As
  : Examples extends null ? null
  : { readonly [Name in keyof Examples]: Seen<Examples[Name]> };

/** The arguments that callers pass for these examples: the same tree with tensors or plain values. */
export type Arguments<Examples> = Examples extends Tensor | InputSpec ? Tensor | Values
  : Examples extends null ? null
  : { readonly [Name in keyof Examples]: Arguments<Examples[Name]> };

/** A captured function. */
export interface Captured<Examples, Result> {
  /** Runs the graph. The caller disposes the tensors that it returns. The tensors that it takes are not disposed. */
  (inputs: Arguments<Examples>): Result;
  /** Frees the graph. */
  dispose(): void;
}

/**
 * Records the ops that `fn` runs on tensors like the examples, and returns them as one graph.
 *
 * The examples determine the shapes and types of the result. Values that `fn` closes over, for example weights, become
 * constants of the graph, with the values that they have now.
 *
 * @param name the function's name in error messages
 * @param examples tensors or `{dtype, shape}`, in any nesting of arrays and objects; their values do not matter
 * @returns a function of the same inputs, each of which may be a tensor or a typed array of its values
 * @throws CaptureError if `fn` draws random numbers, reads a value, returns a promise or uses strings
 */
export function capture<const Examples, Result>(
  tf: Tf,
  name: string,
  fn: (inputs: Seen<Examples>) => Result,
  examples: Examples,
): Captured<Examples, Result> {
  // TypeScript cannot derive the types of a tree's leaves from the types of the examples, so the casts are unchecked.
  const untyped = fn as (inputs: Tree<Tensor>) => unknown;
  const { graph, inputPaths, result } = record(tf, name, untyped, examples as Tree<Example>);
  const session = openSession(tf, name, graph, inputPaths);
  const run = (inputs: Arguments<Examples>): Result => {
    const outputs = session.run(inOrder(name, inputPaths, inputs as Tree<Given>));
    return mapLeaves<number, Tensor>(result, isPlace, (place) => required(outputs[place])) as Result;
  };
  return Object.assign(run, { dispose: () => session.dispose() });
}

/**
 * Returns the leaves of the arguments of a captured function in the order of the graph's inputs.
 *
 * @throws CaptureError if their names differ from those of the examples
 */
export function inOrder(name: string, paths: readonly string[], inputs: Tree<Given>): Given[] {
  const found = leaves<Given>(inputs, isGiven);
  if (found.length === paths.length && found.every(({ path }, index) => path === paths[index])) {
    return found.map(({ value }) => value);
  }
  const [got, wanted] = [found.map(({ path }) => path), paths].map((names) => names.join(", ") || "one tensor");
  throw new CaptureError(`${name} takes ${wanted}, but got ${got}`);
}

function isGiven(value: unknown): value is Given {
  return isTensor(value) || ArrayBuffer.isView(value);
}

/** Returns whether a leaf is the index of a tensor among a graph's outputs. */
export function isPlace(value: unknown): value is number {
  return typeof value === "number";
}

/** Returns an output, which must exist. */
export function required<T>(output: T | undefined): T {
  if (output === undefined) throw new Error("TensorFlow returned fewer tensors than the graph has outputs");
  return output;
}
