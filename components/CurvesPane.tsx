import { useMemo } from "react";
import { CHARTED } from "../src/dashboard/charts/charted.ts";
import { curves, type CurvesState, rateCurve } from "../src/dashboard/panes/chart_data.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import type { Metric } from "../src/metrics.ts";
import { ChartPane } from "./ChartPane.tsx";
import { pane, type RegisteredPane } from "./registered_pane.ts";

/** A pane for each metric with its curves over the epochs. */
export const CURVES: readonly RegisteredPane[] = CHARTED.map((metric, index) =>
  pane(
    {
      name: metric.name,
      numbered: { number: index + 1, called: metric.title.toLowerCase() },
      stages: ["train"],
      middle: true,
    },
    { run: ["epochs", "facts", "classes", "end", "earlyStopping"], view: ["charts", "beside"] },
    (props) => <CurvesPane metric={metric} {...props} />,
  )
);

interface CurvesProps {
  readonly metric: Metric;
  readonly state: CurvesState;
  readonly placement: Placement;
  readonly focused: boolean;
}

function CurvesPane({ metric, state, ...place }: CurvesProps) {
  const { epochs, facts, classes, end, earlyStopping } = state.run;
  const { charts, beside } = state.view;
  // Lists what `curves` uses, so that a new place or the focus does not recompute the curves.
  const data = useMemo(
    () => curves(state, metric),
    [epochs, facts, classes, end, earlyStopping, charts, beside, metric],
  );
  return <ChartPane data={data} drawing={charts.drawing} {...place} />;
}

/** The images per second during the extraction. */
export const RATES = pane(
  { name: "rates", numbered: { number: 1, called: "images per second" }, stages: ["extract"], middle: true },
  { run: ["rates"], view: ["charts"] },
  function RatesPane({ state, ...place }) {
    const { rates } = state.run;
    const data = useMemo(() => rateCurve({ rates }), [rates]);
    return <ChartPane data={data} drawing={state.view.charts.drawing} {...place} />;
  },
);
