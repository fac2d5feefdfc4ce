/** tests/fixtures/model/bases.json: what Keras says of each base, for weights and images given by a formula. */
import { join } from "node:path";
import { z } from "zod";
import { baseNameSchema, poolingSchema } from "../../src/config.ts";
import { FIXTURES } from "./parity_fixture.ts";

const hash = z.string().length(64);
const schema = z.object({
  bases: z.array(z.object({
    base: baseNameSchema,
    /** Whether it has the layers that belong to the published weights. */
    published: z.boolean(),
    parameters: z.int(),
    /** The SHA-256 of the bytes of all weights, in order. */
    weights_sha256: hash,
    features: z.base64().transform((text) => new Float32Array(Uint8Array.fromBase64(text).buffer)),
    /** The SHA-256 of one line per layer: name, type, output shape, parameters, inputs. */
    rows: z.array(z.object({ size: z.int(), pooling: poolingSchema, sha256: hash })),
  })),
});

export const kerasBases = schema.parse(JSON.parse(Deno.readTextFileSync(join(FIXTURES, "bases.json")))).bases;
