/** The specification of a frozen base. */
import type { Pooling } from "../../bases/base.ts";
import type { BaseRef, Precision, Preprocess } from "../../config.ts";
import type { EngineFiles } from "../../engine/engine.ts";

/**
 * The version of the feature computation. Increment it with every change to preprocessing, a base's layers or the way a
 * batch is computed that can change a bit of a feature.
 */
export const EXTRACTOR_VERSION = 7;

/**
 * The version of the computation in bfloat16. Increment it with every change that can change a bit of a feature in
 * bfloat16 only. Before version 2, features were computed in bfloat16 without measuring their error.
 */
const BFLOAT16_VERSION = 2;

/** Returns what keys say of a precision. */
export function keyOfPrecision(precision: Precision): unknown {
  return precision === "float32" ? precision : [precision, BFLOAT16_VERSION];
}

/** Returns what keys say of a base: its name, or the content of its file and where it is cut. Paths are left out. */
export function keyOfBase(base: BaseRef): unknown {
  return typeof base === "string" ? base : { file: base.sha256, cut: base.cut };
}

/** Everything besides the images that determines their features. */
export interface BaseSpec {
  readonly base: BaseRef;
  readonly pooling: Pooling;
  /** The base's input is size × size pixels. */
  readonly size: number;
  readonly preprocess: Preprocess;
  readonly precision: Precision;
  /** An .h5 file. It is rejected if its SHA-256 differs from this one. */
  readonly weights: { readonly path: string; readonly sha256: string };
  readonly engine: Pick<EngineFiles, "kind" | "version" | "device" | "tf32">;
  /** The maximum number of images per call. When computing op by op, every call is padded to it. */
  readonly batchSize: number;
}
