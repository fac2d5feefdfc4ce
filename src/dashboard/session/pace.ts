/** How often the screen is redrawn: about four times a second, less often where frames are large. */

/** Frames a second. */
export const DEFAULT_FPS = 4;
/** Bytes a second for frames: under 1 kB at 80×24 and under 1.5 kB at 200×50, since keys and the clock draw too. */
const BYTES_A_SECOND = 700;
const BYTES_A_SECOND_AND_CELL = 0.045;
/** However large it was. */
const AT_MOST_MS = 1500;

/** How long a frame of so many bytes has to stand; larger screens are given more bytes a second. */
export function frameMs(frameBytes: number, columns: number, rows: number, fps = DEFAULT_FPS): number {
  const allowed = BYTES_A_SECOND + BYTES_A_SECOND_AND_CELL * columns * rows;
  return Math.max(1000 / fps, Math.min(AT_MOST_MS, (frameBytes / allowed) * 1000));
}
