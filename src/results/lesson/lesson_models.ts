/**
 * The models that the lesson trains on Dollar Street 10, with the figures that it reports and the options that repeat them.
 * The figures are read off the lesson's plots, to one image of 293: carpentries-lab/deep-learning-intro, episodes 4 and 5.
 */
import { bases, DEFAULT_BASE } from "../../bases/bases.ts";

/** The validation accuracy that the lesson reaches. */
export interface LessonFigures {
  readonly seed: number;
  readonly epochs: number;
  /** Validation images that are predicted right in the best epoch, and that epoch, counted from 1. */
  readonly best: { readonly epoch: number; readonly correct: number };
  /** The same in the last epoch. */
  readonly last: { readonly correct: number };
  readonly images: number;
}

export interface LessonModel {
  readonly name: string;
  readonly lesson: LessonFigures;
  /** One run for each. */
  readonly seeds: readonly number[];
  /** The options of `train` that differ from the defaults, by name. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The number of validation images. */
const IMAGES = 293;
/** The epochs in which the lesson trains its CNN. It has no early stopping. */
const CNN_EPOCHS = 20;

export const LESSON_MODELS: readonly LessonModel[] = [
  {
    name: `${bases[DEFAULT_BASE].displayName} with ImageNet weights`,
    lesson: { seed: 2, epochs: 26, best: { epoch: 21, correct: 191 }, last: { correct: 190 }, images: IMAGES },
    seeds: [1, 2, 3],
    options: { base: DEFAULT_BASE, weights: "imagenet" },
  },
  {
    name: "CNN from scratch",
    lesson: { seed: 2, epochs: CNN_EPOCHS, best: { epoch: 16, correct: 91 }, last: { correct: 80 }, images: IMAGES },
    seeds: [2],
    options: { base: "lesson-cnn", epochs: CNN_EPOCHS, patience: CNN_EPOCHS },
  },
];
