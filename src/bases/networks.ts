/** The list of networks that `--base` accepts: frozen bases, and networks that are trained from scratch. */
import { BASE_NAMES, type BaseName, bases } from "./bases.ts";
import { lessonCnn, lessonCnnPlain } from "./lesson_cnn.ts";
import type { ScratchNetwork } from "./scratch_network.ts";

/** The networks that are trained from scratch. */
export const SCRATCH_NETWORKS = [lessonCnn, lessonCnnPlain] as const satisfies readonly ScratchNetwork[];

export type ScratchName = (typeof SCRATCH_NETWORKS)[number]["name"];
export type NetworkName = BaseName | ScratchName;

/** The names of all networks, frozen bases first. */
export const NETWORK_NAMES: readonly NetworkName[] = [...BASE_NAMES, ...SCRATCH_NETWORKS.map(({ name }) => name)];

/** Returns the network of this name that is trained from scratch, or null if the name is that of a frozen base. */
export function scratchNetwork(name: string): ScratchNetwork | null {
  return SCRATCH_NETWORKS.find((network) => network.name === name) ?? null;
}

/** Whether the name is that of a frozen base. */
export function isBase(name: NetworkName): name is BaseName {
  return scratchNetwork(name) === null;
}

/** Returns the name of a network as people see it. */
export function displayName(name: NetworkName): string {
  return isBase(name) ? bases[name].displayName : scratchNetwork(name)?.displayName ?? name;
}

/** Returns the smallest image side, in pixels, at which every layer of a network still has an output. */
export function smallestSize(name: NetworkName): number {
  return isBase(name) ? bases[name].smallestSize : scratchNetwork(name)?.smallestSize ?? 1;
}
