/** The metrics that have a chart each. */
import { type Metric, METRICS } from "../../metrics.ts";

/** In the order in which people read them: what it is about, the accuracy, before the loss that training lowers. */
export const CHARTED: readonly Metric[] = METRICS.toReversed();
