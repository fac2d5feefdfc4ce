/** Small made-up feature sets that a head can learn, with matching options. */
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { type FeatureSet, rowsInMemory } from "../../src/features/rows/feature_set.ts";
import { headLayers } from "../../src/model/head.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { type BatchSource, featureSource } from "../../src/training/batches.ts";
import { stream } from "../../src/training/random.ts";
import type { StepsSpec } from "../../src/training/steps.ts";
import type { TrainingData, TrainingEvent, TrainingOptions } from "../../src/training/train.ts";

/** A feature set with the memory in which its rows are. */
interface MadeUpSet extends FeatureSet {
  readonly features: Float32Array;
}

/** Returns features scattered around a centre of their class. */
export function madeUpSet(count: number, classes: number, width: number, seed: number): MadeUpSet {
  const random = stream(seed, "made-up");
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  const features = new Float32Array(count * width);
  features.forEach((_, place) => {
    const row = Math.floor(place / width);
    const centre = (place % width) % classes === labels[row] ? 1 : 0;
    features[place] = centre + (uniformFloat32(random) - 0.5) * 3;
  });
  return { features, rows: rowsInMemory(features, width), labels };
}

/** Returns a source of such features. */
export function madeUpSource(...given: Parameters<typeof madeUpSet>): BatchSource {
  return featureSource(madeUpSet(...given));
}

export const MADE_UP: TrainingData = { train: madeUpSource(100, 4, 12, 1), validation: madeUpSource(40, 4, 12, 2) };

/** What a head is made of. */
export interface MadeUpHead {
  readonly head?: string | undefined;
  readonly hidden?: number | undefined;
  readonly dropout?: number | undefined;
  readonly classes: number;
}

/** Returns the layers of a head on features of this width, from its input layer on. */
export function madeUpHead(width: number, head: MadeUpHead): readonly LayerSpec[] {
  const input: LayerSpec = { name: "features", type: "InputLayer", inputs: [], trainable: false, shape: [width] };
  return splitNetwork([input, ...headLayers(input.name, head)]).open;
}

/** The options of a training, and those of its head. */
export type MadeUpOptions = TrainingOptions & MadeUpHead;

export function madeUpOptions(changed: Partial<MadeUpOptions> = {}): MadeUpOptions {
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

/** Returns what the steps of a training with these options depend on. */
export function stepsSpec({ classWeights, head, hidden, dropout, classes }: MadeUpOptions, width = 12): StepsSpec {
  const asked = head === undefined ? { hidden, dropout } : { head };
  return { layers: madeUpHead(width, { ...asked, classes }), weighted: classWeights !== null };
}

export function eventsOf<T extends TrainingEvent["type"]>(
  events: readonly TrainingEvent[],
  type: T,
): Extract<TrainingEvent, { type: T }>[] {
  return events.filter((event): event is Extract<TrainingEvent, { type: T }> => event.type === type);
}
