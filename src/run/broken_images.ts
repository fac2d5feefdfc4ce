/** Counts the images that cannot be decoded and names them in the log. Too many of them end the run. */
import { count } from "../counted.ts";
import type { BrokenImage } from "../data/dataset/dataset.ts";
import { UnusableDataError } from "../errors.ts";
import { stripControl } from "../text.ts";
import type { Journal } from "./journal.ts";

/** The number of broken images that are named in the log, so that a folder of thousands does not fill it. */
const NAMED = 20;
/** The number of broken images after which a run with too many of them ends at once. */
const ENOUGH_FOUND = 10;
/** The number of causes in the error that ends the run, and of images that it names for each. */
const CAUSES_AT_THE_END = 3;
const NAMED_AT_THE_END = 3;
/**
 * How long the run continues after it has found too many broken images, so that the error can count more of them. The
 * features that are computed meanwhile are kept in the cache.
 */
const LOOKING_FOR_MORE_MS = 10_000;

export class BrokenImages {
  readonly #found = new Map<string, BrokenImage>();
  #tooManySinceMs: number | null = null;

  /**
   * @param total the number of images in the training and the validation set
   * @param most the share of them that may be broken. Unless it is 0, one image always may be.
   */
  constructor(
    private readonly total: number,
    private readonly most: number,
    private readonly journal: Pick<Journal, "say">,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * Records broken images.
   * @throws UnusableDataError if more images are broken than are allowed, and either ten of them were found or ten
   * seconds have passed since the limit was exceeded. Also if every image is broken, however many are allowed.
   */
  add(images: readonly BrokenImage[]): void {
    for (const image of images) this.#note(image);
    if (this.#found.size === this.total) this.#refuseAll();
    if (this.#found.size <= this.#allowed()) return;
    this.#tooManySinceMs ??= this.nowMs();
    const goOn = this.#found.size < ENOUGH_FOUND && this.nowMs() - this.#tooManySinceMs < LOOKING_FOR_MORE_MS;
    if (!goOn) this.#giveUp("allow a larger share with --max-broken.");
  }

  /** Call this after all images were processed. @throws UnusableDataError if more images are broken than are allowed */
  requireFew(): void {
    const { size } = this.#found;
    if (size <= this.#allowed()) return;
    this.#giveUp(`leave ${size === 1 ? "it" : "them"} out with --max-broken ${this.#enough()}.`);
  }

  /**
   * Returns the number of images that may be broken. A single image does not end a run, even in a small data set,
   * unless none may be broken.
   */
  #allowed(most = this.most): number {
    return most === 0 ? 0 : Math.max(1, Math.floor(most * this.total));
  }

  /** Returns the smallest share, in hundredths, that allows the number of broken images found. */
  #enough(): number {
    let hundredths = 1;
    while (hundredths < 100 && this.#allowed(hundredths / 100) < this.#found.size) hundredths++;
    return hundredths / 100;
  }

  #refuseAll(): never {
    throw new UnusableDataError(
      `None of the ${count(this.total)} images can be decoded. Repair them, or replace them with others. ` +
        this.#which(),
    );
  }

  /** The remedy comes before the names, because small screens cut the end of an error. */
  #giveUp(orElse: string): never {
    const { size } = this.#found;
    throw new UnusableDataError(
      `${count(size)} of ${count(this.total)} images cannot be decoded, but --max-broken ${this.most} allows ${
        count(this.#allowed())
      }. Repair or delete ${size === 1 ? "it" : "them"}, or ${orElse} ${this.#which()}`,
    );
  }

  /** Returns a sentence that names some of the broken images, with each cause once. */
  #which(): string {
    const byCause = [...Map.groupBy(this.#sorted(), ({ reason }) => reason)];
    const causes = byCause.slice(0, CAUSES_AT_THE_END).map(([reason, images]) => {
      const names = images.slice(0, NAMED_AT_THE_END).map(({ path }) => path);
      const rest = images.length - names.length;
      return `${inWords(rest > 0 ? [...names, `${count(rest)} more`] : names)} (${reason})`;
    });
    const others = byCause.slice(CAUSES_AT_THE_END).reduce((sum, [, images]) => sum + images.length, 0);
    const all = others > 0 ? [...causes, `and ${count(others)} for other reasons`] : causes;
    return stripControl(`${this.#found.size === 1 ? "It is" : "They are"} ${all.join("; ")}.`);
  }

  #note(image: BrokenImage): void {
    if (this.#found.has(image.path)) return;
    this.#found.set(image.path, image);
    if (this.#found.size > NAMED) return;
    this.journal.say({ type: "log", level: "warn", text: `Image left out: ${named(image)}` });
  }

  /** Sorted by name, because the order in which they are found depends on the cache. */
  #sorted(): BrokenImage[] {
    return [...this.#found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Returns the notice about broken images, or null if there are none. */
  notice(): string | null {
    const { size } = this.#found;
    const [first] = this.#sorted();
    if (!first) return null;
    const are = size === 1 ? "is" : "are";
    return `${count(size)} of ${count(this.total)} images cannot be decoded and ${are} left out: ${named(first)}${
      size === 1 ? "" : ", …"
    }`;
  }
}

/** Returns `a, b and c`. */
function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function named({ path, reason }: BrokenImage): string {
  return stripControl(`${path} (${reason})`);
}
