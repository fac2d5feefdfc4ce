/** Checks of options that depend on each other, or that are more than a limit. Each reports its problem to zod. */
import type { z } from "zod";
import { NETWORK_NAMES, scratchNetwork, smallestSize } from "./bases/networks.ts";
import { defaultHeadDrops, HeadFormError, parseHead } from "./head_form.ts";

/** The checkpoint that `--from` takes by default. */
export const DEFAULT_CHECKPOINT = "best";

/** The extensions of files with a whole model. */
const MODEL_FILES = /\.(?:h5|hdf5|keras)$/i;

/** The options of a run, as far as these checks look at them. */
interface Checked {
  readonly base: string;
  readonly cut?: string | undefined;
  readonly size: number;
  readonly weights?: string | undefined;
  readonly preprocess?: string | undefined;
  readonly pooling: string;
  readonly precision: string;
  readonly head?: string | undefined;
  readonly hidden?: number | undefined;
  readonly dropout?: number | undefined;
  readonly from?: string | undefined;
  readonly from_checkpoint: string;
  readonly expect_features?: string | undefined;
  readonly gpu?: number | undefined;
  readonly tf32: boolean;
}
type Payload<K extends keyof Checked> = z.core.ParsePayload<Pick<Checked, K>>;

/** Reports a base that is neither in the list nor a file, and options that it cannot be combined with. */
export function checkBase(
  { value: { base, cut, size, weights }, issues }: Payload<"base" | "cut" | "size" | "weights">,
): void {
  const named = NETWORK_NAMES.find((name) => name === base);
  const refuse = (path: string, input: unknown, message: string) =>
    issues.push({ code: "custom", input, path: [path], message });
  if (named === undefined) {
    if (!base.includes("/") && !MODEL_FILES.test(base)) {
      const values = [...NETWORK_NAMES, "or a .keras or .h5 file"];
      issues.push({ code: "invalid_value", values, input: base, path: ["base"] });
    } else if (weights === "imagenet") {
      const message = "cannot be combined with a base from a file. Remove it to use the file's own weights.";
      refuse("weights", weights, message);
    }
    return;
  }
  if (cut !== undefined) {
    refuse("cut", cut, `cannot be combined with --base ${base}. Name a file with --base, or remove it.`);
  }
  const minimum = smallestSize(named);
  if (size < minimum) refuse("size", size, `must be at least ${minimum} for --base ${named}`);
}

/** Reports `--head` together with an option that changes the default head. */
export function checkHeadOptions({ value, issues }: Payload<"head" | "hidden" | "dropout">): void {
  const other = (["hidden", "dropout"] as const).find((name) => value[name] !== undefined);
  if (value.head === undefined || other === undefined) return;
  const message = `cannot be combined with --${other}. Remove one of them.`;
  issues.push({ code: "custom", input: value.head, path: ["head"], message });
}

/** Reports `--from-checkpoint` without `--from`. */
export function checkStart(
  { value: { from, from_checkpoint: checkpoint }, issues }: Payload<"from" | "from_checkpoint">,
): void {
  if (from !== undefined || checkpoint === DEFAULT_CHECKPOINT) return;
  const message = "can be used only with --from. Remove it, or name a run with --from.";
  issues.push({ code: "custom", input: checkpoint, path: ["from_checkpoint"], message });
}

/** Reports an option that has no meaning for a network that is trained from scratch. */
export function checkScratch(
  { value, issues }: Payload<
    "base" | "weights" | "preprocess" | "pooling" | "precision" | "dropout" | "expect_features" | "gpu" | "tf32"
  >,
): void {
  if (scratchNetwork(value.base) === null) return;
  const message = `cannot be combined with --base ${value.base}, which is trained from scratch. Remove one of them.`;
  const meaningless = [
    value.weights !== undefined && "weights",
    value.preprocess === "imagenet" && "preprocess",
    value.pooling !== "max" && "pooling",
    value.precision !== "float32" && "precision",
    value.dropout !== undefined && !defaultHeadDrops(value.base) && "dropout",
    value.expect_features !== undefined && "expect_features",
    value.gpu !== undefined && "gpu",
    value.tf32 && "tf32",
  ].find((name) => name !== false);
  if (meaningless === undefined) return;
  issues.push({ code: "custom", input: undefined, path: [meaningless], message });
}

/** Reports what is wrong with a head in its short form. */
export function checkHead({ value, issues }: z.core.ParsePayload<string>): void {
  try {
    parseHead(value);
  } catch (error) {
    if (!(error instanceof HeadFormError)) throw error;
    // The error of an option names its whole value anyway.
    const message = error.message.startsWith(`${value}: `) ? error.message.slice(value.length + 2) : error.message;
    issues.push({ code: "custom", input: value, message });
  }
}
