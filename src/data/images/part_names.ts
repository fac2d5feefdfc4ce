/** Recognizes the names of parts of a data set, such as train, Training_Set, seg_test or VALID. */

export type Role = "train" | "validation";

export interface PartName {
  readonly role: Role;
  /**
   * The order of preference among names of one role, 0 first. A test set comes last, because it is often kept for the
   * final evaluation.
   */
  readonly rank: number;
  /**
   * The text before the word, in lower case: `seg` in `seg_train`. A name with a prefix is a part only beside another
   * part with the same prefix: `station_train` alone is a class.
   */
  readonly prefix: string;
}

/** The words for each role, preferred ones first. */
const WORDS: Readonly<Record<Role, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["val", "valid", "validation", "dev", "eval", "evaluation", "test", "testing"],
};

const ALL_WORDS = Object.values(WORDS).flat().join("|");

/**
 * Matches a normalized name: an optional prefix, the word, and words such as "set" or "data" after it. Lower case, with
 * single spaces between words.
 */
const PART = new RegExp(
  `^(?:(.+) )?(${ALL_WORDS})(?: ?(?:sets?|data|datasets?|images?|imgs?|pictures?|photos?|split|folder))*$`,
);

/** Returns which part a folder's name stands for, or null if it stands for none. Ignores case. */
export function partName(name: string): PartName | null {
  const words = name.normalize("NFC").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "").join(" ");
  const [, before = "", word] = PART.exec(words) ?? [];
  if (word === undefined) return null;
  const role: Role = WORDS.train.includes(word) ? "train" : "validation";
  // Numbers only order the folders, as in 1_train, 2_val.
  const prefix = before.split(" ").filter((part) => !/^\d*$/.test(part)).join(" ");
  return { role, rank: WORDS[role].indexOf(word), prefix };
}
