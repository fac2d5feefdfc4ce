/** How curves are told apart: for a colour-blind eye and on a grey print too, so never by colour alone. */

/**
 * Okabe and Ito's hues, some of them darkened: each stands out on white (3:1, WCAG 1.4.11), and as greys no two are the
 * same. The first three, which most plots do with, lie farthest apart.
 */
export const RUN_COLOURS = ["#0072B2", "#D48000", "#000000", "#00573F", "#5E1F4E"] as const;

/**
 * Six markers for five colours: thirty runs before a pair of both comes again. None is a star, which marks the best
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
  /** ECharts's name of the marker, or its outline; null where one run is alone. */
  readonly symbol: string | null;
}

/** One run alone: training blue, validation orange, as in the dashboard, but dark enough for white ground. */
export const ALONE: RunStyle = { training: "#3A96DC", validation: "#B34A00", symbol: null };

/** The style of the run at a place among `count` that are laid over each other. */
export function runStyle(place: number, count: number): RunStyle {
  if (count === 1) return ALONE;
  const colour = RUN_COLOURS[place % RUN_COLOURS.length] ?? RUN_COLOURS[0];
  return { training: colour, validation: colour, symbol: SYMBOLS[place % SYMBOLS.length] ?? SYMBOLS[0] };
}

/** Validation is the solid, strong line in every view of Headlight's; training is dashed. */
export const LINES = {
  training: { width: 1.6, type: [5, 4] },
  validation: { width: 2.6, type: "solid" as const },
  stop: { width: 1.2, type: [2, 3] },
  majority: { width: 1.2, type: [8, 3, 2, 3] },
};

export const STAR = "path://M50,0L62,36L98,36L69,58L79,95L50,73L21,95L31,58L2,36L38,36Z";
/** The dotted line of a stop, standing, for the legend; as wide as the star through a point at either side. */
export const STOP_ICON = "path://M0,7L0,7ZM6,0L8,0L8,3L6,3ZM6,5L8,5L8,8L6,8ZM6,10L8,10L8,13L6,13ZM14,7L14,7Z";

/** The font in the package, then those of the same widths that a browser may have where it shows an SVG. */
export const FONT = "DejaVu Sans";
export const FONTS = `${FONT}, Bitstream Vera Sans, Verdana, sans-serif`;
export const INK = "#222222";
export const GRID = "#DDDDDD";
