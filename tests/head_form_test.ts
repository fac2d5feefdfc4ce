import assert from "node:assert/strict";
import { headForm, HeadFormError, LESSON_HEAD, parseHead } from "../src/head_form.ts";

const BN = { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 };

Deno.test("the default head is the lesson's: batch normalization, 50 hidden units, dropout 0.5", () => {
  assert.equal(LESSON_HEAD, "bn,dense:50:relu,dropout:0.5");
  assert.equal(headForm({}), LESSON_HEAD);
  assert.deepEqual(parseHead(LESSON_HEAD), [
    BN,
    { type: "Dense", units: 50, activation: "relu" },
    { type: "Dropout", rate: 0.5 },
  ]);
});

Deno.test("--hidden and --dropout change the default head", () => {
  assert.equal(headForm({ hidden: 7 }), "bn,dense:7:relu,dropout:0.5");
  assert.equal(headForm({ dropout: 0.25 }), "bn,dense:50:relu,dropout:0.25");
  // The smallest numbers are written with an exponent, which the short form accepts.
  assert.deepEqual(parseHead(headForm({ dropout: 1e-7 })).at(-1), { type: "Dropout", rate: 1e-7 });
});

Deno.test("a linear head has no layers before the output, and a deeper one has as many as are written", () => {
  assert.deepEqual(parseHead("linear"), []);
  assert.deepEqual(parseHead("bn, dense:128:relu, dropout:.3, bn, dense:64:tanh, dense:3"), [
    BN,
    { type: "Dense", units: 128, activation: "relu" },
    { type: "Dropout", rate: 0.3 },
    BN,
    { type: "Dense", units: 64, activation: "tanh" },
    { type: "Dense", units: 3, activation: "linear" },
  ]);
});

for (
  const [form, piece, remedy] of [
    ["bn,conv:3", "conv:3", "Use bn, dense:UNITS:ACTIVATION or dropout:RATE"],
    ["dense", "dense", "UNITS must be a whole number from 1 to 65536"],
    ["dense:0", "dense:0", "UNITS must be a whole number from 1 to 65536"],
    ["dense:1.5", "dense:1.5", "UNITS must be a whole number"],
    ["dense:65537", "dense:65537", "UNITS must be a whole number from 1 to 65536"],
    [
      "dense:9:relux",
      "dense:9:relux",
      "ACTIVATION must be one of linear, relu, tanh, sigmoid. Write, for example, dense:9",
    ],
    ["dense:9:relu:2", "dense:9:relu:2", "ACTIVATION must be one of"],
    ["dropout", "dropout", "RATE must be a number from 0 to less than 1"],
    ["dropout:1", "dropout:1", "RATE must be a number from 0 to less than 1"],
    ["dropout:-0.5", "dropout:-0.5", "RATE must be a number from 0 to less than 1"],
    ["bn:0.9", "bn:0.9", "Write bn."],
    ["bn,,dense:3", '""', "Remove the comma"],
    ["bn,", '""', "Remove the comma"],
    ["linear,bn", "linear", "Use --head linear alone"],
  ] as const
) {
  Deno.test(`a wrong head is refused by its wrong piece, with what is allowed: ${form}`, () =>
    assert.throws(
      () => parseHead(form),
      (error) =>
        error instanceof HeadFormError && error.message.startsWith(`${piece}: `) && error.message.includes(remedy) &&
        !error.message.includes("\n"),
    ));
}
