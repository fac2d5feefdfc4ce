/** An error in the program, not in its input: a function that cannot be captured, or a wrong call of a captured one. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}
