/** The places of a data set's class folders. */

/** A folder and the class folders in it. */
export interface ClassPlace {
  readonly within: string;
  readonly folders: readonly string[];
}

export interface Places {
  readonly train: ClassPlace;
  /** Null if a share of each class is used for validation. */
  readonly validation: ClassPlace | null;
}
