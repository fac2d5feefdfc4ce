/** What can be known before a run starts is looked at before anything is written. */
import type { RunOptions } from "../config.ts";
import { defaultPreprocess, openDataSource, resolveDataOption } from "../data/open.ts";
import { checkPixelScale } from "../data/pixel_scale.ts";

/**
 * Looks at the named data and weights.
 * @throws HeadlightError (2): one line that says what is wrong, where, and what to do.
 */
export async function preflight(options: RunOptions): Promise<void> {
  const data = resolveDataOption(options);
  if (data.kind === "ready" && data.source.kind !== "demo") {
    const dataset = await openDataSource(data.source, options.size);
    await checkPixelScale(dataset, options.preprocess ?? defaultPreprocess(data.source));
    dataset.close();
  }
  const { weights } = options;
  if (weights !== undefined && weights !== "imagenet" && weights !== "random") {
    // Imported only where it is needed: HDF5 costs a tenth of a second before the first frame.
    const [{ checkKerasWeights }, { bases }] = await Promise.all([
      import("../model/keras_h5.ts"),
      import("../model/bases.ts"),
    ]);
    await checkKerasWeights(weights, bases[options.base].layers(options.size, options.pooling));
  }
}
