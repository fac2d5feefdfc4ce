/** Where the class folders of a data set lie. */

/** A folder, and the class folders in it. */
export interface ClassPlace {
  readonly within: string;
  readonly folders: readonly string[];
}

export interface Places {
  readonly train: ClassPlace;
  /** Null where a part of each class is kept for validation. */
  readonly validation: ClassPlace | null;
}
