import { Text } from "ink";
import type { ReactNode } from "react";

/** One line of text that never wraps. Callers should cut the text to the width; Ink truncates it as a last resort. */
export function Line(
  { children, color = "", dim = false, bold = false, inverse = false }: {
    children?: ReactNode;
    color?: string;
    dim?: boolean;
    bold?: boolean;
    inverse?: boolean;
  },
) {
  return (
    <Text wrap="truncate-end" color={color} dimColor={dim} bold={bold} inverse={inverse}>
      {children}
    </Text>
  );
}
