/** Trains a head. Owns the tensors of its weights and of the optimizer. */
import type { FeatureSet } from "../features/rows/feature_set.ts";
import { adamAlpha } from "./adam.ts";
import { disposeState, type StepBatch, type StepFigures } from "./batches.ts";
import type { ValidationValues } from "../metrics.ts";
import type { HeadSteps } from "./head_steps.ts";
import {
  type HeadShape,
  mapNames,
  toArrays,
  toTensors,
  TRAINABLE_NAMES,
  WEIGHT_NAMES,
  type Weights,
} from "./head_weights.ts";
import { predictClasses } from "./inference.ts";
import type { HeadAnswers } from "./mistakes.ts";
import type { TrainingSnapshot } from "./snapshot.ts";
import type { StepState } from "./step.ts";

/** A head in training. */
export class HeadTrainer {
  #state: StepState;
  #step: number;

  constructor(
    private readonly steps: HeadSteps,
    shape: HeadShape,
    weights: Weights<Float32Array>,
    optimizer: TrainingSnapshot["optimizer"] | null,
  ) {
    const { tf } = steps;
    const zeros = (): TrainingSnapshot["optimizer"]["m"] =>
      mapNames(TRAINABLE_NAMES, (name) => new Float32Array(weights[name].length));
    this.#state = {
      weights: toTensors(tf, WEIGHT_NAMES, weights, shape),
      moments: {
        m: toTensors(tf, TRAINABLE_NAMES, optimizer?.m ?? zeros(), shape),
        v: toTensors(tf, TRAINABLE_NAMES, optimizer?.v ?? zeros(), shape),
      },
    };
    this.#step = optimizer?.step ?? 0;
  }

  /**
   * Trains on batches of one size, and ends after the first whose loss is not finite. Returns the results of each step
   * that was run.
   */
  trainOn(set: FeatureSet, batches: readonly StepBatch[], learningRate: number): StepFigures[] {
    const steps = batches.map((batch, index) => ({ ...batch, alpha: adamAlpha(this.#step + index + 1, learningRate) }));
    const { state, figures } = this.steps.run(this.#state, set, steps);
    this.#state = state;
    this.#step += figures.length;
    return figures;
  }

  /** Returns the metrics of a whole set, in inference mode. */
  evaluate(set: FeatureSet): ValidationValues {
    return this.steps.evaluate(this.#state.weights, set);
  }

  /** Returns the class that the head predicts for each row of a set, and its confidence. */
  predict(set: FeatureSet): HeadAnswers {
    return predictClasses(this.steps.tf, this.#state.weights, set);
  }

  /** Returns copies of the weights. */
  weights(): Weights<Float32Array> {
    return toArrays(WEIGHT_NAMES, this.#state.weights);
  }

  /** Returns copies of the optimizer's state. */
  optimizer(): TrainingSnapshot["optimizer"] {
    const { m, v } = this.#state.moments;
    return { step: this.#step, m: toArrays(TRAINABLE_NAMES, m), v: toArrays(TRAINABLE_NAMES, v) };
  }

  dispose(): void {
    disposeState(this.steps.tf, this.#state);
  }
}
