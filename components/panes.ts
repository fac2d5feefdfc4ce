/** All panes, in reading order. */
import { valueOf } from "../src/at.ts";
import { CHECKPOINTS } from "./CheckpointsPane.tsx";
import { CONFUSION } from "./ConfusionPane.tsx";
import { CURVES, RATES } from "./CurvesPane.tsx";
import { EARLY_STOPPING } from "./EarlyStoppingPane.tsx";
import { FOOTER } from "./Footer.tsx";
import { HEADER } from "./HeaderPane.tsx";
import { LINE } from "./LinePane.tsx";
import { LOG } from "./LogPane.tsx";
import type { RegisteredPane } from "./registered_pane.ts";
import { PARAMETERS } from "./ParametersPane.tsx";
import { PROGRESS } from "./ProgressPane.tsx";
import { SAMPLES } from "./SamplesPane.tsx";
import { SETUP } from "./SetupPane.tsx";
import { SYSTEM } from "./SystemPane.tsx";
import { TRENDS } from "./TrendsPane.tsx";

export const PANES: readonly RegisteredPane[] = [
  HEADER,
  LINE,
  SETUP,
  RATES,
  ...CURVES,
  PROGRESS,
  TRENDS,
  EARLY_STOPPING,
  PARAMETERS,
  CHECKPOINTS,
  SYSTEM,
  CONFUSION,
  SAMPLES,
  LOG,
  FOOTER,
];

const BY_NAME = new Map(PANES.map((pane) => [pane.name, pane]));

/**
 * Returns the pane with a name.
 * @throws RangeError if the layout places a pane that is not registered
 */
export function paneNamed(name: string): RegisteredPane {
  return valueOf(BY_NAME, name);
}
