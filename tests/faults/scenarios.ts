/** The runs of the campaign, and the small data set on which they train. */
import { join } from "node:path";
import { hash } from "../model/formula_weights.ts";
import { encodeNpy } from "../npy.ts";

export interface Scenario {
  readonly name: string;
  /** The flags of `train`, without the data and the folder of runs. */
  readonly flags: readonly string[];
  readonly epochs: number;
  /** Whether a frozen base computes features first. */
  readonly extracts: boolean;
}

const SQUEEZENET = ["--base", "squeezenet11", "--weights", "random", "--size", "64", "--preprocess", "scale"];
const NEVER_EARLY = ["--patience", "1000"];

function head(name: string, epochs: number, ...flags: readonly string[]): Scenario {
  return { name, flags: [...SQUEEZENET, "--epochs", String(epochs), ...flags], epochs, extracts: true };
}

const TENSORFLOW_HEAD = head(
  "head on tensorflow",
  120,
  ...["--engine", "tensorflow", "--monitor", "val_loss", ...NEVER_EARLY],
);
const RESTORED_HEAD = head(
  "head on tensorflow with early stopping and restored weights",
  150,
  ...["--engine", "tensorflow", "--patience", "40", "--restore-best", "--seed", "5"],
);
const SCRATCH: Scenario = {
  name: "lesson-cnn from scratch on tensorflow",
  flags: [
    ...["--base", "lesson-cnn", "--engine", "tensorflow", "--size", "32", "--batch", "16", "--epochs", "16"],
    ...["--monitor", "val_loss", "--restore-best", ...NEVER_EARLY],
  ],
  epochs: 16,
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
  head(`head ${form} on wasm`, 40, "--engine", "wasm", "--head", form, ...["--monitor", "val_loss"], ...NEVER_EARLY)
);

/** In the order in which seeds take them: any four in a row have three trained with TensorFlow and one with wasm. */
export const SCENARIOS: readonly Scenario[] = WASM_HEADS.flatMap((wasm) => [
  TENSORFLOW_HEAD,
  SCRATCH,
  wasm,
  RESTORED_HEAD,
]);

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
