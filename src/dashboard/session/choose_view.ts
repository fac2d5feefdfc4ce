/** Which view a person gets. */

export type View = "ink" | "plain" | "json";

export interface ViewChoice {
  /** Whether both ends, keyboard and screen, are a terminal. */
  readonly isTTY: boolean;
  readonly env: (name: string) => string | undefined;
  readonly plain: boolean;
  readonly json: boolean;
}

/** What was asked for; else the dashboard where a terminal can show it, lines where not. */
export function chooseView({ isTTY, env, plain, json }: ViewChoice): View {
  if (json) return "json";
  if (plain || !isTTY || env("TERM") === "dumb" || env("INK_SCREEN_READER") === "true") return "plain";
  return "ink";
}
