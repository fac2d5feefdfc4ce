/** The limits that Headlight must keep, in one table. `judge` compares measurements with them. */
import type { Limit } from "./measures.ts";

const MB = 1e6;

export const LIMITS = {
  featuresFloat32: {
    what: "features, float32, images per second relative to Keras predict",
    unit: "ratio",
    bound: "at least",
    limit: 1.3,
  },
  featuresBfloat16: {
    what: "features, bfloat16, images per second relative to Keras predict",
    unit: "ratio",
    bound: "at least",
    limit: 2.2,
  },
  basesFloat32: {
    what: "features of each base, float32, images a second over Keras predict's, the lowest",
    unit: "ratio",
    bound: "at least",
    limit: 1.3,
  },
  basesBfloat16Error: {
    what: "features of each base, bfloat16, largest error over the largest float32 feature, the largest",
    unit: "relative",
    bound: "below",
    limit: 0.02,
  },
  bfloat16Error: {
    what: "features, bfloat16, largest error relative to the largest float32 feature",
    unit: "relative",
    bound: "below",
    limit: 0.02,
  },
  bfloat16ReferenceError: {
    what: "the same with the weights of the reference values instead of the random base",
    unit: "relative",
    bound: "below",
    limit: 0.02,
  },
  headEpoch: {
    what: "head, time per epoch with validation from the third on, relative to Keras fit",
    unit: "ratio",
    bound: "at most",
    limit: 0.25,
  },
  headWhole: {
    what: "head with cached features, set-up and all 26 epochs (seconds.prepare + seconds.train)",
    unit: "s",
    bound: "below",
    limit: 2,
  },
  scratchEpoch: {
    what: "lesson-cnn from scratch, an epoch with validation from the second on, over Keras fit's",
    unit: "ratio",
    bound: "at most",
    limit: 1,
  },
  scratchPlainEpoch: {
    what: "lesson-cnn-plain from scratch, an epoch with validation from the second on, over Keras fit's",
    unit: "ratio",
    bound: "at most",
    limit: 1,
  },
  lessonFloat32: {
    what: "lesson, float32, no features cached, graph cached, share of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 30,
  },
  lessonBfloat16: {
    what: "lesson, bfloat16, no features cached, graph cached, share of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 50,
  },
  lessonFirst: {
    what: "lesson, float32, very first run, share of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 25,
  },
  lessonWarm: {
    what: "lesson, float32, features cached, share of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 200,
  },
  lessonWarmSeconds: {
    what: "lesson, float32, features cached, from process start to end",
    unit: "s",
    bound: "below",
    limit: 4,
  },
  viewers: {
    what: "trainer with 50 viewers, half of which never read, processor time over that without viewers",
    unit: "ratio",
    bound: "at most",
    limit: 1.02,
  },
  dashboardSmall: {
    what: "dashboard at 80×24 during extraction, processor time per second",
    unit: "ms/s",
    bound: "at most",
    limit: 30,
  },
  dashboardLarge: {
    what: "dashboard at 200×50 during extraction, processor time per second",
    unit: "ms/s",
    bound: "at most",
    limit: 60,
  },
  frame: {
    what: "processor time of a frame at 200×50 with 500 epochs of history",
    unit: "ms",
    bound: "below",
    limit: 6,
  },
  keyToScreen: {
    what: "time from key to screen while DenseNet121 extracts on all cores, median",
    unit: "ms",
    bound: "below",
    limit: 50,
  },
  keyTrainingSmall: {
    what: "time from key to screen at 80×24 while a head trains, median",
    unit: "ms",
    bound: "at most",
    limit: 20,
  },
  keyTrainingLarge: {
    what: "time from key to screen at 200×50 while a head trains, median",
    unit: "ms",
    bound: "at most",
    limit: 20,
  },
  wireSmall: {
    what: "output per second at 80×24 with at least five epochs per second, median",
    unit: "bytes",
    bound: "at most",
    limit: 1000,
  },
  wireLarge: {
    what: "output per second at 200×50 with at least five epochs per second, median",
    unit: "bytes",
    bound: "at most",
    limit: 1500,
  },
  wireMost: {
    what: "output in any second of training",
    unit: "bytes",
    bound: "at most",
    limit: 8000,
  },
  wireIdle: {
    what: "output per second while paused, median",
    unit: "bytes",
    bound: "below",
    limit: 100,
  },
  dashboardSlowdown: {
    what: "extraction time with relative to without the dashboard, median of the pairs, difference from 1",
    unit: "relative",
    bound: "at most",
    limit: 0.04,
  },
  largeMemory: {
    what: "10,000 images, peak memory of the process tree (PSS)",
    unit: "bytes",
    bound: "below",
    limit: 1600 * MB,
  },
  largeRate: {
    what: "10,000 images, images per second relative to 1,000 images",
    unit: "ratio",
    bound: "at least",
    limit: 0.9,
  },
} as const satisfies Record<string, Limit>;
