/** The formats whose mutations are tried: valid samples of each, and everything in Headlight that reads such a file. */
import { dirname, join } from "node:path";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { trainOptions } from "../../src/commands/train_options.ts";
import { initialState, reduce } from "../../src/dashboard/view/state.ts";
import { plainLines } from "../../src/dashboard/plain/plain_lines.ts";
import { openNpyFolder } from "../../src/data/arrays/npy_folder.ts";
import { checkPixelScale } from "../../src/data/dataset/pixel_scale.ts";
import { LOGITS } from "../../src/config.ts";
import { HeadlightError } from "../../src/errors.ts";
import { fileNetwork } from "../../src/model/base_network.ts";
import { cutOf, describeModel } from "../../src/model/cut.ts";
import { upToLogits } from "../../src/model/logits.ts";
import { readKerasArchive } from "../../src/model/keras_archive.ts";
import { flattenModel } from "../../src/model/keras_config/flatten.ts";
import { kerasFile } from "../model/keras_files.ts";
import { checkWeightsInTime } from "../../src/model/check_weights.ts";
import { checkKerasWeights, readKerasWeights } from "../../src/model/keras_file.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { runSummary } from "../../src/commands/run_summary.ts";
import { summaryLines } from "../../src/dashboard/summary/end_card.ts";
import { historyPlot } from "../../src/results/history_plot.ts";
import { plottedRun } from "../../src/results/plotted_run.ts";
import { terminalPlot } from "../../src/results/terminal_plot.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";
import { drawEvents } from "./draw.ts";
import { readNetwork } from "../../src/run/checkpoints/read_checkpoint.ts";
import { runDirectory } from "../../src/run/folder/directory.ts";
import { readRunConfig } from "../../src/run/folder/run_config.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { readOverview } from "../../src/run/overview/read_overview.ts";
import { type SetArrays, smallArrays, writeSet } from "../data/arrays/made_npy.ts";
import { layOutOldRun } from "../old_runs.ts";

export interface Sample {
  /** The path of the file to mutate. */
  readonly path: string;
  /** Reads the file as Headlight does. The test examines the error it throws. */
  readonly read: () => Promise<void> | void;
  /**
   * Reads the file with a time limit, where Headlight has one because a library may never return. A process for each
   * mutation would take too long, so this is tried only for mutations that hang.
   */
  readonly inTime?: () => Promise<void>;
}

export interface Format {
  readonly name: string;
  /** Writes valid files to a folder. */
  readonly lay: (folder: string) => Promise<readonly Sample[]>;
}

const CONVOLUTION = { type: "Conv2D", kernel: 1, strides: 1, padding: "valid", bias: true, trainable: false } as const;
const LAYERS: readonly LayerSpec[] = [
  { name: "input_layer", type: "InputLayer", inputs: [], trainable: false, shape: [4, 4, 3] },
  { ...CONVOLUTION, name: "one", inputs: ["input_layer"], filters: 2 },
  { ...CONVOLUTION, name: "two", inputs: ["one"], filters: 4 },
];

/** A set with floats, so that every value is checked. */
function floatArrays(): SetArrays {
  const arrays = smallArrays();
  const { shape, data } = arrays.train_images;
  return { ...arrays, train_images: { dtype: "float32", shape, data: Float32Array.from(Array.from(data, Number)) } };
}

async function readSet(folder: string): Promise<void> {
  const set = openNpyFolder(folder);
  await checkPixelScale(set, "scale");
  for (const part of [set.train, set.validation]) await part.read(0, part.count);
}

const npy: Format = {
  name: "npy",
  lay: (folder) => {
    const samples = [smallArrays(), floatArrays()].flatMap((arrays, place) => {
      const set = join(folder, String(place));
      Deno.mkdirSync(set);
      writeSet(set, arrays);
      return ["train_images", "train_labels"].map((name) => {
        return { path: join(set, `${name}.npy`), read: () => readSet(set) };
      });
    });
    return Promise.resolve(samples);
  },
};

const classes: Format = {
  name: "classes.txt",
  lay: (folder) => {
    writeSet(folder, smallArrays());
    const path = join(folder, "classes.txt");
    Deno.writeTextFileSync(path, "0 day bed\n1 Äpfel 花\n");
    return Promise.resolve([{ path, read: () => readSet(folder) }]);
  },
};

const h5: Format = {
  name: "h5",
  lay: async (folder) => {
    const path = join(folder, "weights.h5");
    const values = (length: number) => Float32Array.from({ length }, (_, index) => index / 8);
    await writeKerasWeights(path, [
      { name: "input_layer", weights: [] },
      {
        name: "one",
        weights: [{ name: "kernel", shape: [1, 1, 3, 2], data: values(6) }, {
          name: "bias",
          shape: [2],
          data: values(2),
        }],
      },
      {
        name: "two",
        weights: [{ name: "kernel", shape: [1, 1, 2, 4], data: values(8) }, {
          name: "bias",
          shape: [4],
          data: values(4),
        }],
      },
    ]);
    const read = async () => {
      await checkKerasWeights(path, LAYERS);
      await readKerasWeights(path, LAYERS);
    };
    const inTime = () => checkWeightsInTime(path, { base: "squeezenet11", size: 64, pooling: "max" }, 2000);
    return [{ path, read, inTime }];
  },
};

/** Reads a whole model and the weights of its base, as `--base FILE` does. */
async function readBase(path: string): Promise<void> {
  const network = await fileNetwork(path, null);
  const layers = network.layers(24, "max");
  await checkKerasWeights(path, layers, { matching: "own" });
  await readKerasWeights(path, layers, { matching: "own" });
}

/** Small models in the files that Keras writes. */
function models(name: string, ...files: string[]): Format {
  const lay = (folder: string) => {
    const samples = files.map((file) => {
      const path = join(folder, file);
      Deno.copyFileSync(kerasFile(file), path);
      const inTime = () => checkWeightsInTime(path, { base: path, size: 24, pooling: "max" }, 2000);
      return { path, read: () => readBase(path), inTime };
    });
    return Promise.resolve(samples);
  };
  return { name, lay };
}

const keras = models("keras", "mixed.keras", "chain.keras");
const modelH5 = models("model.h5", "chain.h5", "keras2.h5");

const weightsH5: Format = {
  name: "weights.h5",
  lay: async (folder) => {
    const path = join(folder, "mixed.weights.h5");
    Deno.copyFileSync(kerasFile("mixed.weights.h5"), path);
    const { layers, model } = await fileNetwork(kerasFile("mixed.keras"), null);
    const read = async () => {
      await checkKerasWeights(path, layers(24, "max"), { model });
      await readKerasWeights(path, layers(24, "max"), { model });
    };
    const inTime = () => checkWeightsInTime(path, { base: kerasFile("mixed.keras"), size: 24, pooling: "max" }, 2000);
    return [{ path, read, inTime }];
  },
};

/** The config of a model alone. Inside a file, a checksum or its length would give most mutations away. */
const modelConfig: Format = {
  name: "model config",
  lay: async (folder) => {
    const samples = ["mixed.keras", "keras2_chain.keras"].map(async (file) => {
      const path = join(folder, `${file}.json`);
      Deno.writeTextFileSync(path, JSON.stringify((await readKerasArchive(kerasFile(file))).config));
      const read = () => {
        const model = flattenModel(parsedOrRefused(Deno.readTextFileSync(path)), { keras2: file.startsWith("keras2") });
        describeModel(model, cutOf(model, null));
        const logits = upToLogits(model);
        describeModel(logits, cutOf(logits, LOGITS), [40, 40, 3]);
      };
      return { path, read };
    });
    return await Promise.all(samples);
  },
};

function parsedOrRefused(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HeadlightError("not JSON", 2, { cause: error });
  }
}

/** A run whose files are mutated. */
async function run(folder: string) {
  const { directory } = await layOutOldRun("version-2", folder);
  return runDirectory(directory);
}

const config: Format = {
  name: "config.json",
  lay: async (folder) => {
    const found = await run(folder);
    const read = () => {
      readOverview(found);
      readRunConfig(found.config);
    };
    return [{ path: found.config, read }];
  },
};

const options: Format = {
  name: "--config",
  lay: (folder) => {
    const path = join(folder, "options.json");
    const given = {
      epochs: 3,
      learning_rate: 0.01,
      base: "squeezenet11",
      weights: "random",
      runs: "~/runs",
      name: "Äpfel",
    };
    Deno.writeTextFileSync(
      path,
      JSON.stringify({ ...given, baseline: 0.5, restore_best: true, monitor: "loss" }, null, 1),
    );
    return Promise.resolve([{ path, read: () => void trainOptions({ config: path }) }]);
  },
};

const manifest: Format = {
  name: "manifest.json",
  lay: async (folder) => {
    const { checkpoints, final } = await run(folder);
    const best = join(checkpoints, Deno.readLinkSync(join(checkpoints, "best")));
    return [best, final].flatMap((path) =>
      ["manifest.json", "model.json"].map((name) => ({ path: join(path, name), read: () => void readNetwork(path) }))
    );
  },
};

const events: Format = {
  name: "events.jsonl",
  lay: async (folder) => {
    const found = await run(folder);
    const read = async () => {
      readOverview(found);
      const all = readEvents(found.events);
      let state = initialState({ role: "watch", run: found, now: 0, command: "headlight" });
      for (const event of all) {
        plainLines(state, event);
        state = reduce(state, event);
      }
      summaryLines({ how: "ended", state }, 80);
      runSummary(found.path, folder, [], () => {});
      const plotted = [plottedRun(found.id, runStateOf(all))];
      historyPlot(plotted);
      terminalPlot(plotted, { columns: 80, ascii: false, paint: ({ text }) => text });
      await drawEvents(all);
    };
    return [{ path: found.events, read }];
  },
};

const history: Format = {
  name: "history.csv",
  lay: async (folder) => {
    const found = await run(folder);
    return [{ path: found.history, read: () => void readOverview(found) }];
  },
};

const lock: Format = {
  name: "lock",
  lay: async (folder) => {
    const found = await run(folder);
    return [{ path: join(dirname(found.lock), "lock"), read: () => void readOverview(found) }];
  },
};

export const FORMATS: readonly Format[] = [
  npy,
  classes,
  h5,
  keras,
  modelH5,
  weightsH5,
  modelConfig,
  config,
  options,
  manifest,
  events,
  history,
  lock,
];
