/** Trains a network. Owns the tensors of its weights and of the optimizer. */
import { byName, named, trainableNames, type Weights } from "../model/network_weights.ts";
import { adamAlpha } from "./adam.ts";
import { type BatchSource, disposeState, gatherSteps, type StepBatch, type StepFigures } from "./batches.ts";
import { evaluateNetwork, type Outcome } from "./inference.ts";
import { toArrays, toTensors, zerosLike } from "./initial_weights.ts";
import type { TrainingSnapshot } from "./snapshot.ts";
import type { StepState } from "./step.ts";
import type { Steps } from "./steps.ts";

/** A network in training. */
export class NetworkTrainer {
  #state: StepState;
  #step: number;

  constructor(
    private readonly steps: Steps,
    weights: Weights<Float32Array>,
    optimizer: TrainingSnapshot["optimizer"] | null,
  ) {
    const { tf, layers } = steps;
    const zeros = zerosLike(byName(trainableNames(layers), (name) => named(weights, name)));
    this.#state = {
      weights: toTensors(tf, layers, weights),
      moments: { m: toTensors(tf, layers, optimizer?.m ?? zeros), v: toTensors(tf, layers, optimizer?.v ?? zeros) },
    };
    this.#step = optimizer?.step ?? 0;
  }

  /**
   * Trains on batches of one size, and ends after the first whose loss is not finite. Returns the results of each step
   * that was run.
   *
   * @param next the rows that the next call will probably train on
   */
  async trainOn(
    source: BatchSource,
    batches: readonly StepBatch[],
    learningRate: number,
    next: Int32Array = new Int32Array(),
  ): Promise<StepFigures[]> {
    const steps = batches.map((batch, index) => ({ ...batch, alpha: adamAlpha(this.#step + index + 1, learningRate) }));
    const gathered = await gatherSteps(source, steps);
    if (next.length > 0) source.prefetch?.(next);
    const { state, figures } = this.steps.run(this.#state, gathered);
    this.#state = state;
    this.#step += figures.length;
    return figures;
  }

  /** Returns the logits and metrics of a whole source, in inference mode. */
  evaluate(source: BatchSource): Promise<Outcome> {
    const { tf, layers } = this.steps;
    return evaluateNetwork(tf, layers, this.#state.weights, source);
  }

  /** Returns copies of the weights. */
  weights(): Weights<Float32Array> {
    return toArrays(this.#state.weights);
  }

  /** Returns copies of the optimizer's state. */
  optimizer(): TrainingSnapshot["optimizer"] {
    const { m, v } = this.#state.moments;
    return { step: this.#step, m: toArrays(m), v: toArrays(v) };
  }

  dispose(): void {
    disposeState(this.steps.tf, this.#state);
  }
}
