/** Writes .keras files: zip files with metadata.json, config.json and model.weights.h5, as Keras 3 does. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Buffer } from "node:buffer";
import { ZipFile } from "yazl";
import { explainTemporaryError, temporaryPath } from "../../files/temporary.ts";
import type { LayerWeights } from "../../model/weights.ts";
import type { KerasConfig } from "./config.ts";
import { writeWeightsFile } from "./weights_file.ts";

/** A fixed time, as Keras writes it too, so that equal models give equal files and a hash identifies them. */
const TIME = new Date(1980, 0, 1);
/** Without compression, as in Keras: weights hardly become smaller. */
const STORED = { compress: false, mtime: TIME, forceDosTimestamp: true } as const;

/**
 * Writes the file. The weights are written to a temporary file first, because the HDF5 library writes only to files.
 *
 * @param metadata the content of metadata.json
 * @throws HeadlightError if the temporary file cannot be written; the system's error if the archive cannot be written
 */
export async function writeKerasArchive(
  path: string,
  metadata: unknown,
  { json, groups }: KerasConfig,
  weights: readonly LayerWeights[],
): Promise<void> {
  const folder = temporaryPath();
  Deno.mkdirSync(folder, { mode: 0o700 });
  try {
    const file = join(folder, "model.weights.h5");
    await writeWeightsFile(file, weights, groups).catch((error) => {
      throw explainTemporaryError(error);
    });
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(JSON.stringify(metadata)), "metadata.json", STORED);
    zip.addBuffer(Buffer.from(JSON.stringify(json)), "config.json", STORED);
    zip.addFile(file, "model.weights.h5", STORED);
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(path));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
