/** Small made-up feature sets that a head can learn, with matching options. */
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import type { FeatureSet } from "../../src/features/rows/feature_set.ts";
import { stream } from "../../src/training/random.ts";
import type { HeadStepsShape } from "../../src/training/head_steps.ts";
import type { TrainingData, TrainingEvent, TrainingOptions } from "../../src/training/train.ts";

/** Returns features scattered around a centre of their class. */
export function madeUpSet(count: number, classes: number, width: number, seed: number): FeatureSet {
  const random = stream(seed, "made-up");
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  const features = new Float32Array(count * width);
  features.forEach((_, place) => {
    const row = Math.floor(place / width);
    const centre = (place % width) % classes === labels[row] ? 1 : 0;
    features[place] = centre + (uniformFloat32(random) - 0.5) * 3;
  });
  return { features, width, count, labels };
}

export const MADE_UP: TrainingData = { train: madeUpSet(100, 4, 12, 1), validation: madeUpSet(40, 4, 12, 2) };

export function madeUpOptions(changed: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    epochs: 6,
    batchSize: 32,
    hidden: 16,
    classes: 4,
    dropout: 0.5,
    learningRate: 0.01,
    seed: 2,
    shuffle: true,
    classWeights: null,
    earlyStopping: {
      monitor: "val_accuracy",
      mode: "max",
      minDelta: 0,
      patience: 100,
      baseline: null,
      startFromEpoch: 0,
    },
    restoreBest: false,
    ...changed,
  };
}

/** Returns a way of making the steps that train with these options on the made-up sets. */
export function stepsShape({ hidden, classes, dropout, classWeights }: TrainingOptions, width = 12): HeadStepsShape {
  return { head: { width, hidden, classes }, dropout: dropout > 0, weighted: classWeights !== null };
}

export function eventsOf<T extends TrainingEvent["type"]>(
  events: readonly TrainingEvent[],
  type: T,
): Extract<TrainingEvent, { type: T }>[] {
  return events.filter((event): event is Extract<TrainingEvent, { type: T }> => event.type === type);
}
