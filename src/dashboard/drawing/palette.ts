/**
 * Colours by meaning. What is measured in the test: each stands out from white, from Solarized's light ground and from
 * black by 3:1 and more (WCAG 2.2, 1.4.11), since a program over SSH does not learn which one it writes on; and the curves
 * are told apart with every kind of colour blindness. On 16 colours they become bright blue, red and magenta, since the dark ones are lost on black. No meaning is
 * carried by a colour alone.
 */
export const COLOURS = {
  training: "#337FE8",
  validation: "#E65C00",
  good: "#009068",
  attention: "#E65C00",
  bad: "#B8323C",
  accent: "#337FE8",
  beside: "#E658B0",
} as const;
