/** Describes how far a computation over images is, and how fast. */
import { amount, duration, rate } from "../dashboard/text/formats.ts";
import { RateMeter } from "../run/rate.ts";

export class PaceText {
  readonly #meter = new RateMeter();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Returns `1,200 of 5,000 images, 60 images/s, 1 min 3 s left`, without the rate before it is known. */
  text(done: number, total: number): string {
    const perSecond = this.#meter.note(done, this.nowMs());
    const pace = perSecond === null
      ? ""
      : `, ${rate(perSecond, "images")}, ${duration((total - done) / perSecond)} left`;
    return `${amount(done, total, "images")}${pace}`;
  }
}
