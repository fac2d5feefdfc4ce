/** Describes the progress of a setup for the status line of a terminal and for standard error in a pipe. Pure. */
import { amount, bytes } from "../dashboard/text/formats.ts";
import { cut, stringWidth } from "../dashboard/text/width.ts";
import type { SetupProgress } from "../engine/engine.ts";

/**
 * Returns the progress in at most `width` columns. If there is not enough room, the amount stays and the label is cut.
 */
export function setupText({ label, done, total, unit }: SetupProgress, width: number, ellipsis: string): string {
  const extent = unit === "bytes" && (done > 0 || total > 0) ? `: ${amount(done, total, unit)}` : "";
  return cut(label, width - stringWidth(extent), ellipsis) + extent;
}

/** Returns whether a step downloads something, which is kept for the next command. */
export function isDownload({ label, unit }: SetupProgress): boolean {
  return unit === "bytes" && label.startsWith("downloading ");
}

/** Returns a sentence that announces a step, with its size: `Downloading TensorFlow 2.21.0 (274 MB), once.` */
export function setupLine(progress: SetupProgress): string {
  const { label, total, unit } = progress;
  const size = unit === "bytes" && total > 0 ? ` (${bytes(total)})` : "";
  return `${label.slice(0, 1).toUpperCase()}${label.slice(1)}${size}${isDownload(progress) ? ", once" : ""}.`;
}
