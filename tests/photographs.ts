/**
 * Keras's results for the photographs and the real weights of the shared test data, made by
 * tests/fixtures/photographs/make.py.
 */
import { join } from "node:path";
import { z } from "zod";
import { PROJECT_ROOT } from "../src/paths.ts";

const FOLDER = join(PROJECT_ROOT, "tests", "fixtures", "photographs");
const read = (name: string): unknown => JSON.parse(Deno.readTextFileSync(join(FOLDER, name)));
const floats = z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer));

/** Features of eight photographs, pooled by maximum, by preprocessing. */
export const KERAS_FEATURES = z.object({
  squeezenet11: z.object({ caffe: floats, scale: floats }),
  mobilenet_v2: z.object({ tf: floats }),
}).parse(read("features.json"));

const mean = z.array(z.number()).nonempty().transform((values) =>
  values.reduce((sum, value) => sum + value, 0) / values.length
);

/** The best validation accuracies on grocery10: the mean over the seeds, or for `lesson-cnn` that of each seed. */
export const KERAS_ACCURACIES = z.object({
  squeezenet11: z.object({ caffe: mean, scale: mean }),
  mobilenet_v2: z.object({ tf: mean, scale: mean }),
  "lesson-cnn": z.array(z.number()),
}).parse(read("accuracies.json"));
