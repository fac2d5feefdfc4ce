/** Which part of a data set a folder is by its name: people write train, Training_Set, seg_test, VALID. */

export type Role = "train" | "validation";

export interface PartName {
  readonly role: Role;
  /** Among names of one role: which is taken first. What is called test is often kept for the very end. */
  readonly rank: number;
  /**
   * What stands before the word, in lower case: `seg` in `seg_train`. If it is not empty, the name is a part's only beside
   * another part with the same one: `station_train` alone is a class.
   */
  readonly prefix: string;
}

/** The words by role, first choice first. */
const WORDS: Readonly<Record<Role, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["val", "valid", "validation", "dev", "eval", "evaluation", "test", "testing"],
};

const ALL_WORDS = Object.values(WORDS).flat().join("|");

/** The word, with "set", "data" or the like after it, in one piece or in several; in lower case, words apart. */
const PART = new RegExp(
  `^(?:(.+) )?(${ALL_WORDS})(?: ?(?:sets?|data|datasets?|images?|imgs?|pictures?|photos?|split|folder))*$`,
);

/** Returns what part a folder's name stands for, in any case, or null if it stands for none. */
export function partName(name: string): PartName | null {
  const words = name.normalize("NFC").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "").join(" ");
  const [, before = "", word] = PART.exec(words) ?? [];
  if (word === undefined) return null;
  const role: Role = WORDS.train.includes(word) ? "train" : "validation";
  // A number says in which order folders stand: 1_train, 2_val.
  const prefix = before.split(" ").filter((part) => !/^\d*$/.test(part)).join(" ");
  return { role, rank: WORDS[role].indexOf(word), prefix };
}
