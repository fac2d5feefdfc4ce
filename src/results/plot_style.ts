/**
 * The styles of curves. They can be distinguished by colour-blind people and on a grey print, so they never differ by
 * colour alone.
 */

/**
 * Okabe and Ito's hues, some of them darkened. Each has a contrast of 3:1 on white (WCAG 1.4.11), and no two are the
 * same grey. The first three differ the most, because most plots have no more runs.
 */
export const RUN_COLOURS = ["#0072B2", "#D48000", "#000000", "#00573F", "#5E1F4E"] as const;

/**
 * Six markers and five colours give thirty different combinations. None of the markers is a star, which marks the best
 * epoch.
 */
const SYMBOLS = [
  "circle",
  "rect",
  "triangle",
  "path://M0,0L10,0L5,9Z",
  "path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z",
  "emptyCircle",
] as const;

export interface RunStyle {
  readonly training: string;
  readonly validation: string;
  /** The name of the marker in ECharts, or its outline; null for a single run. */
  readonly symbol: string | null;
}

/**
 * The style of a single run: training blue and validation orange as in the dashboard, but dark enough for a white
 * background.
 */
export const ALONE: RunStyle = { training: "#3A96DC", validation: "#B34A00", symbol: null };

/** Returns the style of one of `count` runs in a plot. */
export function runStyle(place: number, count: number): RunStyle {
  if (count === 1) return ALONE;
  const colour = RUN_COLOURS[place % RUN_COLOURS.length] ?? RUN_COLOURS[0];
  return { training: colour, validation: colour, symbol: SYMBOLS[place % SYMBOLS.length] ?? SYMBOLS[0] };
}

/** Line styles. As in all views of Headlight, validation is solid and thicker, and training is dashed. */
export const LINES = {
  training: { width: 1.6, type: [5, 4] },
  validation: { width: 2.6, type: "solid" as const },
  stop: { width: 1.2, type: [2, 3] },
  majority: { width: 1.2, type: [8, 3, 2, 3] },
};

export const STAR = "path://M50,0L62,36L98,36L69,58L79,95L50,73L21,95L31,58L2,36L38,36Z";
/** The legend's symbol for a stop: a vertical dotted line. A point on either side makes it as wide as the star. */
export const STOP_ICON = "path://M0,7L0,7ZM6,0L8,0L8,3L6,3ZM6,5L8,5L8,8L6,8ZM6,10L8,10L8,13L6,13ZM14,7L14,7Z";

/** The font in the package, then similarly wide fonts that a browser may have when it shows an SVG. */
export const FONT = "DejaVu Sans";
export const FONTS = `${FONT}, Bitstream Vera Sans, Verdana, sans-serif`;
export const INK = "#222222";
export const GRID = "#DDDDDD";

/** A label in a plot. A white border keeps it readable in front of curves. */
export const LABEL = { color: INK, fontSize: 12, textBorderColor: "#FFFFFF", textBorderWidth: 3 } as const;
