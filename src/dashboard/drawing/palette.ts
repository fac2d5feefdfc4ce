/** Colours by meaning. */
import chalk from "chalk";

/**
 * For terminals with all colours or 256. What is measured in the test: each stands out from white, from Solarized's light ground and from
 * black by 3:1 and more (WCAG 2.2, 1.4.11), since a program over SSH does not learn which one it writes on; and the curves
 * are told apart with every kind of colour blindness. No meaning is carried by a colour alone.
 */
const ALL = {
  training: "#337FE8",
  validation: "#E65C00",
  good: "#009068",
  attention: "#E65C00",
  bad: "#B8323C",
  accent: "#337FE8",
  beside: "#E658B0",
} as const;

/**
 * On 16 colours the curves are bright blue, yellow and bright magenta: dark blue is lost on black, and validation in red
 * would look like an error. Yellow is the one that is not bright, which stands out from white as well.
 */
const OF_16: Record<keyof typeof ALL, string> = { ...ALL, validation: "#808000", attention: "#808000" };

/** The colours for a terminal, at the level that chalk gives it: 1 where it has 16. */
export function coloursAt(level: number): Record<keyof typeof ALL, string> {
  return level === 1 ? OF_16 : ALL;
}

/** Those of this terminal. */
export const COLOURS = coloursAt(chalk.level);
