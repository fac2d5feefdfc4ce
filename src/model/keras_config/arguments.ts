/** Schemas of the arguments in a layer's config, as Keras 2 and Keras 3 write them. */
import { z } from "zod";
import { type ActivationName, ACTIVATIONS, type Extent, type Sides } from "../../bases/layer_spec.ts";

/** No layer is larger than this in any direction. A damaged file can state any number. */
const MOST = 1 << 20;

export const count = z.int().min(1).max(MOST);
const length = z.int().min(0).max(MOST);

/** A height and a width, of which Keras writes one number if they are equal. */
export const extent = z.union([count, z.tuple([count, count])]).transform((value): Extent => {
  if (typeof value === "number") return value;
  return value[0] === value[1] ? value[0] : value;
});

export const padding = z.enum(["valid", "same"]);

/** The padding of ZeroPadding2D: one number, one for rows and one for columns, or one for each side. */
export const sides = z.union([length, z.tuple([lengthPair(), lengthPair()])]).transform((value): Sides => {
  if (typeof value === "number") return [[value, value], [value, value]];
  return value;
});

function lengthPair() {
  return z.union([length.transform((value): [number, number] => [value, value]), z.tuple([length, length])]);
}

/** Only channels as the last axis are supported. */
export const channelsLast = z.literal("channels_last").nullish();

/** An axis that is the last one of an image or a vector. Keras 2 writes a list with one axis. */
export const lastAxis = z.union([z.int(), z.tuple([z.int()])]).transform((value) =>
  typeof value === "number" ? value : value[0]
);

/** Names that mean the same function as one in ACTIVATIONS. */
const OTHER_NAMES: Readonly<Record<string, ActivationName>> = { swish: "silu", hard_swish: "hard_silu" };

/** An activation: its name, or an object that names a function. None is linear. */
export const activation = z.union([
  z.string(),
  z.looseObject({ class_name: z.literal("function"), config: z.string() }).transform(({ config }) => config),
]).nullish().transform((name, context): ActivationName => {
  if (name === null || name === undefined) return "linear";
  const known = ACTIVATIONS.find((known) => known === name) ?? (Object.hasOwn(OTHER_NAMES, name) && OTHER_NAMES[name]);
  if (known) return known;
  context.addIssue({ code: "custom", message: "unknown activation" });
  return z.NEVER;
});

export const number = z.number();
export const flag = z.boolean();

/** One number, or one per channel, which Keras may write as nested lists with one entry each. */
export const perChannel = z.union([z.number(), z.array(z.unknown())]).transform((value, context) => {
  if (typeof value === "number") return value;
  const flat: unknown[] = value.flat(NESTED);
  if (flat.length > 0 && flat.length <= MOST && flat.every((entry) => typeof entry === "number")) {
    return flat as readonly number[];
  }
  context.addIssue({ code: "custom", message: "not numbers" });
  return z.NEVER;
});
/** An image has four axes. */
const NESTED = 4;
