/** The runs of the campaign, and the small data set on which they train. */
import { join } from "node:path";
import { hash } from "../model/formula_weights.ts";
import { encodeNpy } from "../npy.ts";

export interface Scenario {
  readonly name: string;
  /** The flags of `train`, without the data, the folder of runs, the epochs and the patience. */
  readonly flags: readonly string[];
  readonly epochs: number;
  /** The patience of a run that early stopping ends; null if it must not end the run. */
  readonly patience: number | null;
  /** Whether it is also started with the weights of another run. */
  readonly startsFromAnother: boolean;
  /** Whether a frozen base computes features first. */
  readonly extracts: boolean;
}

const SQUEEZENET = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--preprocess", "scale"];

function head(
  name: string,
  flags: readonly string[],
  { epochs, patience = null, startsFromAnother = true }: Pick<Scenario, "epochs"> & Partial<Scenario>,
): Scenario {
  return { name, flags: [...SQUEEZENET, ...flags], epochs, patience, startsFromAnother, extracts: true };
}

const TENSORFLOW_HEAD = head("head on tensorflow", ["--engine", "tensorflow", "--monitor", "val_loss"], {
  epochs: 120,
});
const RESTORED_HEAD = head(
  "head on tensorflow with early stopping and restored weights",
  ["--engine", "tensorflow", "--restore-best", "--seed", "5"],
  { epochs: 150, patience: 40 },
);
const SCRATCH: Scenario = {
  name: "lesson-cnn from scratch on tensorflow",
  flags: [
    ...["--base", "lesson-cnn", "--engine", "tensorflow", "--size", "32", "--batch", "16"],
    ...["--monitor", "val_loss", "--restore-best"],
  ],
  epochs: 8,
  patience: null,
  startsFromAnother: true,
  extracts: false,
};

/** Heads with every kind of layer, alone and together. */
const WASM_HEADS = [
  "linear",
  "bn",
  "dropout:0.3",
  "dense:16:relu",
  "bn,dense:16:relu,dropout:0.5",
  "dense:24:tanh,dropout:0.2",
  "bn,dense:32:sigmoid",
  "dense:16:relu,dense:8:relu",
  "bn,dropout:0.4",
  "bn,dense:16:relu,dropout:0.3,bn,dense:8:tanh,dropout:0.1",
].map((form) =>
  head(`head ${form} on wasm`, ["--engine", "wasm", "--head", form, "--monitor", "val_loss"], {
    epochs: 20,
    // One head is enough: each such start needs one more undisturbed run.
    startsFromAnother: form === "bn,dense:16:relu,dropout:0.5",
  })
);

/**
 * In the order in which seeds take them: any four in a row have three trained with TensorFlow and one with wasm. A head on
 * wasm comes twice, so that a short campaign needs few undisturbed runs.
 */
export const SCENARIOS: readonly Scenario[] = WASM_HEADS.flatMap((wasm) => {
  const four = [TENSORFLOW_HEAD, SCRATCH, wasm, RESTORED_HEAD];
  return [...four, ...four];
});

/** A patience that no run exhausts. */
const ENDLESS_PATIENCE = 1000;

/** Returns the flags of a scenario. `instead` has other epochs or another patience. */
export function flagsOf(
  { flags, epochs, patience }: Scenario,
  instead: { epochs?: number; patience?: number },
): string[] {
  const planned = { epochs, patience: patience ?? ENDLESS_PATIENCE, ...instead };
  return [...flags, "--epochs", String(planned.epochs), "--patience", String(planned.patience)];
}

const SIDE = 64;
const CLASSES = 4;
const COUNTS = { train: 320, test: 96 };

/** Writes a set of images with a different pattern for each class, hidden in noise so that learning takes epochs. */
export function writeSet(folder: string): void {
  for (const [stream, [part, count]] of Object.entries(COUNTS).entries()) {
    const pixels = new Uint8Array(count * SIDE * SIDE * 3);
    for (let index = 0; index < pixels.length; index++) {
      const [image, row] = [Math.floor(index / (SIDE * SIDE * 3)), Math.floor(index / (SIDE * 3)) % SIDE];
      const pattern = Math.floor(row / (4 * (1 + image % CLASSES))) % 2 === 0 ? 24 : 0;
      pixels[index] = pattern + (hash(index, stream) >>> 24) * 7 / 8;
    }
    const labels = Int32Array.from({ length: count }, (_, index) => index % CLASSES);
    Deno.writeFileSync(
      join(folder, `${part}_images.npy`),
      encodeNpy({ dtype: "uint8", shape: [count, SIDE, SIDE, 3], data: pixels }),
    );
    Deno.writeFileSync(
      join(folder, `${part}_labels.npy`),
      encodeNpy({ dtype: "int32", shape: [count], data: labels }),
    );
  }
}
