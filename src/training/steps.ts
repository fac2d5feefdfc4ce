/**
 * Runs the training steps of a network. This file runs them op by op; graph_steps.ts runs several at a time as one
 * graph. The results are the same, bit for bit.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import { describe } from "../model/layers.ts";
import { byName, named, type Weights } from "../model/network_weights.ts";
import { disposeState, type StepFigures, type StepsInput } from "./batches.ts";
import { takeNumber } from "./inference.ts";
import { type StepState, trainingStep } from "./step.ts";

/** A way to run the training steps of a network. */
export interface Steps {
  readonly tf: Tf;
  readonly layers: readonly LayerSpec[];
  /**
   * Returns how many of the next `left` steps, all with the same batch size, one call should run. Commands are not
   * processed until the call returns.
   */
  stepsPerCall(left: number): number;
  /**
   * Trains on batches of one size, in order, and ends after the first step whose loss is not finite. Disposes the
   * tensors of the given state and returns the new state.
   */
  run(state: StepState, input: StepsInput): { state: StepState; figures: StepFigures[] };
  /** Frees the captured graphs, if there are any. */
  dispose(): void;
}

/** The properties of a run that its training steps depend on. */
export interface StepsSpec {
  /** The layers that are trained, from their input layer to the logits. */
  readonly layers: readonly LayerSpec[];
  /** Whether steps have sample weights. */
  readonly weighted: boolean;
}

/** A layer that drops units in training. */
export interface DropoutLayer {
  readonly name: string;
  readonly rate: number;
  /** The shape of its input, without the batch. */
  readonly shape: readonly number[];
  /** The number of units. */
  readonly units: number;
}

/** Returns the layers that drop units. Those with a rate of 0 drop none and are left out. */
export function dropoutLayers(layers: readonly LayerSpec[]): DropoutLayer[] {
  return describe(layers).flatMap(({ name, outputShape }, index) => {
    const layer = at(layers, index);
    const shape = outputShape.slice(1).map((extent) => extent ?? 0);
    const units = shape.reduce((product, extent) => product * extent, 1);
    return layer.type === "Dropout" && layer.rate > 0 ? [{ name, rate: layer.rate, shape, units }] : [];
  });
}

/** Returns the shape of a network's input, without the batch. */
export function inputShape(layers: readonly LayerSpec[]): readonly number[] {
  const first = at(layers, 0);
  if (first.type !== "InputLayer") throw new Error("a network begins with its input layer");
  return first.shape;
}

/** Returns steps that run op by op, which works on every engine. Tests compare the graph with them. */
export function eagerSteps(tf: Tf, { layers }: StepsSpec): Steps {
  const dropouts = dropoutLayers(layers);
  const shape = inputShape(layers);
  return {
    tf,
    layers,
    stepsPerCall: () => 1,
    run(state, { steps, input, labels }) {
      const figures: StepFigures[] = [];
      const batchSize = labels.length / steps.length;
      const width = input.length / labels.length;
      for (const [index, { masks, sampleWeights, alpha }] of steps.entries()) {
        const from = index * batchSize;
        const batch = {
          input: tf.tensor(input.subarray(from * width, (from + batchSize) * width), [batchSize, ...shape], "float32"),
          labels: tf.tensor1d(labels.subarray(from, from + batchSize), "int32"),
          masks: maskTensors(masks, batchSize),
          sampleWeights: sampleWeights === null ? null : tf.tensor1d(sampleWeights, "float32"),
        };
        const step = tf.scalar(alpha, "float32");
        const { loss, correct, ...next } = trainingStep(tf, layers, state, batch, step);
        tf.dispose([batch.input, batch.labels, ...Object.values(batch.masks), step]);
        batch.sampleWeights?.dispose();
        disposeState(tf, state);
        state = next;
        const found = { loss: takeNumber(loss), correct: takeNumber(correct) };
        figures.push(found);
        if (!Number.isFinite(found.loss)) break;
      }
      return { state, figures };
    },
    dispose() {},
  };

  function maskTensors(masks: Weights<Float32Array>, batchSize: number): Weights<Tensor> {
    const given = new Map(dropouts.map((layer) => [layer.name, layer]));
    return byName([...given.keys()], (name) => {
      const extents = given.get(name)?.shape ?? [];
      return tf.tensor(named(masks, name), [batchSize, ...extents], "float32");
    });
  }
}
