import { Box, useApp } from "ink";
import { ASCII, UNICODE } from "../src/dashboard/drawing/glyphs.ts";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { placements } from "../src/dashboard/layout/screen.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";
import type { Store } from "../src/dashboard/session/store.ts";
import { CheckpointsPane } from "./CheckpointsPane.tsx";
import { ConfusionPane } from "./ConfusionPane.tsx";
import { CurvesPane, RatesPane } from "./CurvesPane.tsx";
import { EarlyStoppingPane } from "./EarlyStoppingPane.tsx";
import { Footer } from "./Footer.tsx";
import { HeaderPane } from "./HeaderPane.tsx";
import { HelpOverlay } from "./HelpOverlay.tsx";
import { GlyphsContext } from "./hooks/use_glyphs.ts";
import { useDashboard } from "./hooks/use_dashboard.ts";
import { useKeys } from "./hooks/use_keys.ts";
import { LinePane } from "./LinePane.tsx";
import { LogPane } from "./LogPane.tsx";
import { ParametersPane } from "./ParametersPane.tsx";
import { ProgressPane } from "./ProgressPane.tsx";
import { SamplesPane } from "./SamplesPane.tsx";
import { SetupPane } from "./SetupPane.tsx";
import { SystemPane } from "./SystemPane.tsx";
import { TrendsPane } from "./TrendsPane.tsx";

/** Gives the terminal away while `work` runs, then takes it back and draws everything anew. */
export type HandOver = (work: () => Promise<void>) => Promise<void>;

/** Puts the panes where the layout has them. The root has the screen's height: Ink knows the width only. */
export function App({ store, press }: { store: Store; press: (key: string, handOver: HandOver) => void }) {
  const { suspendTerminal } = useApp();
  useKeys((key) => press(key, suspendTerminal));
  const state = useDashboard(store);
  const placed = placements(state);
  // None on a screen of one line, which says itself that there is no room for the help.
  const header = placed.find(({ pane }) => pane === "header");
  return (
    <GlyphsContext value={state.ascii ? ASCII : UNICODE}>
      <Box width={state.columns} height={state.rows} overflowY="hidden">
        {placed.map((placement) => (
          <PaneAt key={placement.pane} placement={placement} state={state} focused={state.focus === placement.pane} />
        ))}
        {state.help && header && <HelpOverlay state={state} header={header} />}
      </Box>
    </GlyphsContext>
  );
}

interface PaneProps {
  readonly placement: Placement;
  readonly state: DashboardState;
  readonly focused: boolean;
}

function PaneAt({ placement, state, focused }: PaneProps) {
  const props = { placement, state, focused };
  switch (placement.pane) {
    case "header":
      return <HeaderPane {...props} />;
    case "footer":
      return <Footer {...props} />;
    case "line":
      return <LinePane {...props} />;
    case "setup":
      return <SetupPane {...props} />;
    case "rates":
      return <RatesPane {...props} />;
    case "accuracy":
      return <CurvesPane kind="accuracy" {...props} />;
    case "loss":
      return <CurvesPane kind="loss" {...props} />;
    case "trends":
      return <TrendsPane {...props} />;
    case "progress":
      return <ProgressPane {...props} />;
    case "early_stopping":
      return <EarlyStoppingPane {...props} />;
    case "parameters":
      return <ParametersPane {...props} />;
    case "checkpoints":
      return <CheckpointsPane {...props} />;
    case "confusion":
      return <ConfusionPane {...props} />;
    case "samples":
      return <SamplesPane {...props} />;
    case "system":
      return <SystemPane {...props} />;
    case "log":
      return <LogPane {...props} />;
  }
}
