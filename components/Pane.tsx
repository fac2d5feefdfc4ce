import chalk from "chalk";
import type { ReactNode } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import { numberKey } from "../src/dashboard/view/pane_facts.ts";
import { COLOURS } from "../src/dashboard/drawing/palette.ts";
import { cut, stringWidth } from "../src/dashboard/text/width.ts";
import { useGlyphs } from "./hooks/use_glyphs.ts";
import { PaintedLine } from "./Painted.tsx";
import { Region } from "./Region.tsx";

/** A text at the right of a title, with its own colour. */
export interface Aside {
  readonly text: string;
  readonly color?: string;
}

/** The number of spaces after a title. */
const TITLE_MARGIN = 1;
/** The columns of the number before a title and of the space after it, which becomes the focus mark. */
const NUMBER_COLUMNS = 2;

/** Returns the columns beside a title. */
export function titleRoom(title: string, width: number): number {
  return width - NUMBER_COLUMNS - stringWidth(title) - TITLE_MARGIN;
}

/** Returns the columns for one text beside a title, without the spaces before it. */
export function asideRoom(title: string, width: number): number {
  const space = 2;
  return titleRoom(title, width) - space;
}

/** The frame of a pane: its rectangle and, if the layout gives it one, a title line with a rule. */
export function Pane(
  { placement, title, aside = [], focused, children }: {
    placement: Placement;
    title: string;
    aside?: readonly Aside[];
    focused: boolean;
    children?: ReactNode;
  },
) {
  const { width, titled, number } = placement;
  return (
    <Region placement={placement}>
      {titled && <Title number={number} title={title} aside={aside} width={width} focused={focused} />}
      {children}
    </Region>
  );
}

const FOCUSED = chalk.hex(COLOURS.accent).bold;

function Title(
  { number, title, aside, width, focused }: {
    number: number | undefined;
    title: string;
    aside: readonly Aside[];
    width: number;
    focused: boolean;
  },
) {
  const glyphs = useGlyphs();
  const before = number === undefined
    ? focused ? `${glyphs.focus} ` : ""
    : numberKey(number) + (focused ? glyphs.focus : " ");
  const shown = cut(before + title, width, glyphs.ellipsis);
  const kept: Aside[] = [];
  let room = width - stringWidth(shown) - TITLE_MARGIN;
  for (const piece of aside) {
    room -= stringWidth(piece.text) + 2;
    if (room < 0) break;
    kept.push(piece);
  }
  const asideWidth = kept.reduce((sum, piece) => sum + stringWidth(piece.text) + 2, 0);
  const rule = glyphs.rule.repeat(Math.max(0, width - stringWidth(shown) - 1 - asideWidth));
  return (
    <PaintedLine
      runs={[
        { text: shown, paint: focused ? FOCUSED : chalk.bold },
        { text: ` ${rule}`, paint: chalk.dim },
        ...kept.map(({ text, color }) => ({ text: `  ${text}`, paint: color === undefined ? null : chalk.hex(color) })),
      ]}
    />
  );
}
