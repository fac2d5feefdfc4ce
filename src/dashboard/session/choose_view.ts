/** Chooses the view. */

export type View = "ink" | "plain" | "json";

export interface ViewChoice {
  /** Whether standard input and standard output are terminals. */
  readonly isTTY: boolean;
  readonly env: (name: string) => string | undefined;
  readonly plain: boolean;
  readonly json: boolean;
}

/**
 * Returns the view that the flags request; by default, the dashboard on capable terminals and plain lines elsewhere.
 */
export function chooseView({ isTTY, env, plain, json }: ViewChoice): View {
  if (json) return "json";
  if (plain || !isTTY || env("TERM") === "dumb" || env("INK_SCREEN_READER") === "true") return "plain";
  return "ink";
}
