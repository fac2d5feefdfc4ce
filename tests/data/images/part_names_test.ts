import assert from "node:assert/strict";
import { partName } from "../../../src/data/images/part_names.ts";

const PARTS = {
  train: [
    "train",
    "Train",
    "TRAINING",
    "training_set",
    "Training Set",
    "trainset",
    "train-data",
    "1_train",
    "train_images",
  ],
  validation: ["val", "VALID", "Validation", "validation_set", "dev", "Dev-Set", "eval", "test", "Testing", "test_set"],
};

for (const [role, names] of Object.entries(PARTS)) {
  Deno.test(`a folder is the ${role} part under any usual name, in any case: ${names.join(", ")}`, () => {
    for (const name of names) assert.deepEqual([partName(name)?.role, partName(name)?.prefix], [role, ""], name);
  });
}

Deno.test("a word before the part's name is recognized, so that only folders with the same word are paired", () => {
  assert.deepEqual(partName("seg_train"), { role: "train", rank: 0, prefix: "seg" });
  assert.equal(partName("asl_alphabet_test")?.prefix, "asl alphabet");
});

Deno.test("a name that merely begins with or contains a part's name is not a part", () => {
  for (
    const name of ["trainer", "trains", "valley", "devil", "tester", "contest", "test tube", "train station", "", "…"]
  ) {
    assert.equal(partName(name), null, name);
  }
});
