/** Checks that a run can start with the weights of another one. */
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { isBaseFile } from "../../config.ts";
import { UnusableOptionsError } from "../../errors.ts";
import { flagOf } from "../../options.ts";
import { type HeadOrigin, originDifferences, type OriginKey, shownFact } from "../checkpoints/head_origin.ts";
import { toKeras } from "../../model/keras_config/write_kind.ts";

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
 * @throws UnusableOptionsError that names all differences, both values, and what to do
 */
export function refuseOtherStart(run: string, theirs: Fit, ours: Fit): void {
  const bothFiles = [ours, theirs].every(({ origin: { base } }) => base !== undefined && isBaseFile(base));
  // A base in a file may have been moved. Its weights are compared.
  const { base: _, ...others } = theirs.origin;
  const differences = originDifferences(ours.origin, bothFiles ? others : theirs.origin);
  const hasOtherBase = differences.some(({ key }) => key === "base");
  const disagreements = differences
    // Another base has other weights.
    .filter(({ key }) => !hasOtherBase || key !== "base_weights_sha256")
    .map(({ key, what, ours: mine, theirs: other }): Disagreement => ({
      what: WORDS[key] ?? what,
      theirs: shownFact(other),
      ours: shownFact(mine),
      use: remedy(key, other),
    }));
  const sameLayers = layersText(theirs.layers) === layersText(ours.layers);
  const [head, mine] = [theirs.head ?? "other layers", ours.head ?? "other layers"];
  if (!sameLayers && head !== mine) {
    disagreements.push({ what: "the head", theirs: head, ours: mine, use: `--head ${head}` });
  }
  if (disagreements.length > 0) throw refusal(run, disagreements);
  if (!sameLayers) {
    throw new UnusableOptionsError(`--from ${run}: its layers are not those of this run. Use another run.`);
  }
}

/** Something in which two runs must agree and do not. */
export interface Disagreement {
  readonly what: string;
  readonly theirs: string;
  readonly ours: string;
  /** What to use so that they agree. */
  readonly use: string;
}

/** Returns the error for disagreements. */
export function refusal(run: string, disagreements: readonly Disagreement[]): UnusableOptionsError {
  const texts = disagreements.map(({ what, theirs, ours }, index) =>
    index === 0 ? `${what} is ${theirs} in that run and ${ours} in this one` : `${what} is ${theirs} and ${ours}`
  );
  const uses = disagreements.map(({ use }) => use).join(", ");
  return new UnusableOptionsError(`--from ${run}: ${texts.join("; ")}. Use ${uses}, or another run.`);
}

/** The names of facts that are not options. */
const WORDS: Partial<Readonly<Record<OriginKey, string>>> = {
  base_weights_sha256: "the SHA-256 of the base's weights",
};

function remedy(key: OriginKey, theirs: unknown): string {
  switch (key) {
    case "classes":
      return "data with the same classes in the same order";
    case "base_weights_sha256":
      return "the same --weights";
    default:
      return `${flagOf(key)} ${theirs}`;
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
