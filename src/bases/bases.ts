/**
 * The list of available bases. To add one, write a file in this folder and add it to the list. The command line,
 * `doctor` and the network read everything they need from that file.
 */
import type { Base } from "./base.ts";
import { densenet121 } from "./densenet121.ts";
import { squeezenet11 } from "./squeezenet11.ts";

/** The first base is the default. */
const BASES = [densenet121, squeezenet11] as const satisfies readonly [Base, ...Base[]];

export type BaseName = (typeof BASES)[number]["name"];

/** The names of the bases, in the order of the list. */
export const BASE_NAMES: readonly BaseName[] = BASES.map(({ name }) => name);

/** The default base, which is also the one that the lesson uses. */
export const DEFAULT_BASE: BaseName = BASES[0].name;

/** The bases by name. */
export const bases = Object.fromEntries(BASES.map((base) => [base.name, base])) as Readonly<Record<BaseName, Base>>;
