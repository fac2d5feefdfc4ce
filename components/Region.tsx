import { Box } from "ink";
import type { ReactNode } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { LeftContext } from "./hooks/use_strips.ts";

/**
 * The rectangle of a pane, which its content never leaves. Lines cut themselves to its width (`wrap="truncate-end"`),
 * so only the height is clipped: to clip the width, Ink would measure each line once more.
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
