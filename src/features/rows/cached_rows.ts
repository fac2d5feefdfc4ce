/** Counts the rows in the cache without knowing which images are to be looked up. */
import { join } from "node:path";
import { aboutEntry } from "../../files/use.ts";
import { type AboutBase, aboutBaseSchema } from "../base/about_base.ts";
import { ROWS_VERSION, RowStore } from "./row_store.ts";

/**
 * Returns the largest number of images of which one recipe has rows, among the recipes for such a base; 0 if there are
 * none or they cannot be read.
 */
export function mostCachedRows(cacheRoot: string, wanted: Partial<AboutBase>): number {
  const folder = join(cacheRoot, "features", ROWS_VERSION);
  try {
    const recipes = [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
      .filter((name) => isFor(join(folder, name), wanted));
    return Math.max(0, ...recipes.map((recipe) => new RowStore(cacheRoot, recipe).countImages()));
  } catch {
    return 0;
  }
}

function isFor(recipe: string, wanted: Partial<AboutBase>): boolean {
  const about: Partial<AboutBase> = aboutBaseSchema.safeParse(aboutEntry(recipe)).data ?? {};
  const same = { ...about, ...wanted };
  return about.base !== undefined && aboutBaseSchema.keyof().options.every((name) => about[name] === same[name]);
}
