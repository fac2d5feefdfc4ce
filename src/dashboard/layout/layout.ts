/** Where each pane stands, from the measured size of the terminal. Rectangles never overlap nor leave the screen. */

export type PaneName =
  | "header"
  | "line"
  | "setup"
  | "rates"
  | "accuracy"
  | "loss"
  | "trends"
  | "progress"
  | "early_stopping"
  | "parameters"
  | "checkpoints"
  | "system"
  | "confusion"
  | "samples"
  | "log"
  | "footer";

export interface Placement {
  readonly pane: PaneName;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether there is room for a title line. */
  readonly titled: boolean;
}

/** What the middle of the screen is about. */
export type Stage = "setup" | "extract" | "train";

/** Panes that have something to say at these stages only. */
const STAGES_OF: Partial<Readonly<Record<PaneName, readonly Stage[]>>> = {
  setup: ["setup"],
  rates: ["extract"],
  accuracy: ["train"],
  loss: ["train"],
  trends: ["extract", "train"],
  confusion: ["train"],
  samples: ["train"],
};

/** Whether the pane belongs to what the middle of the screen is about. */
export function isAtStage(pane: PaneName, stage: Stage): boolean {
  return STAGES_OF[pane]?.includes(stage) ?? true;
}

export interface LayoutInput {
  readonly columns: number;
  readonly rows: number;
  readonly stage: Stage;
  /** How many notices must stay on screen. */
  readonly notices: number;
  /** Rows of the parameter table, its heading left out. */
  readonly parameterRows: number;
  /** What the system pane has to say. */
  readonly systemRows: number;
  readonly classes: number;
  readonly zoom: PaneName | null;
}

const GAP = 2;
const SIDEBAR = 66;
/** Rows of the parameter table at most: an open base has as many blocks as it likes; zoomed they all find room. */
const SIDEBAR_TABLE = 17;
const GRID_TABLE = 7;

/** How many lines the notices get: all of them where there is room, one where there is not. */
export function noticeLines(notices: number, rows: number): number {
  return Math.min(notices, rows >= 40 ? 3 : rows >= 24 ? 2 : 1);
}

/** Panes in reading order, which is the order of focus. */
export function layout(input: LayoutInput): Placement[] {
  const { columns, rows } = input;
  if (rows < 7 || columns < 24) return columns < 1 || rows < 1 ? [] : [place("line", 0, 0, columns, 1, false)];
  const headerRows = (rows < 16 ? 1 : 2) + noticeLines(input.notices, rows);
  const area: Area = { left: 0, top: headerRows, width: columns, height: rows - headerRows - 1 };
  return [
    place("header", 0, 0, columns, headerRows, false),
    ...(input.zoom ? [inArea(input.zoom, area)] : panes(area, input)),
    place("footer", 0, rows - 1, columns, 1, false),
  ];
}

/** Panes that can have the focus: all but header and footer. */
export function focusable(placements: readonly Placement[]): PaneName[] {
  return placements.map(({ pane }) => pane).filter((pane) => !["header", "footer", "line"].includes(pane));
}

/** Panes that a small screen leaves out; each can have the whole of it. */
const LEFT_OUT_FIRST: readonly PaneName[] = ["parameters", "checkpoints", "confusion", "system", "samples", "log"];

/** Panes that have something to say at this stage and found no place. */
export function leftOut(placements: readonly Placement[], stage: Stage): PaneName[] {
  const placed = placements.map(({ pane }) => pane);
  if (!placed.includes("header")) return [];
  return LEFT_OUT_FIRST.filter((pane) => !placed.includes(pane) && isAtStage(pane, stage));
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function panes(area: Area, input: LayoutInput): Placement[] {
  if (area.width >= 150 && area.height >= 28) return sidebar(area, input);
  if (area.width >= 72 && area.height >= 19) return grid(area, input);
  if (area.width >= 56 && area.height >= 13) return narrow(area, input);
  if (area.width >= 30 && area.height >= 22) return stack(area, input);
  return compact(area, input);
}

/** Charts left, one over the other so that their epochs line up; everything else in a column at the right. */
function sidebar(area: Area, input: LayoutInput): Placement[] {
  const [main, side] = splitRight(area, SIDEBAR);
  const table = Math.min(input.parameterRows, SIDEBAR_TABLE) + 3;
  const fixed: [PaneName, number][] = [
    ["progress", 5],
    ["early_stopping", 6],
    ["parameters", table],
    ["checkpoints", 5],
    ["system", input.systemRows + 2],
    // The matrix, a worst pair or two, and the log keeps a few lines.
    ...(input.stage === "train" ? [["confusion", confusionRows(input.classes)] as [PaneName, number]] : []),
  ];
  return [...middle(input.stage, main), ...column(side, fixed, "log")];
}

/** A title, pictures of 16 pixels, two to a line, and two lines that say what they are. */
const SAMPLES = 11;
/** Two charts that deserve the name, and the samples below them. */
const ROOM_FOR_SAMPLES = 36;

/** The samples at the bottom: beside them the log stands still, and a line that changes is written as a whole. */
function middle(stage: Stage, area: Area): Placement[] {
  if (stage !== "train" || area.height < ROOM_FOR_SAMPLES) return stacked(stage, area);
  const [charts, bottom] = splitBottom(area, SAMPLES);
  return [...stacked(stage, charts), inArea("samples", bottom)];
}

/** A matrix of many classes is as high as the screen: then the worst pairs alone. */
function confusionRows(classes: number): number {
  return (classes <= 12 ? classes + 1 : 5) + 2;
}

/** Charts side by side over two columns; on a tall screen the log has the full width below. */
function grid(area: Area, input: LayoutInput): Placement[] {
  const table = Math.min(input.parameterRows, GRID_TABLE) + 2;
  const tall = area.height >= 30;
  const middle = tall ? 5 : 4;
  const log = tall ? Math.min(9, Math.max(6, Math.floor(area.height / 5))) : 0;
  const [charts, below] = splitBottom(area, middle + table + log);
  const [between, rest] = splitBottom(below, table + log);
  const [lower, bottom] = splitBottom(rest, log);
  const [lowerLeft, lowerRight] = halves(lower);
  return [
    ...beside(input.stage, charts),
    ...pair(between, "progress", "early_stopping"),
    inArea("parameters", lowerLeft),
    ...(tall
      ? [
        ...column(lowerRight, [["checkpoints", Math.min(4, lowerRight.height - 2)]], "system"),
        ...lowest(input.stage, bottom),
      ]
      : column(lowerRight, [["checkpoints", Math.ceil(table / 2)]], "log")),
  ];
}

function lowest(stage: Stage, area: Area): Placement[] {
  return stage === "train" ? pair(area, "confusion", "log") : [inArea("log", area)];
}

/** 60×20: parameters and log go first. */
function narrow(area: Area, input: LayoutInput): Placement[] {
  const checkpoints = area.height >= 16 ? 3 : 0;
  const [charts, below] = splitBottom(area, 5 + checkpoints);
  const [between, bottom] = splitBottom(below, checkpoints);
  return [
    ...beside(input.stage, charts),
    ...pair(between, "progress", "early_stopping"),
    ...(checkpoints > 0 ? [inArea("checkpoints", bottom)] : []),
  ];
}

/** Narrow and tall: one under the other. */
function stack(area: Area, input: LayoutInput): Placement[] {
  const [charts, below] = splitBottom(area, 9);
  return [...stacked(input.stage, charts), ...column(below, [["progress", 4]], "early_stopping")];
}

/** 40×12: sparklines in place of charts, no titles. */
function compact(area: Area, input: LayoutInput): Placement[] {
  if (input.stage === "setup") {
    const [above, below] = splitBottom(area, Math.min(3, area.height));
    return [...(above.height > 0 ? [inArea("setup", above, false)] : []), inArea("progress", below, false)];
  }
  const wanted: [PaneName, number][] = [["progress", 2], ["trends", 2], ["early_stopping", 3]];
  // Where there is room to breathe, an empty line parts them.
  const spare = Math.max(0, Math.min(2, area.height - 7));
  const placed: Placement[] = [];
  let top = area.top;
  for (const [index, [pane, height]] of wanted.entries()) {
    const room = Math.min(height, area.top + area.height - top);
    if (room > 0) placed.push(place(pane, area.left, top, area.width, room, false));
    top += height + (index < spare ? 1 : 0);
  }
  return placed;
}

function stacked(stage: Stage, area: Area): Placement[] {
  if (stage !== "train") return [inArea(stage === "setup" ? "setup" : "rates", area)];
  const [upper, lower] = splitBottom(area, Math.floor(area.height / 2));
  return [inArea("accuracy", upper), inArea("loss", lower)];
}

function beside(stage: Stage, area: Area): Placement[] {
  if (stage !== "train") return [inArea(stage === "setup" ? "setup" : "rates", area)];
  return pair(area, "accuracy", "loss");
}

/** Fixed heights from the top; the last pane has what is left, or is left out. */
function column(area: Area, fixed: readonly [PaneName, number][], last: PaneName): Placement[] {
  const placed: Placement[] = [];
  let top = area.top;
  const end = area.top + area.height;
  for (const [pane, height] of fixed) {
    if (end - top < 2) break;
    placed.push(place(pane, area.left, top, area.width, Math.min(height, end - top), true));
    top += Math.min(height, end - top);
  }
  if (end - top >= 2) placed.push(place(last, area.left, top, area.width, end - top, true));
  return placed;
}

function pair(area: Area, left: PaneName, right: PaneName): Placement[] {
  const [one, other] = halves(area);
  return [inArea(left, one), inArea(right, other)];
}

function halves(area: Area): [Area, Area] {
  return splitRight(area, Math.floor((area.width - GAP) / 2));
}

function splitRight(area: Area, right: number): [Area, Area] {
  const left = area.width - right - GAP;
  return [{ ...area, width: left }, { ...area, left: area.left + left + GAP, width: right }];
}

function splitBottom(area: Area, bottom: number): [Area, Area] {
  const upper = area.height - bottom;
  return [{ ...area, height: upper }, { ...area, top: area.top + upper, height: bottom }];
}

function inArea(pane: PaneName, { left, top, width, height }: Area, titled = true): Placement {
  return place(pane, left, top, width, height, titled);
}

function place(
  pane: PaneName,
  left: number,
  top: number,
  width: number,
  height: number,
  titled: boolean,
): Placement {
  return { pane, left, top, width, height, titled };
}
