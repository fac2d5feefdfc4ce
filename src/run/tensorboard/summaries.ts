/**
 * The summaries of a run for TensorBoard. They have the names of Keras's callback (keras.callbacks.TensorBoard), so
 * that TensorBoard draws them in the same charts as those of a Keras run: the folders `train` and `validation`,
 * `epoch_loss` by epochs from 0, `batch_loss` by batches from 1 with the running means of the epoch, and
 * `evaluation_loss_vs_iterations`. Pure.
 */
import { isValidation, METRICS, type MetricValues } from "../../metrics.ts";
import type { Figures } from "../../training/history.ts";
import { DATA_CLASS, DATA_TYPE, type SummaryValue } from "./messages.ts";

/** The folders of a run. In TensorBoard each of them is a run. */
export const PARTS = ["train", "validation"] as const;
export type Part = (typeof PARTS)[number];

/** A summary and its step. */
export interface Summary {
  readonly part: Part;
  readonly step: number;
  readonly value: readonly SummaryValue[];
}

/** The figures of an epoch. Runs of older versions do not have all of them. */
export type KnownFigures = Readonly<Partial<Figures>>;

/** How far a run has trained. */
export interface Progress {
  /** The number of finished epochs. */
  readonly epochs: number;
  /** The number of batches since the start of the run, as the optimizer counts them. */
  readonly batches: number;
}

/** The tag of the table of options. */
const CONFIGURATION = "configuration";
/** The tag of the confusion matrix. */
const CONFUSION = "epoch_confusion_matrix";

/**
 * Returns the summary of a batch.
 * @param batches the number of batches since the start of the run, with this one
 * @param means the running means of the epoch after this batch
 */
export function batchSummary(batches: number, means: MetricValues): Summary {
  const value = METRICS.map(({ name }) => scalar(`batch_${name}`, means[name]));
  return { part: "train", step: batches, value };
}

/**
 * Returns the summaries of an epoch.
 * @param epoch counted from 1; its step is counted from 0, as in Keras
 * @param batches the number of batches since the start of the run; null if it is not known
 * @param learningRate null if it is not known
 */
export function epochSummaries(
  epoch: number,
  batches: number | null,
  figures: KnownFigures,
  learningRate: number | null,
): Summary[] {
  const named = Object.entries(figures) as [keyof Figures, number][];
  const training = named.filter(([name]) => !isValidation(name));
  const validation = named.filter(([name]) => isValidation(name))
    .map(([name, value]) => [name.replace(/^val_/, ""), value] as const);
  const epochs = (figures: readonly (readonly [string, number])[]) =>
    figures.map(([name, value]) => scalar(`epoch_${name}`, value));
  const step = epoch - 1;
  const rate = learningRate === null ? [] : [["learning_rate", learningRate] as const];
  const iterations = validation.map(([name, value]) => scalar(`evaluation_${name}_vs_iterations`, value));
  return [
    { part: "train", step, value: epochs([...training, ...rate]) },
    { part: "validation", step, value: epochs(validation) },
    ...(batches === null ? [] : [{ part: "validation" as const, step: batches, value: iterations }]),
  ];
}

/**
 * Returns the summary of a run's configuration, as a table in Markdown.
 * @param batches its step: the number of batches since the start of the run
 */
export function configurationSummary(batches: number, configuration: Readonly<Record<string, unknown>>): Summary {
  const cell = (value: unknown) => String(value).replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
  const rows = Object.entries(configuration).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`);
  const text = ["| option | value |", "| --- | --- |", ...rows].join("\n");
  const tensor = { dtype: DATA_TYPE.STRING, tensor_shape: { dim: [] }, string_val: [new TextEncoder().encode(text)] };
  return { part: "train", step: batches, value: [valueOf(CONFIGURATION, "text", DATA_CLASS.TENSOR, tensor)] };
}

/** An image as a PNG file. Its width and height are in pixels. */
export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Returns the summary of an epoch's confusion matrix. @param epoch counted from 1 */
export function confusionSummary(epoch: number, { png, width, height }: Picture): Summary {
  // tf.summary.image writes the width and the height as text, and then the images.
  const texts = [width, height].map((number) => new TextEncoder().encode(String(number)));
  const strings = [...texts, png];
  const tensor_shape = { dim: [{ size: strings.length }] };
  const tensor = { dtype: DATA_TYPE.STRING, tensor_shape, string_val: strings };
  return {
    part: "validation",
    step: epoch - 1,
    value: [valueOf(CONFUSION, "images", DATA_CLASS.BLOB_SEQUENCE, tensor)],
  };
}

/**
 * Returns the number of finished epochs after the epoch that a summary is about, or null if it is not about an epoch.
 */
export function epochsAfter(tag: string, step: number): number | null {
  return tag.startsWith("epoch_") ? step + 1 : null;
}

/** Returns whether a summary still holds for a run that is resumed at `progress`. If not, the run writes it again. */
export function holdsAt(tag: string, step: number, { epochs, batches }: Progress): boolean {
  if (tag === CONFIGURATION) return step < batches;
  const after = epochsAfter(tag, step);
  return after === null ? step <= batches : after <= epochs;
}

function scalar(tag: string, value: number): SummaryValue {
  return valueOf(tag, "scalars", DATA_CLASS.SCALAR, {
    dtype: DATA_TYPE.FLOAT,
    tensor_shape: { dim: [] },
    float_val: [value],
  });
}

function valueOf(tag: string, plugin_name: string, data_class: number, tensor: SummaryValue["tensor"]): SummaryValue {
  return { tag, metadata: { plugin_data: { plugin_name }, data_class }, tensor };
}
