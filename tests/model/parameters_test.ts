import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { modelParameters } from "../../src/model/parameters.ts";
import type { ModelOptions } from "../../src/model/whole.ts";

const LESSON: ModelOptions = {
  base: "densenet121",
  size: 160,
  pooling: "max",
  hidden: 50,
  dropout: 0.5,
  classes: 10,
  inputHeight: 64,
  inputWidth: 64,
};

Deno.test("the lesson's model has 7,093,360 parameters, 53,808 of them trainable", () => {
  const { total, trainable, non_trainable } = modelParameters(LESSON);
  assert.deepEqual({ total, trainable, non_trainable }, {
    total: 7_093_360,
    trainable: 53_808,
    non_trainable: 7_039_552,
  });
});

Deno.test("the parameter table shows the base as one row, followed by the layers of the head", () => {
  assert.deepEqual(
    modelParameters(LESSON).rows.map((row) => [row.name, row.type, row.output_shape, row.parameters, row.trainable]),
    [
      ["densenet121", "Functional", [null, 1024], 7_037_504, 0],
      ["flatten", "Flatten", [null, 1024], 0, 0],
      ["batch_normalization", "BatchNormalization", [null, 1024], 4096, 2048],
      ["dense", "Dense", [null, 50], 51_250, 51_250],
      ["dropout", "Dropout", [null, 50], 0, 0],
      ["dense_1", "Dense", [null, 10], 510, 510],
    ],
  );
});

Deno.test("the base expands into blocks that add up to it, with their output shapes", () => {
  const [base] = modelParameters(LESSON).rows;
  assert.deepEqual(base?.blocks?.map(({ name, output_shape }) => [name, output_shape]), [
    ["conv1", [null, 80, 80, 64]],
    ["conv2", [null, 40, 40, 256]],
    ["pool2", [null, 20, 20, 128]],
    ["conv3", [null, 20, 20, 512]],
    ["pool3", [null, 10, 10, 256]],
    ["conv4", [null, 10, 10, 1024]],
    ["pool4", [null, 5, 5, 512]],
    ["conv5", [null, 5, 5, 1024]],
    ["bn", [null, 5, 5, 1024]],
  ]);
  assert.equal(base?.blocks?.reduce((sum, { parameters }) => sum + parameters, 0), base?.parameters);
});

Deno.test("the rows add up to the totals for every base", () => {
  for (const base of ["densenet121", "squeezenet11"] as const) {
    const { rows, total, trainable } = modelParameters({ ...LESSON, base, hidden: 7, classes: 3 });
    assert.equal(rows.reduce((sum, row) => sum + row.parameters, 0), total);
    assert.equal(rows.reduce((sum, row) => sum + row.trainable, 0), trainable);
    assert.deepEqual(rows[0]?.output_shape, [null, bases[base].featureWidth]);
  }
});

Deno.test("the lesson's networks from scratch have Keras's parameters and layers, each a row of its own", () => {
  const scratch = { ...LESSON, size: 64, hidden: undefined, dropout: undefined } as const;
  const plain = modelParameters({ ...scratch, base: "lesson-cnn-plain" });
  assert.deepEqual([plain.total, plain.trainable], [514_510, 514_510]);
  const { rows, total, trainable } = modelParameters({ ...scratch, base: "lesson-cnn" });
  assert.deepEqual([total, trainable], [137_060, 137_060]);
  assert.deepEqual(rows.map(({ name, output_shape, parameters }) => [name, output_shape, parameters]), [
    ["conv2d", [null, 62, 62, 50], 1400],
    ["max_pooling2d", [null, 31, 31, 50], 0],
    ["dropout", [null, 31, 31, 50], 0],
    ["conv2d_1", [null, 29, 29, 50], 22_550],
    ["max_pooling2d_1", [null, 14, 14, 50], 0],
    ["dropout_1", [null, 14, 14, 50], 0],
    ["conv2d_2", [null, 12, 12, 50], 22_550],
    ["max_pooling2d_2", [null, 6, 6, 50], 0],
    ["dropout_2", [null, 6, 6, 50], 0],
    ["flatten", [null, 1800], 0],
    ["dense", [null, 50], 90_050],
    ["dense_1", [null, 10], 510],
  ]);
});

Deno.test("a head's layers have no name that its network has already", () => {
  const options = {
    ...LESSON,
    hidden: undefined,
    dropout: undefined,
    size: 64,
    head: "dropout:0.5,bn,dense:9",
  } as const;
  const { rows } = modelParameters({ ...options, base: "lesson-cnn" });
  assert.deepEqual(rows.slice(-5).map(({ name }) => name), [
    "flatten",
    "dropout_3",
    "batch_normalization",
    "dense",
    "dense_1",
  ]);
});
