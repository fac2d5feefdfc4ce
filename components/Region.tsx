import { Box } from "ink";
import type { ReactNode } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { LeftContext } from "./hooks/use_strips.ts";

/**
 * The rectangle that the layout gave a pane; nothing in it ever leaves it. Lines are cut at its width by themselves
 * (`wrap="truncate-end"`); to have Ink clip them too would measure each once more.
 */
export function Region({ placement, children }: { placement: Placement; children?: ReactNode }) {
  const { left, top, width, height } = placement;
  return (
    <Box
      position="absolute"
      left={left}
      top={top}
      width={width}
      height={height}
      flexDirection="column"
      overflowY="hidden"
    >
      <LeftContext value={left}>{children}</LeftContext>
    </Box>
  );
}
