/** How Ink draws a program that has the whole screen. */
export const FULL_SCREEN = {
  alternateScreen: true,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
  isScreenReaderEnabled: false,
  /** Ink's name for: write every frame whole and at once. `screenStdout` finds what has changed, cell by cell. */
  debug: true,
} as const;
