/** The options with which a resumed run is prepared. */
import type { RunOptions } from "../config.ts";
import { pinnedOptions } from "./repeat.ts";
import { changedOptions } from "./resume/changes.ts";
import type { Restored } from "./resume/restore.ts";

/**
 * Returns the options of a resumed run with everything named that the run chose by itself when it began, so that it
 * does not choose otherwise now. What the person names now counts instead.
 */
export function sameChoices({ config: { options }, before }: Pick<Restored, "config" | "before">): RunOptions {
  if (before.resolved === null) return options;
  const pinned: Record<string, unknown> = pinnedOptions(before.options, before.resolved);
  const given: Record<string, unknown> = options;
  const changed = Object.fromEntries(changedOptions(before.options, options).map((name) => [name, given[name]]));
  return { ...options, ...pinned, ...changed };
}
