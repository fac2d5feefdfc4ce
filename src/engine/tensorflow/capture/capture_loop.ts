/** `captureLoop`: several steps of one function in one call (Keras calls it steps_per_execution). */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import { type Arguments, inOrder, isPlace, type Seen, there } from "./capture.ts";
import { CaptureError } from "./errors.ts";
import { loopGraph } from "./loop_graph.ts";
import { type Example, record } from "./record.ts";
import { type Given, openSession } from "./session.ts";
import { leaves, mapLeaves, type Tree } from "./tree.ts";

/** What a step returns: the state for the next one, and what is collected. */
export interface StepOutcome<State, Results> {
  readonly state: State;
  readonly results: Results;
}

export interface CapturedLoop<State, Steps, Next, Results> {
  /**
   * Runs `count` steps, from 1. `steps` has the tree of one step's inputs, each stacked along a new first axis; more
   * rows than steps do no harm. The last state and the stacked results are new tensors, which the caller disposes.
   */
  (state: Arguments<State>, steps: Arguments<Steps>, count: number): StepOutcome<Next, Results>;
  /** Frees the graph. */
  dispose(): void;
}

/**
 * Records one step and returns a graph that runs it in a loop: a step's state is the next one's. Setting it up takes as
 * long as capturing one step.
 *
 * @param step is run once. The state that it returns must have the tree, the types and the shapes of the one it got.
 * @throws CaptureError as `capture` does, and when the states differ.
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
      throw new CaptureError(`${name} returns another shape or type of ${inputPaths[index]} than it gets`);
    }
  });
  const session = openSession(tf, name, loopGraph(graph, { state: count }), ["steps", ...inputPaths]);
  const run = (state: Arguments<State>, steps: Arguments<Steps>, stepCount: number): StepOutcome<Next, Results> => {
    const given = inOrder(name, inputPaths, { state, step: steps } as Tree<Given>);
    const outputs = session.run([Int32Array.of(stepCount), ...given]);
    const tensors = (places: Tree<number>) =>
      mapLeaves<number, Tensor>(places, isPlace, (place) => there(outputs[place]));
    return { state: tensors(nextPlaces) as Next, results: tensors(resultPlaces) as Results };
  };
  return Object.assign(run, { dispose: () => session.dispose() });
}

function checkStates(name: string, before: readonly string[], after: readonly string[]): void {
  if (before.length === after.length && before.every((path, index) => path === after[index])) return;
  throw new CaptureError(
    `${name} returns ${after.join(", ") || "no state"}, and gets ${before.join(", ")}: the state must be the same tree`,
  );
}
