/** The colours of the dashboard, named by what they mean. */
import chalk from "chalk";

/**
 * The colours for terminals with 24-bit colour or 256 colours. A program cannot learn the background colour over SSH,
 * so each colour has a contrast of at least 3:1 (WCAG 2.2, 1.4.11) to white, to the background of Solarized Light and
 * to black. The curves can be told apart with every kind of colour blindness. Tests measure both. No meaning depends on
 * colour alone.
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
 * The colours for terminals with 16 colours. The curves are bright blue, yellow and bright magenta: dark blue is hard
 * to see on black, and a red validation curve would look like an error. Yellow is not bright, because bright yellow is
 * hard to see on white.
 */
const OF_16: Record<keyof typeof ALL, string> = { ...ALL, validation: "#808000", attention: "#808000" };

/** Returns the colours for a terminal. `level` is chalk's colour level: 1 for 16 colours. */
export function coloursAt(level: number): Record<keyof typeof ALL, string> {
  return level === 1 ? OF_16 : ALL;
}

/** The colours for this terminal. */
export const COLOURS = coloursAt(chalk.level);
