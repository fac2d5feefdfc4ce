/** The metrics that have charts. */
import { type Metric, METRICS } from "../../metrics.ts";

/** The metrics in the order of their charts: the accuracy, which people look at first, and then the loss. */
export const CHARTED: readonly Metric[] = METRICS.toReversed();
