/**
 * Colours by meaning. What is measured in the test: each stands out from white, from Solarized's light ground and from
 * black by 3:1 and more (WCAG 2.2, 1.4.11), since a program over SSH does not learn which one it writes on; and the curves
 * are told apart with every kind of colour blindness. On 16 colours they become blue, red and magenta. No meaning is
 * carried by a colour alone.
 */
export const COLOURS = {
  training: "#337FDD",
  validation: "#C27C00",
  good: "#009068",
  attention: "#C27C00",
  bad: "#D23B3B",
  accent: "#337FDD",
  beside: "#A05A9A",
} as const;
