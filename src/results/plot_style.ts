/** How curves are told apart: for a colour-blind eye and on a grey print too, so never by colour alone. */

/** Of Okabe and Ito's palette, in an order in which neighbours differ in lightness as well. */
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"] as const;
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow"] as const;

export interface RunStyle {
  readonly colour: string;
  /** ECharts's name of the marker. */
  readonly symbol: string;
}

/** The style of the run at a place among those that are laid over each other. */
export function runStyle(index: number): RunStyle {
  return {
    colour: COLOURS[index % COLOURS.length] ?? COLOURS[0],
    symbol: SYMBOLS[(index + Math.floor(index / COLOURS.length)) % SYMBOLS.length] ?? SYMBOLS[0],
  };
}

export const FONT = "DejaVu Sans";
export const INK = "#222222";
export const GRID = "#DDDDDD";
