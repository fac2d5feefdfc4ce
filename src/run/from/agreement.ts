/** Checks that a run can start with the weights of another one. */
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { isBaseFile } from "../../config.ts";
import { UnusableOptionsError } from "../../errors.ts";
import { flagOf } from "../../options.ts";
import { type HeadOrigin, originDifference, type OriginKey, shownFact } from "../checkpoints/head_origin.ts";
import { toKeras } from "../checkpoints/keras_layers.ts";

/** What must agree: what the weights were trained for, and the layers that they belong to. */
export interface Fit {
  /** What is not known yet is not compared. */
  readonly origin: Partial<HeadOrigin>;
  /** The layers that are trained. */
  readonly layers: readonly LayerSpec[];
  /** The short form of the head, for errors. Null if it is not known. */
  readonly head: string | null;
}

/**
 * Checks that the weights of a run fit another run.
 * @param run the id of the run that the weights are from
 * @throws UnusableOptionsError that names the first difference, both values, and what to do
 */
export function refuseOtherStart(run: string, theirs: Fit, ours: Fit): void {
  const bothFiles = [ours, theirs].every(({ origin: { base } }) => base !== undefined && isBaseFile(base));
  // A base in a file may have been moved. Its weights are compared.
  const { base: _, ...others } = theirs.origin;
  const difference = originDifference(ours.origin, bothFiles ? others : theirs.origin);
  if (difference) {
    const { key, what, ours: mine, theirs: other } = difference;
    throw refusal(run, WORDS[key] ?? what, shownFact(other), shownFact(mine), remedy(key, other));
  }
  if (layersText(theirs.layers) === layersText(ours.layers)) return;
  const [head, mine] = [theirs.head ?? "other layers", ours.head ?? "other layers"];
  if (head === mine) {
    throw new UnusableOptionsError(`--from ${run}: its layers are not those of this run. Use another run.`);
  }
  throw refusal(run, "the head", head, mine, `Use --head ${head}, or another run.`);
}

/** Returns the error for a difference. */
export function refusal(run: string, what: string, theirs: string, ours: string, remedy: string): UnusableOptionsError {
  return new UnusableOptionsError(`--from ${run}: ${what} is ${theirs} in that run and ${ours} in this one. ${remedy}`);
}

/** The names of facts that are not options. */
const WORDS: Partial<Readonly<Record<OriginKey, string>>> = {
  base_weights_sha256: "the SHA-256 of the base's weights",
};

function remedy(key: OriginKey, theirs: unknown): string {
  switch (key) {
    case "classes":
      return "Use data with the same classes in the same order, or another run.";
    case "base_weights_sha256":
      return "Use the same --weights, or another run.";
    default:
      return `Use ${flagOf(key)} ${theirs}, or another run.`;
  }
}

/** Returns the layers that have weights or compute something in inference. The rate of a dropout may be another one. */
function layersText(layers: readonly LayerSpec[]): string {
  return JSON.stringify(
    layers.filter(({ type }) => type !== "Dropout").map((layer) =>
      layer.type === "InputLayer" ? layer.shape : [layer.name, toKeras(layer)]
    ),
  );
}
