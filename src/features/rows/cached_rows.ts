/** Counts the rows in the cache, whatever their images are. */
import { join } from "node:path";
import { aboutEntry } from "../../files/use.ts";
import { type AboutBase, aboutBaseSchema } from "../base/about_base.ts";
import { ROWS_VERSION, RowStore } from "./row_store.ts";

/**
 * Returns the number of images with rows, of the recipe that has the most among those for such a base. Returns 0 if
 * there is no such recipe or the cache cannot be read.
 *
 * @param wanted the facts that the base must have
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
