/**
 * The bases there are: a further one is a file beside this one and a place in this list. What the command line, `doctor`
 * and the network have to know of it is in its file.
 */
import type { Base } from "./base.ts";
import { densenet121 } from "./densenet121.ts";
import { squeezenet11 } from "./squeezenet11.ts";

/** The first one is the default. */
const BASES = [densenet121, squeezenet11] as const satisfies readonly [Base, ...Base[]];

export type BaseName = (typeof BASES)[number]["name"];

/** Names in the order of the list. */
export const BASE_NAMES: readonly BaseName[] = BASES.map(({ name }) => name);

/** The lesson's base. */
export const DEFAULT_BASE: BaseName = BASES[0].name;

/** Each base under its name. */
export const bases = Object.fromEntries(BASES.map((base) => [base.name, base])) as Readonly<Record<BaseName, Base>>;
