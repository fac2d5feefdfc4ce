/** The input and output of charts: curves, and pieces of lines. */
import type { Points } from "./points.ts";

/** The characters that curves are drawn with. */
export type Drawing = "braille" | "block" | "ascii";

/** A curve. Series are drawn in order, so a later one covers an earlier one. */
export interface Series {
  readonly name: "training" | "validation";
  readonly points: Points;
  /** The run it belongs to, if there are several: undefined for this run, 1 for the other one. */
  readonly run?: number | undefined;
  /** Whether it is drawn dimmed behind all others, like the original of a smoothed curve. */
  readonly faint?: boolean;
}

/** A horizontal line with a caption, behind the curves. */
export interface Reference {
  readonly y: number;
  /** Possible captions, the longest first. */
  readonly captions: readonly string[];
}

/** A character on a curve. `text` is one column wide. */
export interface Tag {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly run?: number | undefined;
}

export type RunKind = "label" | "axis" | "training" | "validation" | "faint" | "mark" | "caption" | "blank";

/** Neighbouring cells of the same kind. */
export interface ChartRun {
  readonly text: string;
  readonly kind: RunKind;
  /** The run of its series or tag. */
  readonly run?: number | undefined;
}
