/** Checks before a run starts that the weights of another run (`--from`) can be its first ones. */
import { hasFrozenBase, isBaseFile, type RunOptions, weightsFile } from "../config.ts";
import { defaultPreprocess, type FoundSource, openDataSource } from "../data/open.ts";
import { weightsHash } from "../features/base/weights_hash.ts";
import { headForm } from "../head_form.ts";
import { type BaseNetwork, baseNetwork, baseRefOf } from "../model/base_network.ts";
import { splitNetwork } from "../model/open_part.ts";
import { wholeModel } from "../model/whole.ts";
import { choosePreprocess } from "./choose_preprocess.ts";
import type { Resolved } from "./folder/run_config.ts";
import { refusal, refuseOtherStart } from "./from/agreement.ts";
import { readStartSource, type StartSource } from "./from/source.ts";
import { modelOf } from "./run_event.ts";

/**
 * Checks everything that is known already. The trainer compares the rest: data and weights that must be downloaded or
 * made first.
 *
 * @param found the data of the run, or null if it must be downloaded
 * @throws HeadlightError (2) that names what is wrong with the other run, or what differs
 */
export async function checkStart(options: RunOptions, found: FoundSource | null): Promise<void> {
  if (options.from === undefined) return;
  const source = readStartSource(options.from, options.from_checkpoint);
  const { startedFrom: { run }, resolved, origin, layers } = source;
  const network = hasFrozenBase(options) ? await baseNetwork(await baseRefOf(options)) : null;
  const dataset = found && await openDataSource(found.source, options.size, found.listing);
  try {
    const known = dataset ?? { classes: resolved.classes, height: null, width: null };
    const ours = {
      ...{ base: options.base, size: options.size, pooling: options.pooling },
      ...{ resize: options.resize, precision: options.precision },
      ...optional("preprocess", preprocessOf(options, found, network)),
      ...optional("base_weights_sha256", await knownHash(options)),
      classes: [...known.classes],
    };
    const { open } = splitNetwork(wholeModel(modelOf(options, { dataset: known, network }, true)));
    refuseOtherStart(
      run,
      { origin, layers, head: headForm(source.options) },
      { origin: ours, layers: open, head: headForm(options) },
    );
    refuseOtherKind(options, source);
    await refuseOtherCut(options, source);
  } finally {
    dataset?.close();
  }
}

function optional<K extends string, V>(key: K, value: V | null): { [key in K]?: V } {
  const entry: { [key in K]?: V } = {};
  if (value !== null) entry[key] = value;
  return entry;
}

function preprocessOf(
  { preprocess, base }: RunOptions,
  found: FoundSource | null,
  network: BaseNetwork | null,
): Resolved["preprocess"] | null {
  if (found === null) return preprocess ?? null;
  const usual = defaultPreprocess(found.source, base);
  return network ? choosePreprocess(preprocess, usual, network) : preprocess ?? usual;
}

/** Returns the SHA-256 of the base's weights if they are in a file that the options name, otherwise null. */
async function knownHash(options: RunOptions): Promise<string | null> {
  const { base, weights } = options;
  const file = weightsFile(options) ?? (isBaseFile(base) && weights !== "random" ? base : null);
  return file === null ? null : await weightsHash(file);
}

/** The words of `--weights`, and what config.json calls them. */
const KINDS: Readonly<Record<string, Resolved["weights"]["kind"]>> = { imagenet: "published", random: "random" };

function refuseOtherKind({ weights = "" }: RunOptions, { startedFrom: { run }, resolved }: StartSource): void {
  const kind = KINDS[weights];
  const theirs = resolved.weights.kind;
  if (kind === undefined || kind === theirs) return;
  const word = Object.keys(KINDS).find((name) => KINDS[name] === theirs) ?? resolved.weights.path;
  throw refusal(run, [{ what: "weights", theirs: word, ours: weights, use: `--weights ${word}` }]);
}

/** Two cuts of one file may have features of the same width, but they mean something else. */
async function refuseOtherCut(options: RunOptions, { startedFrom: { run }, resolved }: StartSource): Promise<void> {
  if (!isBaseFile(options.base) || resolved.base_file === undefined) return;
  const ours = await baseRefOf(options);
  const theirs = resolved.base_file;
  if (typeof ours === "string" || ours.cut === theirs.cut) return;
  const word = (cut: string | null) => cut ?? "the one before the top";
  const values = { theirs: word(theirs.cut), ours: word(ours.cut) };
  throw refusal(run, [{ what: "the last layer of the base", ...values, use: "the same --cut" }]);
}
