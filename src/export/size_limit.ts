/** Refuses files that would be larger than their format allows, before they take time and memory. */
import prettyBytes from "pretty-bytes";
import { HeadlightError } from "../errors.ts";
import type { ExportedModel } from "./exported_model.ts";

/** The maximum size of a protobuf message, in bytes. Its length is a signed 32-bit number. */
export const PROTOBUF_BYTES = 2 ** 31 - 1;

/**
 * Checks the size of a file.
 *
 * @param bytes the size that it would have
 * @param most the maximum size that its format allows, in bytes
 * @throws HeadlightError (2) if the file would be too large
 */
export function checkSize(file: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  throw new HeadlightError(
    `${file} would have ${prettyBytes(bytes)}, and its format allows at most ${prettyBytes(most)}. Choose another ` +
      "format with --to.",
  );
}

/** Returns the number of bytes of a model's weights. */
export function weightBytes({ weights }: Pick<ExportedModel, "weights">): number {
  return weights.flatMap((layer) => layer.weights).reduce((sum, { data }) => sum + data.byteLength, 0);
}
