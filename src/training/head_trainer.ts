/** The head while it is being trained: owns the tensors of its weights and of the optimizer. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/feature_set.ts";
import { adamAlpha } from "./adam.ts";
import {
  type HeadShape,
  mapNames,
  toArrays,
  toTensors,
  TRAINABLE_NAMES,
  WEIGHT_NAMES,
  type Weights,
} from "./head_weights.ts";
import { evaluateHead, takeNumber } from "./inference.ts";
import type { TrainingSnapshot } from "./snapshot.ts";
import { type StepState, trainingStep } from "./step.ts";

export interface BatchFigures {
  /** Mean over the batch. */
  readonly loss: number;
  readonly correct: number;
}

export class HeadTrainer {
  #state: StepState;
  #step: number;

  constructor(
    private readonly tf: Tf,
    private readonly shape: HeadShape,
    weights: Weights<Float32Array>,
    optimizer: TrainingSnapshot["optimizer"] | null,
  ) {
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
   * Trains on the rows named by `rows`.
   * @param mask rows × hidden, inverted dropout; null where nothing is dropped.
   */
  trainOn(set: FeatureSet, rows: Int32Array, mask: Float32Array | null, learningRate: number): BatchFigures {
    const { tf, shape } = this;
    this.#step++;
    const inputs = {
      features: tf.tensor2d(gatherRows(set, rows), [rows.length, set.width], "float32"),
      labels: tf.tensor1d(Int32Array.from(rows, (row) => set.labels[row] ?? 0), "int32"),
      mask: mask === null ? null : tf.tensor2d(mask, [rows.length, shape.hidden], "float32"),
      alpha: tf.scalar(adamAlpha(this.#step, learningRate), "float32"),
    };
    const result = trainingStep(tf, this.#state, inputs, inputs.alpha);
    tf.dispose([inputs.features, inputs.labels, inputs.alpha, ...(inputs.mask ? [inputs.mask] : [])]);
    disposeState(tf, this.#state);
    this.#state = { weights: result.weights, moments: result.moments };
    return { loss: takeNumber(result.loss), correct: takeNumber(result.correct) };
  }

  /** Mean loss and accuracy over a whole set, in inference mode. */
  evaluate(set: FeatureSet): { loss: number; accuracy: number } {
    return evaluateHead(this.tf, this.#state.weights, set);
  }

  /** Copies of the weights. */
  weights(): Weights<Float32Array> {
    return toArrays(WEIGHT_NAMES, this.#state.weights);
  }

  /** Copies of the optimizer's state. */
  optimizer(): TrainingSnapshot["optimizer"] {
    const { m, v } = this.#state.moments;
    return { step: this.#step, m: toArrays(TRAINABLE_NAMES, m), v: toArrays(TRAINABLE_NAMES, v) };
  }

  dispose(): void {
    disposeState(this.tf, this.#state);
  }
}

function disposeState(tf: Tf, { weights, moments }: StepState): void {
  tf.dispose([...Object.values<Tensor>(weights), ...Object.values(moments.m), ...Object.values(moments.v)]);
}

function gatherRows({ features, width }: FeatureSet, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, index) => gathered.set(features.subarray(row * width, (row + 1) * width), index * width));
  return gathered;
}
