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
  Deno.test(`a folder is the ${role} part by any usual name, in any case: ${names.join(", ")}`, () => {
    for (const name of names) assert.deepEqual([partName(name)?.role, partName(name)?.prefix], [role, ""], name);
  });
}

Deno.test("a word before the part's name is told, so that only its like is its partner", () => {
  assert.deepEqual(partName("seg_train"), { role: "train", rank: 0, prefix: "seg" });
  assert.equal(partName("asl_alphabet_test")?.prefix, "asl alphabet");
});

Deno.test("a name that only begins like a part's, or holds one, is none", () => {
  for (
    const name of ["trainer", "trains", "valley", "devil", "tester", "contest", "test tube", "train station", "", "…"]
  ) {
    assert.equal(partName(name), null, name);
  }
});
