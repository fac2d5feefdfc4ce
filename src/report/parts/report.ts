/**
 * What a report says, as plain values: texts, tables and pictures. Texts may come from files; whoever writes them into
 * a page escapes them.
 */
import type { Tally } from "../../results/metrics.ts";
import type { PageLimits } from "./page_limits.ts";

/** A name and a text, such as `patience` and `5 epochs`. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** A drawing as data URIs, one for a light page and one for a dark one. */
export interface Drawing {
  readonly light: string;
  readonly dark: string;
  readonly width: number;
  readonly height: number;
}

/** A photograph as a data URI. */
export interface Thumbnail {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/** The accuracy and the loss over the epochs, for one run or for several. */
export interface Curves {
  readonly panels: readonly { readonly title: string; readonly drawing: Drawing; readonly alt: string }[];
  /** What the lines and marks mean. */
  readonly legend: readonly { readonly swatch: Drawing; readonly text: string }[];
}

export interface Mistake {
  readonly actual: string;
  readonly predicted: string;
  /** The probability of the predicted class, 0…1. */
  readonly probability: number;
  /** The image's file, or its index. */
  readonly image: string;
  /** Null if the image cannot be read any more. */
  readonly thumbnail: Thumbnail | null;
}

/** How well a run predicts the images that it was validated on. */
export interface Judgement {
  /** Sentences to read before the figures: which weights and which images, and what is missing. */
  readonly before: readonly string[];
  readonly figures: readonly Fact[];
  readonly tally: Tally;
  /** The number of training images of each class; null if the run did not record it. */
  readonly trainedOn: readonly number[] | null;
  /** The whole confusion matrix as a picture, if it has too many classes for a table and the page has room. */
  readonly matrix: Drawing | null;
  /** The most confident mistakes. */
  readonly mistakes: readonly Mistake[];
  /** The number of all mistakes. */
  readonly mistaken: number;
}

/** The images of a class. Null where the run did not record the number. */
export interface ClassCount {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  /** The images that could not be decoded. */
  readonly broken: number | null;
}

export interface DataPart {
  readonly facts: readonly Fact[];
  /** Empty if the run did not record them. */
  readonly classes: readonly ClassCount[];
  /** Sentences about broken images. */
  readonly broken: readonly string[];
}

/** The figures of an epoch, as they are shown. */
export interface EpochTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly epoch: number; readonly isBest: boolean; readonly cells: readonly string[] }[];
}

/** Everything that the page says of one run. */
export interface RunPart {
  /** The name of the run, or else its id. */
  readonly title: string;
  readonly id: string;
  /** One or more sentences: how the run ended, or that it is still training. */
  readonly state: readonly string[];
  readonly key: readonly Fact[];
  readonly notices: readonly string[];
  /** Null if no epoch was finished, or if the curves of all runs are drawn together. */
  readonly curves: Curves | null;
  /** Why there are no curves, or where the figures of all epochs are; null if the page has both. */
  readonly historyNote: string | null;
  readonly epochs: EpochTable | null;
  readonly stopping: { readonly sentence: string; readonly facts: readonly Fact[] };
  /** The judgement, or a sentence that says why there is none. */
  readonly judgement: Judgement | { readonly missing: string };
  readonly data: DataPart;
  readonly setup: readonly Fact[];
  /** The options of `train`, by their flags. */
  readonly options: readonly Fact[];
  readonly again: { readonly command: string | null; readonly text: string };
  readonly limits: PageLimits;
}

/** A table of several runs, one row for each. */
export interface ComparisonPart {
  readonly columns: readonly { readonly title: string; readonly align: "left" | "right" }[];
  readonly rows: readonly {
    /** The letter by which the runs are told apart. */
    readonly letter: string;
    readonly isBest: boolean;
    readonly cells: readonly string[];
  }[];
  readonly sentences: readonly string[];
}

export interface Report {
  /** When the page was written, and by which version. */
  readonly written: string;
  /** At least one. */
  readonly runs: readonly RunPart[];
  /** Null for one run. */
  readonly comparison: ComparisonPart | null;
  /** The curves of all runs together; null for one run, or if no run has finished an epoch. */
  readonly curves: Curves | null;
}
