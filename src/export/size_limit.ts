/** Refuses files that are larger than their format allows, before time and memory are spent on them. */
import prettyBytes from "pretty-bytes";
import { HeadlightError } from "../errors.ts";
import type { ExportedModel } from "./exported_model.ts";

/** A protobuf message cannot be larger, because its length is a signed 32-bit number. */
export const PROTOBUF_BYTES = 2 ** 31 - 1;

/** @throws HeadlightError (2) if a file would be larger than its format allows */
export function checkSize(file: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  throw new HeadlightError(
    `${file} would have ${prettyBytes(bytes)}, and such a file cannot be larger than ${prettyBytes(most)}. Choose ` +
      "another format with --to.",
  );
}

/** Returns the number of bytes of a model's weights. */
export function weightBytes({ weights }: Pick<ExportedModel, "weights">): number {
  return weights.flatMap((layer) => layer.weights).reduce((sum, { data }) => sum + data.byteLength, 0);
}
