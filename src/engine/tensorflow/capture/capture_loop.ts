/** `captureLoop` runs several steps of one function in one call. Keras calls this steps_per_execution. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import { type Arguments, inOrder, isPlace, required, type Seen } from "./capture.ts";
import { CaptureError } from "./errors.ts";
import { loopGraph } from "./loop_graph.ts";
import { type Example, record } from "./record.ts";
import { type Given, openSession } from "./session.ts";
import { leaves, mapLeaves, type Tree } from "./tree.ts";

/** The return value of a step: the state for the next step, and the results to collect. */
export interface StepOutcome<State, Results> {
  readonly state: State;
  readonly results: Results;
}

/** A captured loop. */
export interface CapturedLoop<State, Steps, Next, Results> {
  /**
   * Runs `count` steps, at least 1. `steps` has the tree of one step's inputs, each stacked along a new first axis.
   * Extra rows are ignored. The last state and the stacked results are new tensors, which the caller disposes.
   */
  (state: Arguments<State>, steps: Arguments<Steps>, count: number): StepOutcome<Next, Results>;
  /** Frees the graph. */
  dispose(): void;
}

/**
 * Records one step and returns a graph that runs it in a loop. The state that a step returns is the input of the next
 * one. Setting up the loop takes as long as capturing one step.
 *
 * @param step runs once. The state that it returns must have the same tree, types and shapes as the state that it gets.
 * @throws CaptureError as `capture` does, and if the two states differ
 */
export function captureLoop<const State, const Steps, Next extends Tree<Tensor>, Results extends Tree<Tensor>>(
  tf: Tf,
  name: string,
  step: (state: Seen<State>, inputs: Seen<Steps>) => StepOutcome<Next, Results>,
  examples: { readonly state: State; readonly step: Steps },
): CapturedLoop<State, Steps, Next, Results> {
  const both = { state: examples.state, step: examples.step } as { state: Tree<Example>; step: Tree<Example> };
  const { graph, inputPaths, result } = record(tf, name, (inputs) => {
    const { state, step: given } = inputs as { state: Seen<State>; step: Seen<Steps> };
    const { state: next, results } = step(state, given);
    return [next, results];
  }, both);
  const [nextPlaces, resultPlaces] = result as readonly [Tree<number>, Tree<number>];
  const states = inputPaths.filter((path) => path === "state" || /^state[.[]/.test(path));
  checkStates(name, states, leaves<number>(nextPlaces, isPlace, "state").map(({ path }) => path));
  const count = states.length;
  graph.outputs.slice(0, count).forEach((port, index) => {
    const before = graph.inputs[index];
    if (before?.dtype !== port.dtype || String(before.shape) !== String(port.shape)) {
      throw new CaptureError(`${name} must return ${inputPaths[index]} with the shape and type that it gets`);
    }
  });
  const session = openSession(tf, name, loopGraph(graph, { state: count }), ["steps", ...inputPaths]);
  const run = (state: Arguments<State>, steps: Arguments<Steps>, stepCount: number): StepOutcome<Next, Results> => {
    const given = inOrder(name, inputPaths, { state, step: steps } as Tree<Given>);
    const outputs = session.run([Int32Array.of(stepCount), ...given]);
    const tensors = (places: Tree<number>) =>
      mapLeaves<number, Tensor>(places, isPlace, (place) => required(outputs[place]));
    return { state: tensors(nextPlaces) as Next, results: tensors(resultPlaces) as Results };
  };
  return Object.assign(run, { dispose: () => session.dispose() });
}

function checkStates(name: string, before: readonly string[], after: readonly string[]): void {
  if (before.length === after.length && before.every((path, index) => path === after[index])) return;
  throw new CaptureError(
    `${name} gets the state ${before.join(", ")}, so it must return the same tree, but returns ` +
      `${after.join(", ") || "no state"}`,
  );
}
