/** Notices: what a person must know about a run until its end. */
import { counted } from "../counted.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import { stripControl } from "../text.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";

/** Logs notices, and keeps them for the end of the run. */
export function sayNotices(
  notices: readonly (string | null)[],
  { journal, ledger }: { readonly journal: Journal; readonly ledger: Ledger },
): void {
  const said = notices.filter((notice) => notice !== null);
  for (const text of said) journal.say({ type: "log", level: "warn", text });
  ledger.notices = [...ledger.notices, ...said];
}

/**
 * Logs notices that came up after the run was prepared and stay on the screen, and keeps them for the end of the run.
 */
export function sayStaying(
  notices: readonly string[],
  { journal, ledger }: { readonly journal: Pick<Journal, "say">; readonly ledger: Ledger },
): void {
  for (const text of notices) journal.say({ type: "log", level: "warn", text, stays: true });
  ledger.notices = [...ledger.notices, ...notices];
}

/**
 * Returns a notice that names files that are in both sets, or null if there are none. Validation on training images
 * gives figures that are too optimistic.
 */
export function sharedNotice(dataset: Dataset): string | null {
  const shared = dataset.inBothParts();
  const [first] = shared;
  if (!first) return null;
  const what = counted(shared.length, "validation image is", "validation images are");
  return stripControl(
    `${what} also in the training set, so the validation figures are too optimistic: ` +
      `${first.validation} has the same content as ${first.train}` +
      (shared.length === 1 ? "" : ", …"),
  );
}
