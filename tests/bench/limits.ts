/** What Headlight has to keep, in one table; `judge` holds measurements against it. */
import type { Limit } from "./measures.ts";

const MB = 1e6;

export const LIMITS = {
  featuresFloat32: {
    what: "features, float32, images a second over Keras predict's",
    unit: "ratio",
    bound: "at least",
    limit: 1.3,
  },
  featuresBfloat16: {
    what: "features, bfloat16, images a second over Keras predict's",
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
    what: "features, bfloat16, largest error over the largest float32 feature",
    unit: "relative",
    bound: "below",
    limit: 0.02,
  },
  bfloat16ReferenceError: {
    what: "the same with the reference values' weights in place of the random base's",
    unit: "relative",
    bound: "below",
    limit: 0.02,
  },
  headEpoch: {
    what: "head, an epoch with validation from the third on, over Keras fit's",
    unit: "ratio",
    bound: "at most",
    limit: 0.25,
  },
  headWhole: {
    what: "head on a warm cache, set-up and all 26 epochs (seconds.prepare + seconds.train)",
    unit: "s",
    bound: "below",
    limit: 2,
  },
  lessonFloat32: {
    what: "lesson, float32, no features cached, graph kept, of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 30,
  },
  lessonBfloat16: {
    what: "lesson, bfloat16, no features cached, graph kept, of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 50,
  },
  lessonFirst: {
    what: "lesson, float32, very first run, graph made, of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 25,
  },
  lessonWarm: {
    what: "lesson, float32, features cached, of Keras's time",
    unit: "share",
    bound: "at most",
    limit: 1 / 200,
  },
  lessonWarmSeconds: {
    what: "lesson, float32, features cached, process start to end",
    unit: "s",
    bound: "below",
    limit: 4,
  },
  dashboardSmall: {
    what: "dashboard at 80×24 while extracting, processor time a second",
    unit: "ms/s",
    bound: "at most",
    limit: 30,
  },
  dashboardLarge: {
    what: "dashboard at 200×50 while extracting, processor time a second",
    unit: "ms/s",
    bound: "at most",
    limit: 60,
  },
  frame: {
    what: "a frame at 200×50 with 500 epochs of history, processor time",
    unit: "ms",
    bound: "below",
    limit: 8,
  },
  keyToScreen: {
    what: "a key to the screen while DenseNet121 extracts on all cores, median",
    unit: "ms",
    bound: "below",
    limit: 50,
  },
  keyTrainingSmall: {
    what: "a key to the screen at 80×24 while a head trains, median",
    unit: "ms",
    bound: "at most",
    limit: 20,
  },
  keyTrainingLarge: {
    what: "a key to the screen at 200×50 while a head trains, median",
    unit: "ms",
    bound: "at most",
    limit: 20,
  },
  wireSmall: {
    what: "written a second at 80×24, five epochs a second and more, median",
    unit: "bytes",
    bound: "at most",
    limit: 1000,
  },
  wireLarge: {
    what: "written a second at 200×50, five epochs a second and more, median",
    unit: "bytes",
    bound: "at most",
    limit: 1500,
  },
  wireMost: {
    what: "written in any second while training",
    unit: "bytes",
    bound: "at most",
    limit: 8000,
  },
  wireIdle: {
    what: "written a second while paused, median",
    unit: "bytes",
    bound: "below",
    limit: 100,
  },
  dashboardSlowdown: {
    what: "extraction with the dashboard over without, median of the pairs, difference from 1",
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
    what: "10,000 images, images a second over those of 1,000",
    unit: "ratio",
    bound: "at least",
    limit: 0.9,
  },
} as const satisfies Record<string, Limit>;
