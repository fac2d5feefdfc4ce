/** Draws curves with ASCII characters. */
import { ASCII } from "../drawing/glyphs.ts";
import { type Dot, eachBetween, Layers, type Look } from "./layers.ts";
import type { ChartRun } from "./series.ts";

/**
 * A canvas for terminals without Unicode: `*` for training, `o` for validation, `.` for the original of a smoothed
 * curve, `X` for the best epoch.
 */
export class CharacterCanvas extends Layers {
  readonly #curves = new Map<number, ChartRun>();

  constructor(columns: number, rows: number) {
    super(columns, rows, { across: 1, down: 1 }, ASCII);
  }

  line(from: Dot, to: Dot, { name, run, faint }: Look, travelled: number): number {
    const piece: ChartRun = faint
      ? { text: ".", kind: "faint", run }
      : { text: name === "training" ? "*" : "o", kind: name, run };
    eachBetween(from, to, (x, y) => {
      if (this.holds(x, y)) this.#curves.set(this.cell(x, y), piece);
      travelled++;
    });
    return travelled;
  }

  protected override curve(index: number): ChartRun | null {
    return this.#curves.get(index) ?? null;
  }
}
