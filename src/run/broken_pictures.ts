/** Pictures that cannot be decoded: each is named once, they are counted, and too many end the run. */
import type { BrokenImage } from "../data/dataset/dataset.ts";
import { HeadlightError } from "../errors.ts";
import { stripControl } from "../text.ts";
import type { Journal } from "./journal.ts";

/** The number of broken images that are named in the log. A folder of thousands must not fill it. */
const NAMED = 20;

export class BrokenPictures {
  readonly #found = new Map<string, BrokenImage>();

  /**
   * @param total pictures of both parts.
   * @param most share of them that may be broken.
   */
  constructor(
    private readonly total: number,
    private readonly most: number,
    private readonly journal: Pick<Journal, "say">,
  ) {}

  /** Notes a broken image. @throws HeadlightError (1) if there are now more than may be broken. */
  add(picture: BrokenImage): void {
    if (this.#found.has(picture.path)) return;
    this.#found.set(picture.path, picture);
    if (this.#found.size <= NAMED) {
      this.journal.say({ type: "log", level: "warn", text: `left out: ${named(picture)}` });
    }
    if (this.#found.size <= this.most * this.total) return;
    const allowed = `--max-broken ${this.most} allows ${Math.floor(this.most * this.total)}`;
    throw new HeadlightError(
      `${this.#found.size} of ${this.total} pictures cannot be decoded, and ${allowed}; the last one found: ${
        named(picture)
      }`,
      1,
    );
  }

  /** Returns the notice about broken images, or null if there are none. */
  notice(): string | null {
    const { size } = this.#found;
    // By name: which one is found first depends on what the cache has.
    const [first] = [...this.#found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
    if (!first) return null;
    const what = size === 1
      ? "picture cannot be decoded and is left out"
      : "pictures cannot be decoded and are left out";
    return `${size} of ${this.total} ${what}: ${named(first)}${size === 1 ? "" : ", …"}`;
  }
}

function named({ path, reason }: BrokenImage): string {
  return stripControl(`${path} (${reason})`);
}
