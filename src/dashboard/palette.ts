/**
 * Colours by meaning. Blue and orange (of Okabe and Ito's palette) are told apart with every kind of colour blindness
 * and on light and dark grounds; no meaning is carried by a colour alone.
 */
export const COLOURS = {
  training: "#56B4E9",
  validation: "#E69F00",
  good: "#009E73",
  attention: "#E69F00",
  bad: "#D55E00",
  accent: "#56B4E9",
  beside: "#CC79A7",
} as const;
