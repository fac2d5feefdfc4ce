/** Draws curves with ASCII characters. */
import { ASCII } from "../drawing/glyphs.ts";
import { between, type Dot, Layers, type Look } from "./layers.ts";
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
    for (const dot of between(from, to)) {
      if (this.holds(dot)) this.#curves.set(this.cell(dot.x, dot.y), piece);
      travelled++;
    }
    return travelled;
  }

  protected override curve(index: number): ChartRun | null {
    return this.#curves.get(index) ?? null;
  }
}
