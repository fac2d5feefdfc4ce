/** What doctor says about one thing. */
/** ok: as it should be. note: works, but with a limitation or a first-time step. missing: must be fixed. */
export type CheckStatus = "ok" | "note" | "missing";

export interface Check {
  readonly status: CheckStatus;
  readonly name: string;
  readonly text: string;
  readonly remedy?: string;
  /** Whether training cannot start until this is fixed. */
  readonly blocks?: boolean;
}
