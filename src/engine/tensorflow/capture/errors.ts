/** A function that cannot be captured, or a captured one that is called wrongly: a defect of the program, not bad input. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}
