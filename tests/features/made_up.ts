/** Images and weights by a formula, so that tests need no file: the same on every machine. */
import { join } from "node:path";
import { type BaseName, bases } from "../../src/bases/bases.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { writeKerasWeights } from "../../src/model/write_keras_h5.ts";
import { formulaWeights, hash } from "../model/formula_weights.ts";

const SIDE = 64;
const IMAGE = SIDE * SIDE * 3;

/** Returns images of 64×64 noise, all different. Another stream has other images. */
export function madeUpImages(count: number, stream = 0): ImageBatch & { readonly pixels: Uint8Array<ArrayBuffer> } {
  const pixels = Uint8Array.from({ length: count * IMAGE }, (_, index) => hash(index, stream) >>> 24);
  return { count, height: SIDE, width: SIDE, pixels };
}

/** Returns weights in a file, as a spec names them. */
export async function weightsIn(path: string): Promise<ExtractionSpec["weights"]> {
  return { kind: "file", path, sha256: await weightsHash(path) };
}

const files = new Map<BaseName, Promise<ExtractionSpec["weights"]>>();

/** Returns a base's weights by formula, in a file that is removed when the test file has run. Pooling has no weights. */
export function madeUpWeights(base: BaseName): Promise<ExtractionSpec["weights"]> {
  const made = files.get(base) ?? make(base);
  files.set(base, made);
  return made;
}

async function make(base: BaseName): Promise<ExtractionSpec["weights"]> {
  const folder = await Deno.makeTempDir({ prefix: "headlight-weights-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const path = join(folder, `${base}.h5`);
  await writeKerasWeights(path, formulaWeights(bases[base].layers(SIDE, "max")));
  return await weightsIn(path);
}
