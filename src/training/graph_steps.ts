/**
 * Runs the head's training steps as one TensorFlow graph, several steps in one call. Keras calls this
 * steps_per_execution.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import { Turns } from "../turns.ts";
import type { Tf } from "../engine/engine.ts";
import type { InputSpec } from "../engine/tensorflow/capture/capture.ts";
import { captureLoop } from "../engine/tensorflow/capture/capture_loop.ts";
import { disposeState, gatherLabels, gatherRows, type StepFigures, type StepInput } from "./batches.ts";
import type { HeadSteps, HeadStepsShape } from "./head_steps.ts";
import { mapNames, TRAINABLE_NAMES, WEIGHT_NAMES, weightShapes } from "./head_weights.ts";
import { evaluateHead } from "./inference.ts";
import { Pace } from "./pace.ts";
import { type StepState, trainingStep } from "./step.ts";

/** Runs the steps of one call. Returns the new state and the results of each step. */
type Loop = (state: StepState, steps: readonly StepInput[], features: Float32Array, labels: Int32Array) => {
  state: StepState;
  figures: StepFigures[];
};

/** Settings that tests replace. */
export interface GraphStepsOptions {
  /** A monotonic clock. */
  readonly nowMs?: () => number;
  /** The maximum number of steps in one call. */
  readonly mostPerCall?: number;
}

/**
 * Runs training steps as captured graphs, one graph for each batch size. A graph is captured when a batch of its size
 * is first run, or earlier by `warmUp`. The results are the same, bit for bit, however many steps one call runs.
 */
export class GraphSteps implements HeadSteps {
  readonly #loops = new Map<number, { readonly run: Loop; readonly dispose: () => void }>();
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  readonly #mostPerCall: number;

  constructor(
    readonly tf: Tf,
    private readonly shape: HeadStepsShape,
    { nowMs = () => performance.now(), mostPerCall = Infinity }: GraphStepsOptions = {},
  ) {
    this.#pace = new Pace();
    this.#nowMs = nowMs;
    this.#mostPerCall = mostPerCall;
  }

  /**
   * Captures and runs a step of each batch size, so that TensorFlow has optimized the graphs before training begins.
   */
  async warmUp(batchSizes: readonly number[]): Promise<void> {
    const { head, dropout, weighted } = this.shape;
    const turns = new Turns();
    for (const batchSize of batchSizes) {
      // Each capture takes 0.1 s to 0.2 s. Signals and messages are processed in between.
      await turns.next();
      const rows = new Int32Array(batchSize);
      const mask = dropout ? new Float32Array(batchSize * head.hidden) : null;
      const set = { features: new Float32Array(head.width), width: head.width, count: 1, labels: new Int32Array(1) };
      const sampleWeights = weighted ? new Float32Array(batchSize) : null;
      const step = { rows, mask, sampleWeights, alpha: 0 };
      const { run } = this.#loop(batchSize);
      const state = this.#zeroState();
      const warm = run(state, [step, step], gatherRows(set, [step, step]), new Int32Array(2 * batchSize));
      disposeState(this.tf, state);
      disposeState(this.tf, warm.state);
    }
  }

  stepsPerCall(left: number): number {
    return Math.min(left, this.#mostPerCall, this.#pace.stepsPerCall);
  }

  run(state: StepState, set: FeatureSetOf, steps: readonly StepInput[]): { state: StepState; figures: StepFigures[] } {
    const batchSize = steps[0]?.rows.length;
    if (batchSize === undefined) return { state, figures: [] };
    if (steps.some(({ rows }) => rows.length !== batchSize)) {
      throw new Error("all batches of a call must have the same size");
    }
    const { run } = this.#loop(batchSize);
    const features = gatherRows(set, steps);
    const labels = gatherLabels(set, steps);
    const sinceMs = this.#nowMs();
    let done = run(state, steps, features, labels);
    this.#pace.note(steps.length, this.#nowMs() - sinceMs);
    const broken = done.figures.findIndex(({ loss }) => !Number.isFinite(loss));
    if (broken >= 0 && broken < steps.length - 1) {
      // Steps after a loss that is not finite must not take effect, so the call is repeated without them. The steps
      // before it give the same bits again.
      disposeState(this.tf, done.state);
      done = run(state, steps.slice(0, broken + 1), features, labels);
    }
    disposeState(this.tf, state);
    return done;
  }

  evaluate(weights: Parameters<HeadSteps["evaluate"]>[0], set: FeatureSetOf): ReturnType<HeadSteps["evaluate"]> {
    return evaluateHead(this.tf, weights, set);
  }

  dispose(): void {
    for (const { dispose } of this.#loops.values()) dispose();
    this.#loops.clear();
  }

  #loop(batchSize: number) {
    const known = this.#loops.get(batchSize);
    if (known) return known;
    const made = captureSteps(this.tf, this.shape, batchSize);
    this.#loops.set(batchSize, made);
    return made;
  }

  #zeroState(): StepState {
    const { tf } = this;
    const shapes = weightShapes(this.shape.head);
    const zeros = <N extends keyof typeof shapes>(names: readonly N[]) =>
      mapNames(names, (name) => tf.zeros(shapes[name]));
    return {
      weights: zeros(WEIGHT_NAMES),
      moments: { m: zeros(TRAINABLE_NAMES), v: zeros(TRAINABLE_NAMES) },
    };
  }
}

type FeatureSetOf = Parameters<HeadSteps["run"]>[1];

/** Captures the training step for one batch size as a loop. */
function captureSteps(tf: Tf, { head, dropout, weighted }: HeadStepsShape, batchSize: number) {
  const shapes = weightShapes(head);
  const float = <T extends Tensor>(shape: readonly number[]): InputSpec<T> => ({ dtype: "float32", shape });
  const trainable = mapNames(TRAINABLE_NAMES, (name) => float(shapes[name]));
  const loop = captureLoop(
    tf,
    "the head's training step",
    ({ weights, moments }, { features, labels, mask, sampleWeights, alpha }) => {
      const batch = { features, labels, mask, sampleWeights };
      const { loss, correct, ...state } = trainingStep(tf, { weights, moments }, batch, alpha);
      return { state: { weights: state.weights, moments: state.moments }, results: { loss, correct } };
    },
    {
      state: {
        weights: mapNames(WEIGHT_NAMES, (name) => float(shapes[name])),
        moments: { m: trainable, v: trainable },
      },
      step: {
        features: float<Tensor2D>([batchSize, head.width]),
        labels: { dtype: "int32", shape: [batchSize] } as InputSpec<Tensor1D>,
        mask: dropout ? float<Tensor2D>([batchSize, head.hidden]) : null,
        sampleWeights: weighted ? float<Tensor1D>([batchSize]) : null,
        alpha: float<Scalar>([]),
      },
    },
  );
  const run: Loop = (state, steps, features, labels) => {
    const { state: next, results } = loop(state, {
      features,
      labels,
      mask: dropout ? joined(steps.map(({ mask }) => mask), batchSize * head.hidden) : null,
      sampleWeights: weighted ? joined(steps.map(({ sampleWeights }) => sampleWeights), batchSize) : null,
      alpha: Float32Array.from(steps, ({ alpha }) => alpha),
    }, steps.length);
    const losses = results.loss.dataSync();
    const correct = results.correct.dataSync();
    const figures = steps.map((_, index) => ({ loss: at(losses, index), correct: at(correct, index) }));
    tf.dispose([results.loss, results.correct]);
    return { state: next, figures };
  };
  return { run, dispose: () => loop.dispose() };
}

/** Concatenates one array of `length` numbers for each step. A null array becomes zeros. */
function joined(arrays: readonly (Float32Array | null)[], length: number): Float32Array {
  const all = new Float32Array(arrays.length * length);
  arrays.forEach((array, index) => {
    if (array) all.set(array, index * length);
  });
  return all;
}
