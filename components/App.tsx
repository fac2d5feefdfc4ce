import { Box, useApp } from "ink";
import { useMemo } from "react";
import { ASCII, UNICODE } from "../src/dashboard/drawing/glyphs.ts";
import { helpBox } from "../src/dashboard/keys/help_text.ts";
import { placements } from "../src/dashboard/layout/placements.ts";
import type { Store } from "../src/dashboard/session/store.ts";
import { stageOf } from "../src/dashboard/view/stage.ts";
import { HelpOverlay } from "./HelpOverlay.tsx";
import { GlyphsContext } from "./hooks/use_glyphs.ts";
import { useDashboard } from "./hooks/use_dashboard.ts";
import { useKeys } from "./hooks/use_keys.ts";
import { CoverEndContext } from "./hooks/use_strips.ts";
import { paneNamed } from "./panes.ts";

/** Releases the terminal while `work` runs, then takes it back and redraws everything. */
export type HandOver = (work: () => Promise<void>) => Promise<void>;

/**
 * Draws the panes at the places of the layout. The root sets the height of the screen, because Ink only uses its width.
 */
export function App({ store, press }: { store: Store; press: (key: string, handOver: HandOver) => void }) {
  const { suspendTerminal } = useApp();
  useKeys((key) => press(key, suspendTerminal));
  const state = useDashboard(store);
  const { view } = state;
  const placed = placements(state);
  // On a screen with one line there is no header. That line says that there is no room for the help.
  const isFramed = placed.some(({ pane }) => pane === "header");
  // Lines are cut where the help would end, even while it is closed, so that no pane changes when it opens.
  const closed = useMemo(() => helpBox(state), [view.columns, view.rows, stageOf(state.run), isFramed]);
  const help = view.help && isFramed ? helpBox(state) : null;
  const { left, width } = help ?? closed;
  return (
    <GlyphsContext value={view.ascii ? ASCII : UNICODE}>
      <Box width={view.columns} height={view.rows} overflowY="hidden">
        <CoverEndContext value={left + width}>
          {placed.map((placement) => {
            const { name, Component } = paneNamed(placement.pane);
            return <Component key={name} placement={placement} state={state} focused={view.focus === name} />;
          })}
        </CoverEndContext>
        {help && <HelpOverlay box={help} />}
      </Box>
    </GlyphsContext>
  );
}
