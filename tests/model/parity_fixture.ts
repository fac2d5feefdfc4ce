/** tests/fixtures/model/parity.json: Keras's results for weights and images given by a formula. */
import { join } from "node:path";
import { z } from "zod";
import { baseNameSchema, poolingSchema } from "../../src/config.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";

const hash = z.string().length(64);
const schema = z.object({
  images_sha256: hash,
  bases: z.array(z.object({
    base: baseNameSchema,
    pooling: poolingSchema,
    /** The SHA-256 of the bytes of all weights, in order. */
    weights_sha256: hash,
    width: z.int(),
    features: z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer)),
  })),
  summaries: z.array(z.object({
    base: baseNameSchema,
    pooling: poolingSchema,
    size: z.int(),
    hidden: z.int(),
    classes: z.int(),
    inputHeight: z.int(),
    inputWidth: z.int(),
    lineLength: z.int(),
    sha256: hash,
  })),
});

export const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures", "model");

export const parity = schema.parse(JSON.parse(Deno.readTextFileSync(join(FIXTURES, "parity.json"))));
