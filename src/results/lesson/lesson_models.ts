/**
 * The models that the lesson trains on Dollar Street 10, with the figures that it reports and the options that repeat
 * them. The figures were read off the lesson's plots, exact to one image of 293 (carpentries-lab/deep-learning-intro,
 * episodes 4 and 5).
 */
import { bases, DEFAULT_BASE } from "../../bases/bases.ts";

/** The validation accuracy that the lesson reaches. */
export interface LessonFigures {
  readonly seed: number;
  readonly epochs: number;
  /** The best epoch, counted from 1, and the number of validation images that it predicts correctly. */
  readonly best: { readonly epoch: number; readonly correct: number };
  /** The number of validation images that the last epoch predicts correctly. */
  readonly last: { readonly correct: number };
  /** The number of validation images. */
  readonly images: number;
}

/** A model of the lesson. */
export interface LessonModel {
  readonly name: string;
  readonly lesson: LessonFigures;
  /** The seeds of the runs, one run for each. */
  readonly seeds: readonly number[];
  /** The options of `train` that differ from the defaults, by name. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The number of validation images. */
const IMAGES = 293;
/** The number of epochs for which the lesson trains its CNN, without early stopping. */
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
