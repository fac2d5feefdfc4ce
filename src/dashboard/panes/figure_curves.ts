/** The curves of the figures over the epochs. */
import { valueOf } from "../../at.ts";
import type { CommonFigureName } from "../../metrics.ts";
import type { Epoch } from "../../run_state/run_state.ts";
import type { Sequence } from "../../sequence.ts";
import type { Points } from "../charts/points.ts";
import { smoothing } from "../charts/smooth.ts";
import { type Smoothing, SMOOTHINGS } from "../view/chart_view.ts";

const SMOOTHED = new Map(SMOOTHINGS.map((weight) => [weight, smoothing(weight)]));

/** Returns the curve of a figure over the numbers of the epochs. */
export function curveOf(epochs: Sequence<Epoch>, name: CommonFigureName): Points {
  return { xs: epochs.column("epoch"), ys: epochs.column(name) };
}

/** Returns the curve smoothed with this weight. */
export function smoothedCurve({ xs, ys }: Points, weight: Smoothing): Points {
  return { xs, ys: ys.scan(valueOf(SMOOTHED, weight)) };
}
