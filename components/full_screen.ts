/** Ink's options for programs that use the whole screen. */
export const FULL_SCREEN = {
  alternateScreen: true,
  interactive: true,
  exitOnCtrlC: false,
  patchConsole: false,
  isScreenReaderEnabled: false,
  /** In Ink, `debug` means writing every frame completely and at once. `screenStdout` then writes the changed cells. */
  debug: true,
} as const;
