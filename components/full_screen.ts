/** How Ink draws a program that has the whole screen. */
export const FULL_SCREEN = {
  alternateScreen: true,
  incrementalRendering: true,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
  isScreenReaderEnabled: false,
} as const;
