/**
 * Runs training steps as one TensorFlow graph, several steps in one call. Keras calls this
 * steps_per_execution.
 */
import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import { Turns } from "../turns.ts";
import type { Tf } from "../engine/engine.ts";
import { capture, type InputSpec, type Seen } from "../engine/tensorflow/capture/capture.ts";
import { captureLoop } from "../engine/tensorflow/capture/capture_loop.ts";
import { sizeOf } from "../model/layers.ts";
import { byName, named, networkWeights, trainableNames } from "../model/network_weights.ts";
import { disposeState, type StepFigures, type StepsInput } from "./batches.ts";
import { takeNumber } from "./inference.ts";
import { toTensors } from "./initial_weights.ts";
import { Pace } from "./pace.ts";
import { type StepState, trainingStep } from "./step.ts";
import { dropoutLayers, inputShape, type Steps, type StepsSpec } from "./steps.ts";

/** Runs the steps of one call. Returns the new state and the results of each step. */
type Loop = (state: StepState, input: StepsInput) => { state: StepState; figures: StepFigures[] };

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
export class GraphSteps implements Steps {
  readonly #loops = new Map<number, { readonly run: Loop; readonly dispose: () => void }>();
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  readonly #mostPerCall: number;

  constructor(
    readonly tf: Tf,
    private readonly spec: StepsSpec,
    { nowMs = () => performance.now(), mostPerCall = Infinity }: GraphStepsOptions = {},
  ) {
    this.#pace = new Pace();
    this.#nowMs = nowMs;
    this.#mostPerCall = mostPerCall;
  }

  get layers(): StepsSpec["layers"] {
    return this.spec.layers;
  }

  /**
   * Captures and runs a step of each batch size, so that TensorFlow has optimized the graphs before training begins.
   */
  async warmUp(batchSizes: readonly number[]): Promise<void> {
    const { layers, weighted } = this.spec;
    const width = sizeOf(inputShape(layers));
    const dropouts = dropoutLayers(layers);
    const turns = new Turns();
    for (const batchSize of batchSizes) {
      // Each capture takes 0.1 s to 0.2 s. Signals and messages are processed in between.
      await turns.next();
      const masks = Object.fromEntries(dropouts.map(({ name, units }) => [name, new Float32Array(batchSize * units)]));
      const sampleWeights = weighted ? new Float32Array(batchSize) : null;
      const step = { rows: new Int32Array(batchSize), masks, sampleWeights, alpha: 0 };
      const { run } = this.#loop(batchSize);
      const state = this.#zeroState();
      const warm = run(state, {
        steps: [step, step],
        input: new Float32Array(2 * batchSize * width),
        labels: new Int32Array(2 * batchSize),
      });
      disposeState(this.tf, state);
      disposeState(this.tf, warm.state);
    }
  }

  stepsPerCall(left: number): number {
    return Math.min(left, this.#mostPerCall, this.#pace.stepsPerCall);
  }

  run(state: StepState, input: StepsInput): { state: StepState; figures: StepFigures[] } {
    const { steps } = input;
    const batchSize = steps[0]?.rows.length;
    if (batchSize === undefined) return { state, figures: [] };
    if (steps.some(({ rows }) => rows.length !== batchSize)) {
      throw new Error("all batches of a call must have the same size");
    }
    const { run } = this.#loop(batchSize);
    const sinceMs = this.#nowMs();
    let done = run(state, input);
    this.#pace.note(steps.length, this.#nowMs() - sinceMs);
    const broken = done.figures.findIndex(({ loss }) => !Number.isFinite(loss));
    if (broken >= 0 && broken < steps.length - 1) {
      // Steps after a loss that is not finite must not take effect, so the call is repeated without them. The steps
      // before it give the same bits again.
      disposeState(this.tf, done.state);
      done = run(state, { ...input, steps: steps.slice(0, broken + 1) });
    }
    disposeState(this.tf, state);
    return done;
  }

  dispose(): void {
    for (const { dispose } of this.#loops.values()) dispose();
    this.#loops.clear();
  }

  #loop(batchSize: number) {
    const known = this.#loops.get(batchSize);
    if (known) return known;
    const pools = this.spec.layers.some(({ type }) => type === "MaxPooling2D");
    const made = (pools ? captureSingleSteps : captureSteps)(this.tf, this.spec, batchSize);
    this.#loops.set(batchSize, made);
    return made;
  }

  #zeroState(): StepState {
    const { tf } = this;
    const { layers } = this.spec;
    const zeros = (names: readonly string[]) => {
      const sizes = new Map(networkWeights(layers).map(({ name, size }) => [name, size]));
      return toTensors(tf, layers, byName(names, (name) => new Float32Array(sizes.get(name) ?? 0)));
    };
    const trained = trainableNames(layers);
    const all = networkWeights(layers).map(({ name }) => name);
    return { weights: zeros(all), moments: { m: zeros(trained), v: zeros(trained) } };
  }
}

/** A network's step as a function of trees of tensors, and the shapes of these. */
function describeStep({ layers, weighted }: StepsSpec, batchSize: number) {
  const float = <T extends Tensor>(shape: readonly number[]): InputSpec<T> => ({ dtype: "float32", shape });
  const specs = Object.fromEntries(networkWeights(layers).map(({ name, shape }) => [name, float(shape)]));
  const trainable = byName(trainableNames(layers), (name) => named(specs, name));
  const masks = dropoutLayers(layers).map(({ name, shape }) => [name, float([batchSize, ...shape])] as const);
  return {
    state: { weights: specs, moments: { m: trainable, v: trainable } },
    step: {
      input: float([batchSize, ...inputShape(layers)]),
      labels: { dtype: "int32", shape: [batchSize] } as InputSpec<Tensor1D>,
      masks: Object.fromEntries(masks),
      sampleWeights: weighted ? float<Tensor1D>([batchSize]) : null,
      alpha: float<Scalar>([]),
    },
  };
}

type StepTensors = Seen<ReturnType<typeof describeStep>["step"]>;

/** Runs one step. Returns the new state and the figures as tensors. */
function oneStep(tf: Tf, layers: StepsSpec["layers"], state: StepState, { alpha, ...batch }: StepTensors) {
  const { weights, moments, loss, correct } = trainingStep(tf, layers, state, batch, alpha);
  return { state: { weights, moments }, results: { loss, correct } };
}

/** Captures a loop over steps, which runs any number of them in one call. */
function captureSteps(tf: Tf, spec: StepsSpec, batchSize: number) {
  const { layers, weighted } = spec;
  const dropouts = dropoutLayers(layers);
  const loop = captureLoop(
    tf,
    "the training step",
    (state, step) => oneStep(tf, layers, state, step),
    describeStep(spec, batchSize),
  );
  const run: Loop = (state, { steps, input, labels }) => {
    const { state: next, results } = loop(state, {
      input,
      labels,
      masks: Object.fromEntries(
        dropouts.map((
          { name, units },
        ) => [name, joined(steps.map(({ masks }) => named(masks, name)), batchSize * units)]),
      ),
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

/**
 * Captures a single step. The steps of a network with poolings take so long that a loop has nothing to gain, and in a
 * graph with a loop oneDNN does not find a pooling that belongs to a pooling's gradient, which is then eight times
 * slower.
 */
function captureSingleSteps(tf: Tf, spec: StepsSpec, batchSize: number) {
  const { layers, weighted } = spec;
  const step = capture(
    tf,
    "the training step",
    ({ state, step }) => oneStep(tf, layers, state, step),
    describeStep(spec, batchSize),
  );
  const run: Loop = (first, { steps, input, labels }) => {
    const width = input.length / labels.length;
    let state = first;
    const figures = steps.map(({ masks, sampleWeights, alpha }, index) => {
      const [from, to] = [index * batchSize, (index + 1) * batchSize];
      const { state: next, results: { loss, correct } } = step({
        state,
        step: {
          input: input.subarray(from * width, to * width),
          labels: labels.subarray(from, to),
          masks,
          sampleWeights: weighted ? joined([sampleWeights], batchSize) : null,
          alpha: Float32Array.of(alpha),
        },
      });
      if (state !== first) disposeState(tf, state);
      state = next;
      return { loss: takeNumber(loss), correct: takeNumber(correct) };
    });
    return { state, figures };
  };
  return { run, dispose: () => step.dispose() };
}

/** Concatenates one array of `length` numbers for each step. A null array becomes zeros. */
function joined(arrays: readonly (Float32Array | null)[], length: number): Float32Array {
  const all = new Float32Array(arrays.length * length);
  arrays.forEach((array, index) => {
    if (array) all.set(array, index * length);
  });
  return all;
}
