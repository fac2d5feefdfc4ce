/** How the head's steps are run: op by op here, several at a time as one graph in graph_steps.ts. Both give equal bits. */
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import { disposeState, gatherLabels, gatherRows, type StepFigures, type StepInput } from "./batches.ts";
import type { HeadShape, Weights } from "./head_weights.ts";
import type { ValidationValues } from "../metrics.ts";
import { evaluateHead, takeNumber } from "./inference.ts";
import { type StepState, trainingStep } from "./step.ts";
import type { Tensor } from "@tensorflow/tfjs";

export interface HeadSteps {
  readonly tf: Tf;
  /**
   * The number of the next `left` steps, all of one batch size, that one call should run. Commands are not processed until
   * the call returns.
   */
  stepsPerCall(left: number): number;
  /**
   * Trains on batches of one size, one after the other, and ends after the first whose loss is not finite. Takes the
   * state, whose tensors are disposed, and gives the new one.
   */
  run(state: StepState, set: FeatureSet, steps: readonly StepInput[]): { state: StepState; figures: StepFigures[] };
  /** Returns the metrics over a whole set, in inference mode. */
  evaluate(weights: Weights<Tensor>, set: FeatureSet): ValidationValues;
  /** Frees what was set up. */
  dispose(): void;
}

/** What the steps of a head depend on. */
export interface HeadStepsShape {
  readonly head: HeadShape;
  /** Whether the dropout rate is above 0. */
  readonly dropout: boolean;
  /** Whether steps get sample weights. */
  readonly weighted: boolean;
}

/** Returns steps that run op by op. Every engine can; they are the reference for the graph. */
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
