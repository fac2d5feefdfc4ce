/**
 * `capture`: tf.function for tfjs-node. A function of tensors is run once on examples; what it ran becomes one TensorFlow
 * graph, which TensorFlow optimises as a whole and runs in one call. See README.md in this folder.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import type { Values } from "../binding.ts";
import { CaptureError } from "./errors.ts";
import { type Example, type InputSpec, isTensor, record } from "./record.ts";
import { type Given, openSession } from "./session.ts";
import { leaves, mapLeaves, type Tree } from "./tree.ts";

export { CaptureError } from "./errors.ts";
export type { InputSpec } from "./record.ts";

/** What a function that is captured gets for examples: the same tree with tensors. */
export type Seen<Examples> = Examples extends Tensor ? Examples
  : Examples extends InputSpec<infer As> ? As
  : Examples extends null ? null
  : { readonly [Name in keyof Examples]: Seen<Examples[Name]> };

/** What a captured function takes for examples: the same tree, of tensors or of plain values. */
export type Arguments<Examples> = Examples extends Tensor | InputSpec ? Tensor | Values
  : Examples extends null ? null
  : { readonly [Name in keyof Examples]: Arguments<Examples[Name]> };

export interface Captured<Examples, Result> {
  /** Runs the graph. The caller disposes the tensors that it returns; those that it takes are left alone. */
  (inputs: Arguments<Examples>): Result;
  /** Frees the graph. */
  dispose(): void;
}

/**
 * Records what `fn` runs on tensors like the examples and returns it as one graph. The result's shapes and types are
 * fixed by the examples. What `fn` closes over (weights, say) becomes part of the graph, with the values of now.
 *
 * @param name for messages.
 * @param examples tensors or `{dtype, shape}`, in any nesting of arrays and objects. Their values do not matter.
 * @returns a function of the same inputs. Each may be a tensor or a typed array of its values.
 * @throws CaptureError when `fn` cannot be captured: it draws at random, reads a value, returns a promise, uses strings.
 */
export function capture<const Examples, Result>(
  tf: Tf,
  name: string,
  fn: (inputs: Seen<Examples>) => Result,
  examples: Examples,
): Captured<Examples, Result> {
  // Trees with names on one side, trees of anything on the other: no type follows from one to the other.
  const untyped = fn as (inputs: Tree<Tensor>) => unknown;
  const { graph, inputPaths, result } = record(tf, name, untyped, examples as Tree<Example>);
  const session = openSession(tf, name, graph, inputPaths);
  const run = (inputs: Arguments<Examples>): Result => {
    const outputs = session.run(inOrder(name, inputPaths, inputs as Tree<Given>));
    return mapLeaves<number, Tensor>(result, isPlace, (place) => there(outputs[place])) as Result;
  };
  return Object.assign(run, { dispose: () => session.dispose() });
}

/** The leaves of what a captured function was given, checked to be those of its examples. */
export function inOrder(name: string, paths: readonly string[], inputs: Tree<Given>): Given[] {
  const found = leaves<Given>(inputs, isGiven);
  if (found.length === paths.length && found.every(({ path }, index) => path === paths[index])) {
    return found.map(({ value }) => value);
  }
  const [got, wanted] = [found.map(({ path }) => path), paths].map((names) => names.join(", ") || "one tensor");
  throw new CaptureError(`${name} takes ${wanted}, and got ${got}`);
}

function isGiven(value: unknown): value is Given {
  return isTensor(value) || ArrayBuffer.isView(value);
}

/** The place of a tensor in a graph's outputs. */
export function isPlace(value: unknown): value is number {
  return typeof value === "number";
}

/** An output that the graph has. */
export function there<T>(output: T | undefined): T {
  if (output === undefined) throw new Error("TensorFlow gave fewer tensors than the graph has outputs");
  return output;
}
