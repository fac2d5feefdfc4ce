/** What bfloat16 changes in the bases whose graphs are in the cache, for people who choose a precision. */
import { join } from "node:path";
import { isSystemError } from "../../files/system_error.ts";
import { isRegularFile } from "../../files/stored.ts";
import { aboutEntry } from "../../files/use.ts";
import { type AboutBase, aboutBaseSchema } from "./about_base.ts";
import { readDescription } from "./graph_store.ts";
import type { Rounding } from "./rounding.ts";

export interface KeptRounding extends Pick<AboutBase, "base" | "weights" | "size"> {
  /** The kind of engine, which decides what is rounded. */
  readonly engine: string;
  readonly rounding: Rounding;
}

/** Returns what was measured for each base, weights and size when a graph was made, ordered by base and size. */
export function keptRoundings(root: string): KeptRounding[] {
  const found = folders(join(root, "graphs")).flatMap((folder): KeptRounding[] => {
    const about = aboutBaseSchema.safeParse(aboutEntry(folder)).data;
    const rounding = roundingIn(join(folder, "graph.json"));
    if (about === undefined || rounding === null) return [];
    const { base, weights, size } = about;
    const [engine = ""] = about.engine.split(" ");
    return [{ base, weights, size, engine, rounding }];
  });
  // A base has a graph for each pooling and batch size. What was measured holds for all of them.
  const distinct = new Map(found.map((one) => [JSON.stringify(one), one]));
  return [...distinct.values()].sort((one, other) => one.base.localeCompare(other.base) || one.size - other.size);
}

function folders(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory).map(({ name }) => join(path, name));
  } catch (error) {
    // There is no cache yet.
    if (isSystemError(error)) return [];
    throw error;
  }
}

function roundingIn(path: string): Rounding | null {
  try {
    return isRegularFile(path) ? readDescription(path)?.bfloat16?.rounding ?? null : null;
  } catch {
    // It was removed meanwhile or is damaged; the next run makes it again.
    return null;
  }
}
