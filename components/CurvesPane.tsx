import { useMemo } from "react";
import { curves, rateCurve } from "../src/dashboard/panes/chart_data.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import { ChartPane } from "./ChartPane.tsx";

interface Props {
  readonly state: DashboardState;
  readonly placement: Placement;
  readonly focused: boolean;
}

/** Accuracy or loss, epoch by epoch. */
export function CurvesPane({ kind, state, ...place }: Props & { readonly kind: "accuracy" | "loss" }) {
  const { epochs, run, end, earlyStopping, charts, beside } = state;
  // What `curves` looks at: between two epochs nothing of it changes, while the state does four times a second.
  const data = useMemo(() => curves({ epochs, run, end, earlyStopping, charts, beside }, kind), [
    epochs,
    run,
    end,
    earlyStopping,
    charts,
    beside,
    kind,
  ]);
  return <ChartPane data={data} drawing={charts.drawing} {...place} />;
}

/** Images per second over the extraction. */
export function RatesPane({ state: { rates, charts }, ...place }: Props) {
  const data = useMemo(() => rateCurve({ rates }), [rates]);
  return <ChartPane data={data} drawing={charts.drawing} {...place} />;
}
