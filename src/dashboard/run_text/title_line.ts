/** The first line of the dashboard: the run's name, its state, its epoch, its time and its place in a series. */
import type { Glyphs } from "../drawing/glyphs.ts";
import { cut, fitParts, stringWidth } from "../text/width.ts";
import { placeAndNextText, placeText, type SeriesView } from "../view/series.ts";
import type { DashboardState } from "../view/state.ts";
import { clockText, epochText, type Status, statusOf } from "./describe.ts";

export interface TitleLine {
  /** The name of the run, or as much of it as fits. */
  readonly left: string;
  readonly status: Status;
  /** What follows the status, with its separators. */
  readonly rest: string;
}

/**
 * The columns of a run's name that remain, because the next run's name and when a lost trainer was last seen go first.
 */
const NAME_KEEPS = 12;
/** With less room than this, in columns, the name is left out. */
const NAME_AT_LEAST = 8;
/** On a narrower screen only the progress pane shows the epoch. */
const EPOCH_FROM = 56;
/** From this width on, the line begins with the name of the program. */
const WIDE_FROM = 100;

/**
 * Returns the title line.
 *
 * @param text prepares a text for the terminal
 */
export function titleLine(
  state: DashboardState,
  width: number,
  glyphs: Pick<Glyphs, "dot" | "ellipsis">,
  text: (text: string) => string,
): TitleLine {
  const { id } = state.view;
  const title = state.run.facts?.name ?? null;
  const name = text(title ?? id ?? "");
  const suffix = title && id ? [text(id)] : [];
  const parts = width >= WIDE_FROM ? ["Headlight", name, ...suffix] : [name, ...suffix];
  const variants = variantsOf(state, width).map(({ status, after }) => {
    const rest = after.map((part) => ` ${glyphs.dot} ${part}`).join("");
    const shown = cut(text(status.text), Math.max(4, width - stringWidth(rest)), glyphs.ellipsis);
    return { status: { ...status, text: shown }, rest, room: width - stringWidth(shown) - stringWidth(rest) - 2 };
  });
  const needed = Math.min(stringWidth(name), NAME_KEEPS);
  const { room, ...line } = variants.find((variant) => variant.room >= needed) ?? variants.at(-1) ??
    { status: statusOf(state), rest: "", room: 0 };
  return { ...line, left: room < NAME_AT_LEAST ? "" : fitParts(parts, "  ", room, glyphs.ellipsis) };
}

/** Returns as much of the run's name as fits into the title line before a message, with the space between them. */
export function nameBefore(
  { run, view }: DashboardState,
  message: string,
  width: number,
  ellipsis: string,
  text: (text: string) => string,
): string {
  const room = width - stringWidth(message) - 2;
  const name = room < NAME_AT_LEAST ? "" : cut(text(run.facts?.name ?? view.id ?? ""), room, ellipsis);
  return name === "" ? "" : name + " ".repeat(width - stringWidth(message) - stringWidth(name));
}

/** Returns ever shorter texts to the right of the name. */
function variantsOf(
  state: DashboardState,
  width: number,
): { readonly status: Status; readonly after: readonly string[] }[] {
  const { run, view: { series, readOnly, role, live } } = state;
  const status = statusOf(state);
  const epoch = epochText(run);
  // A viewer that is not connected yet does not know whether the series goes on.
  const namesNext = (width >= WIDE_FROM || run.end !== null) && (role === "owner" || live !== null);
  const places = series === null ? [[]] : seriesTexts(series, width, namesNext).map((place) => [place]);
  const all = places.map((place) => ({
    status,
    after: [
      ...(epoch === null || width < EPOCH_FROM ? [] : [epoch]),
      clockText(state),
      ...place,
      ...(readOnly ? ["read-only"] : []),
    ],
  }));
  const { short } = status;
  return short === undefined
    ? all
    : [...all, ...all.map((variant) => ({ ...variant, status: { ...status, text: short } }))];
}

/** Returns the place in the series, first with the name of the next run if that is asked for. */
function seriesTexts(series: SeriesView, width: number, namesNext: boolean): string[] {
  if (width < EPOCH_FROM) return [`${series.place}/${series.of}`];
  return [...(namesNext ? [placeAndNextText(series)] : []), placeText(series)];
}
