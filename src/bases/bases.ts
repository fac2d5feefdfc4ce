/**
 * The list of available bases. To add one, write a file in this folder and add it to the list. The command line,
 * `doctor` and the network read everything they need from that file.
 */
import type { Base } from "./base.ts";
import { densenet121 } from "./densenet121.ts";
import { densenet169 } from "./densenet169.ts";
import { densenet201 } from "./densenet201.ts";
import { efficientnetb0 } from "./efficientnetb0.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { resnet50 } from "./resnet50.ts";
import { resnet50v2 } from "./resnet50v2.ts";
import { squeezenet11 } from "./squeezenet11.ts";
import { vgg16 } from "./vgg16.ts";

/** The first base is the default. */
const BASES = [
  densenet121,
  densenet169,
  densenet201,
  squeezenet11,
  mobilenetV2,
  resnet50,
  resnet50v2,
  efficientnetb0,
  vgg16,
] as const satisfies readonly [Base, ...Base[]];

export type BaseName = (typeof BASES)[number]["name"];

/** The names of the bases, in the order of the list. */
export const BASE_NAMES: readonly BaseName[] = BASES.map(({ name }) => name);

/** The default base, which is also the one that the lesson uses. */
export const DEFAULT_BASE: BaseName = BASES[0].name;

/** The base on which engines are compared, because its random weights and its graph are made in a second. */
export const MEASURED_BASE = squeezenet11.name satisfies BaseName;

/** The bases by name. */
export const bases = Object.fromEntries<Base>(BASES.map((base) => [base.name, base])) as Readonly<
  Record<BaseName, Base>
>;
