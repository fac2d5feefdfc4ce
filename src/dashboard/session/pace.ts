/** How often the screen is redrawn: about four times a second, less often where frames are large. */

/** Frames a second. */
export const DEFAULT_FPS = 4;
/** For a screen of 80×24; below the 4 KB/s that a slow line is given, since keys and the clock draw too. */
const BYTES_A_SECOND = 3000;
const CELLS = 80 * 24;

/** How long a frame of so many bytes has to stand; larger screens are given more bytes a second. */
export function frameMs(frameBytes: number, columns: number, rows: number, fps = DEFAULT_FPS): number {
  const allowed = BYTES_A_SECOND * Math.max(1, (columns * rows) / CELLS);
  return Math.max(1000 / fps, (frameBytes / allowed) * 1000);
}
