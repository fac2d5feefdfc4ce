/** Images that cannot be decoded: each is named once, they are counted, and too many end the run. */
import type { BrokenImage } from "../data/dataset/dataset.ts";
import { UnusableDataError } from "../errors.ts";
import { stripControl } from "../text.ts";
import type { Journal } from "./journal.ts";

/** The number of broken images that are named in the log. A folder of thousands must not fill it. */
const NAMED = 20;
/** The number of broken images that are named in the line with which a run gives up. */
const NAMED_AT_THE_END = 10;
/** How long a run that will give up goes on, so that the line names more than one of several. The cache keeps the rest. */
const LOOKING_FOR_MORE_MS = 10_000;

export class BrokenImages {
  readonly #found = new Map<string, BrokenImage>();
  #tooManySinceMs: number | null = null;

  /**
   * @param total images of both parts.
   * @param most share of them that may be broken; one may be in any case, unless it is 0.
   */
  constructor(
    private readonly total: number,
    private readonly most: number,
    private readonly journal: Pick<Journal, "say">,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * Notes broken images.
   * @throws UnusableDataError if more are broken than may be, and ten were found or ten seconds have passed since
   */
  add(images: readonly BrokenImage[]): void {
    for (const image of images) this.#note(image);
    if (this.#found.size <= this.#allowed()) return;
    this.#tooManySinceMs ??= this.nowMs();
    const goOn = this.#found.size < NAMED_AT_THE_END && this.nowMs() - this.#tooManySinceMs < LOOKING_FOR_MORE_MS;
    if (!goOn) this.#giveUp("allow a larger share with --max-broken");
  }

  /** Is called when all images were looked at. @throws UnusableDataError if more are broken than may be */
  requireFew(): void {
    if (this.#found.size > this.#allowed()) this.#giveUp(`go on without, with --max-broken ${this.#enough()}`);
  }

  /** One image alone is no reason to end a run, however few there are, unless none may be broken. */
  #allowed(most = this.most): number {
    return most === 0 ? 0 : Math.max(1, Math.floor(most * this.total));
  }

  /** The smallest share in hundredths that allows what was found. */
  #enough(): number {
    let hundredths = 1;
    while (hundredths < 100 && this.#allowed(hundredths / 100) < this.#found.size) hundredths++;
    return hundredths / 100;
  }

  #giveUp(orElse: string): never {
    const { size } = this.#found;
    const names = this.#sorted().slice(0, NAMED_AT_THE_END).map(named);
    const rest = size - names.length;
    throw new UnusableDataError(
      `${size} of ${this.total} images cannot be decoded, and --max-broken ${this.most} allows ${this.#allowed()}: ` +
        `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}. ` +
        `Repair or delete ${size === 1 ? "it" : "them"}, or ${orElse}`,
    );
  }

  #note(image: BrokenImage): void {
    if (this.#found.has(image.path)) return;
    this.#found.set(image.path, image);
    if (this.#found.size > NAMED) return;
    this.journal.say({ type: "log", level: "warn", text: `left out: ${named(image)}` });
  }

  /** By name: which one is found first depends on what the cache has. */
  #sorted(): BrokenImage[] {
    return [...this.#found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Returns the notice about broken images, or null if there are none. */
  notice(): string | null {
    const { size } = this.#found;
    const [first] = this.#sorted();
    if (!first) return null;
    const are = size === 1 ? "is" : "are";
    return `${size} of ${this.total} images cannot be decoded and ${are} left out: ${named(first)}${
      size === 1 ? "" : ", …"
    }`;
  }
}

function named({ path, reason }: BrokenImage): string {
  return stripControl(`${path} (${reason})`);
}
