/** Describes how far a computation over images is, and how fast. */
import { amount, duration, rate } from "../dashboard/text/formats.ts";
import { RateMeter } from "../run/rate.ts";

/**
 * The minimum time between two computations of the rate, in milliseconds. The images of a batch are often reported one
 * by one, all at the same time, and the rate is right only for whole batches.
 */
const RENEW_EVERY_MS = 100;

export class PaceText {
  readonly #meter = new RateMeter();
  #perSecond: number | null = null;
  #renewedMs = -Infinity;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /**
   * Returns `1,200 of 5,000 images, 60 images/s, 1m 3s left`, without the rate before it is known.
   *
   * @param cached whether the newest images came from the cache. They do not count in the rate, because reading them
   * takes almost no time.
   */
  text(done: number, total: number, cached = false): string {
    if (!cached) this.#renew(done);
    const pace = this.#perSecond === null
      ? ""
      : `, ${rate(this.#perSecond, "images")}, ${duration((total - done) / this.#perSecond)} left`;
    return `${amount(done, total, "images")}${pace}`;
  }

  #renew(done: number): void {
    const nowMs = this.nowMs();
    if (nowMs - this.#renewedMs < RENEW_EVERY_MS) return;
    this.#renewedMs = nowMs;
    this.#perSecond = this.#meter.note(done, nowMs);
  }
}
