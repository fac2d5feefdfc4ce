/** What a frozen base is opened for. */
import type { Pooling } from "../../bases/base.ts";
import type { BaseName } from "../../bases/bases.ts";
import type { Precision, Preprocess } from "../../config.ts";
import type { EngineFiles } from "../../engine/engine.ts";

/**
 * The version of what this program makes of pixels. Increment it with every change to preprocessing, a base's layers or
 * the way a batch is computed that can move a bit of a feature.
 */
export const EXTRACTOR_VERSION = 7;

/** Everything besides the images that decides their features. */
export interface BaseSpec {
  readonly base: BaseName;
  readonly pooling: Pooling;
  /** The base's input is size × size pixels. */
  readonly size: number;
  readonly preprocess: Preprocess;
  readonly precision: Precision;
  /** An .h5 file; it is used only while its SHA-256 is this one. */
  readonly weights: { readonly path: string; readonly sha256: string };
  readonly engine: Pick<EngineFiles, "kind" | "version" | "device">;
  /** The number of images that a call takes at most, and that every call op by op is padded to. */
  readonly batchSize: number;
}
