/**
 * The networks that the lesson trains from scratch, one episode before it turns to transfer learning. Layers have the
 * names that Keras gives them.
 */
import { LayerChain } from "./chain.ts";
import { KerasNames } from "./keras_names.ts";
import type { LayerKind, LayerSpec } from "./layer_spec.ts";
import type { ScratchNetwork } from "./scratch_network.ts";

const CONVOLUTION: LayerKind = {
  type: "Conv2D",
  filters: 50,
  kernel: 3,
  strides: 1,
  padding: "valid",
  bias: true,
  activation: "relu",
};
const POOL: LayerKind = { type: "MaxPooling2D", size: 2, strides: 2, padding: "valid" };
/** The lesson's rate, after each pooling. */
const DROPOUT: LayerKind = { type: "Dropout", rate: 0.8 };

/** The lesson's images. They are not enlarged: a network from scratch has learned no other size. */
const LESSON_SIZE = 64;
const HEAD = "dense:50:relu";

/** Three convolutions with dropout after each: 137,060 parameters for the lesson's ten classes. */
export const lessonCnn = {
  name: "lesson-cnn",
  displayName: "lesson's CNN",
  defaultSize: LESSON_SIZE,
  // The lesson trains 20 epochs without early stopping; with so much dropout, the first ones may gain nothing.
  defaultPatience: 20,
  smallestSize: 22,
  head: HEAD,
  layers: (size) => blocks(size, 3, [CONVOLUTION, POOL, DROPOUT]),
} as const satisfies ScratchNetwork;

/** Two convolutions without dropout: 514,510 parameters for the lesson's ten classes. */
export const lessonCnnPlain = {
  name: "lesson-cnn-plain",
  displayName: "lesson's plain CNN",
  defaultSize: LESSON_SIZE,
  // The lesson trains 10 epochs without early stopping.
  defaultPatience: 10,
  smallestSize: 10,
  head: HEAD,
  layers: (size) => blocks(size, 2, [CONVOLUTION, POOL]),
} as const satisfies ScratchNetwork;

function blocks(size: number, count: number, block: readonly LayerKind[]): readonly LayerSpec[] {
  const names = new KerasNames();
  const input: LayerSpec = {
    name: "input_layer",
    inputs: [],
    trainable: false,
    type: "InputLayer",
    shape: [size, size, 3],
  };
  const chain = new LayerChain(true, input.name);
  for (let number = 0; number < count; number++) {
    for (const kind of block) chain.add(names.next(kind.type), kind);
  }
  return [input, ...chain.layers];
}
