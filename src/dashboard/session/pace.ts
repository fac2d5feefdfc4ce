/** Decides how often the screen is redrawn: about four times a second, less often if frames are large. */

/** Frames per second. */
export const DEFAULT_FPS = 4;
/**
 * Bytes per second for frames. Together with the redraws for keys and the clock, the output stays under 1 kB/s at 80×24
 * and under 1.5 kB/s at 200×50 in most seconds: frames of more than 1.5 kB come less often than every two seconds.
 */
const BYTES_A_SECOND = 700;
const BYTES_A_SECOND_AND_CELL = 0.005;
/** The longest time between two frames. */
const AT_MOST_MS = 2500;

/** Returns the minimum time until the next frame, in milliseconds. Larger screens may use more bytes per second. */
export function frameMs(frameBytes: number, columns: number, rows: number, fps = DEFAULT_FPS): number {
  const allowed = BYTES_A_SECOND + BYTES_A_SECOND_AND_CELL * columns * rows;
  return Math.max(1000 / fps, Math.min(AT_MOST_MS, (frameBytes / allowed) * 1000));
}
