/** What a chart is given and what it gives back: points of curves, and pieces of lines. */

/** What lines are made of. */
export type Drawing = "braille" | "block" | "ascii";

export interface Point {
  readonly x: number;
  /** null leaves a gap. */
  readonly y: number | null;
}

/** Drawn in order: a later series covers an earlier one where they meet. */
export interface Series {
  readonly name: "training" | "validation";
  readonly points: readonly Point[];
  /** Whose curve it is, where several runs are laid over each other. */
  readonly run?: number | undefined;
  /** Behind all others, as what a smoothed curve was made of. */
  readonly faint?: boolean;
}

/** A horizontal line with a caption on it, behind the curves. */
export interface Reference {
  readonly y: number;
  /** The longest wording first. */
  readonly captions: readonly string[];
}

/** A character on a curve: `text` is one column wide. */
export interface Tag {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly run?: number | undefined;
}

export type RunKind = "label" | "axis" | "training" | "validation" | "faint" | "mark" | "caption" | "blank";

/** Neighbouring cells of one kind. */
export interface ChartRun {
  readonly text: string;
  readonly kind: RunKind;
  /** Whose it is, as its series or its tag has it. */
  readonly run?: number | undefined;
}
