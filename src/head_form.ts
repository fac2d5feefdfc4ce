/**
 * The short form that `--head` takes: the layers between the base and the logits, separated by commas. Parsed here
 * because the schema of options checks it; its layers get their names in src/model/head.ts.
 */
import type { LayerKind } from "./bases/layer_spec.ts";
import { scratchNetwork } from "./bases/networks.ts";

/** The short form of the lesson's head on a frozen base. */
export const LESSON_HEAD = "bn,dense:50:relu,dropout:0.5";

/** The short form of a head without layers before the logits. */
const LINEAR = "linear";

/** The activations that a dense layer of a head can have. The first is the default. */
const ACTIVATIONS = ["linear", "relu", "tanh", "sigmoid"] as const;

/** The maximum number of units of a layer. More is a typing error: memory would not suffice. */
export const MOST_UNITS = 65_536;

/** Keras's default values for BatchNormalization. */
const BATCH_NORM: LayerKind = { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 };

/** A short form that is not valid. */
export class HeadFormError extends Error {}

/** The options that say what the head is. */
export interface HeadRequest {
  /** The name of the network that the head belongs to. */
  readonly base?: string | undefined;
  readonly head?: string | undefined;
  readonly hidden?: number | undefined;
  readonly dropout?: number | undefined;
}

/** Returns the short form of the head that a network has where none is asked for. */
export function defaultHead(network: string | undefined): string {
  return (network === undefined ? null : scratchNetwork(network))?.head ?? LESSON_HEAD;
}

/** Returns the short form of the requested head. `hidden` and `dropout` change the default head. */
export function headForm({ base, head, hidden, dropout }: HeadRequest): string {
  if (head !== undefined) return head;
  return defaultHead(base).split(",").map((piece) => {
    if (hidden !== undefined && piece.startsWith("dense:")) return `dense:${hidden}:relu`;
    return dropout !== undefined && piece.startsWith("dropout:") ? `dropout:${dropout}` : piece;
  }).join();
}

/** Whether the default head of a network drops units. */
export function defaultHeadDrops(network: string): boolean {
  return parseHead(defaultHead(network)).some(({ type }) => type === "Dropout");
}

/**
 * Returns the layers of a short form, without the last dense layer that gives the logits.
 *
 * @throws HeadFormError that names the wrong piece, what is wrong with it, and what is allowed
 */
export function parseHead(form: string): readonly LayerKind[] {
  if (form.trim() === LINEAR) return [];
  return form.split(",").map((piece) => layerOf(piece.trim()));
}

function layerOf(piece: string): LayerKind {
  const [name, ...values] = piece.split(":");
  switch (name) {
    case "bn":
      if (values.length > 0) throw wrong(piece, "bn takes no value. Write bn.");
      return BATCH_NORM;
    case "dense":
      return dense(piece, values);
    case "dropout":
      return dropout(piece, values);
    case LINEAR:
      throw wrong(piece, `a linear head has no other layers. Use --head ${LINEAR} alone.`);
    case "":
      throw wrong('""', "a layer is missing beside a comma. Remove the comma.");
    default:
      throw wrong(piece, "no such layer. Use bn, dense:UNITS:ACTIVATION or dropout:RATE.");
  }
}

function dense(piece: string, [units = "", activation = ACTIVATIONS[0], ...rest]: readonly string[]): LayerKind {
  if (!/^\d+$/.test(units) || Number(units) < 1 || Number(units) > MOST_UNITS) {
    throw wrong(piece, `UNITS must be a whole number from 1 to ${MOST_UNITS}. Write, for example, dense:50:relu.`);
  }
  const known = ACTIVATIONS.find((name) => name === activation);
  if (known === undefined || rest.length > 0) {
    throw wrong(piece, `ACTIVATION must be one of ${ACTIVATIONS.join(", ")}. Write, for example, dense:${units}:relu.`);
  }
  return { type: "Dense", units: Number(units), activation: known };
}

function dropout(piece: string, [rate = "", ...rest]: readonly string[]): LayerKind {
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e-\d+)?$/.test(rate) || Number(rate) >= 1 || rest.length > 0) {
    throw wrong(piece, "RATE must be a number from 0 to less than 1. Write, for example, dropout:0.5.");
  }
  return { type: "Dropout", rate: Number(rate) };
}

function wrong(piece: string, rest: string): HeadFormError {
  return new HeadFormError(`${piece}: ${rest}`);
}
