/**
 * Runs the head's training steps. This file runs them op by op; graph_steps.ts runs several at a time as one graph. The
 * results are the same, bit for bit.
 */
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import { disposeState, gatherLabels, gatherRows, type StepFigures, type StepInput } from "./batches.ts";
import type { HeadShape, Weights } from "./head_weights.ts";
import type { ValidationValues } from "../metrics.ts";
import { evaluateHead, takeNumber } from "./inference.ts";
import { type StepState, trainingStep } from "./step.ts";
import type { Tensor } from "@tensorflow/tfjs";

/** A way to run the training steps of a head. */
export interface HeadSteps {
  readonly tf: Tf;
  /**
   * Returns how many of the next `left` steps, all with the same batch size, one call should run. Commands are not
   * processed until the call returns.
   */
  stepsPerCall(left: number): number;
  /**
   * Trains on batches of one size, in order, and ends after the first step whose loss is not finite. Disposes the
   * tensors of the given state and returns the new state.
   */
  run(state: StepState, set: FeatureSet, steps: readonly StepInput[]): { state: StepState; figures: StepFigures[] };
  /** Returns the metrics of a whole set, in inference mode. */
  evaluate(weights: Weights<Tensor>, set: FeatureSet): ValidationValues;
  /** Frees the captured graphs, if there are any. */
  dispose(): void;
}

/** The properties of a run that its training steps depend on. */
export interface HeadStepsShape {
  readonly head: HeadShape;
  /** Whether the dropout rate is above 0. */
  readonly dropout: boolean;
  /** Whether steps have sample weights. */
  readonly weighted: boolean;
}

/** Returns steps that run op by op, which works on every engine. Tests compare the graph with them. */
export function eagerSteps(tf: Tf, { head }: HeadStepsShape): HeadSteps {
  return {
    tf,
    stepsPerCall: () => 1,
    run(state, set, steps) {
      const figures: StepFigures[] = [];
      for (const step of steps) {
        const inputs = {
          features: tf.tensor2d(gatherRows(set, [step]), [step.rows.length, set.width], "float32"),
          labels: tf.tensor1d(gatherLabels(set, [step]), "int32"),
          mask: step.mask === null ? null : tf.tensor2d(step.mask, [step.rows.length, head.hidden], "float32"),
          sampleWeights: step.sampleWeights === null ? null : tf.tensor1d(step.sampleWeights, "float32"),
          alpha: tf.scalar(step.alpha, "float32"),
        };
        const { loss, correct, ...next } = trainingStep(tf, state, inputs, inputs.alpha);
        tf.dispose(Object.values<Tensor | null>(inputs).filter((tensor) => tensor !== null));
        disposeState(tf, state);
        state = next;
        const found = { loss: takeNumber(loss), correct: takeNumber(correct) };
        figures.push(found);
        if (!Number.isFinite(found.loss)) break;
      }
      return { state, figures };
    },
    evaluate: (weights, set) => evaluateHead(tf, weights, set),
    dispose() {},
  };
}
