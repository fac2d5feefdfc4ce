/**
 * Draws the README's images: `deno task pictures`. The real dashboard shows recorded runs in a pseudo-terminal, and its
 * screens are written as SVG files to tests/fixtures/pictures.
 */
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { PseudoTerminal } from "./pseudo_terminal.ts";
import { screenSvg } from "./screen_svg.ts";

interface Picture {
  readonly name: string;
  readonly stream: string;
  readonly columns: number;
  readonly rows: number;
  /** The keys, pressed one after the other. */
  readonly keys: readonly string[];
  /** The text that must be visible before any key is pressed. */
  readonly shows: string;
}

export const PICTURES: readonly Picture[] = [
  { name: "training-80x24", stream: "lesson", columns: 80, rows: 24, keys: [], shows: "epoch 25/30" },
  { name: "overfitting-200x50", stream: "overfit", columns: 200, rows: 50, keys: [], shows: "epoch 40/60" },
];

const UNTIL: Readonly<Record<string, number>> = { lesson: 132 };
const FOLDER = join(PROJECT_ROOT, "tests", "fixtures", "pictures");
const PROGRAM = join(PROJECT_ROOT, "tests", "terminal", "fixtures", "replay_app.ts");

async function draw({ stream, columns, rows, keys, shows }: Picture): Promise<string> {
  const settings = { stream: `tests/fixtures/runs/${stream}.jsonl`, until: UNTIL[stream] };
  const terminal = new PseudoTerminal(Deno.execPath(), ["run", "-A", PROGRAM, JSON.stringify(settings)], {
    columns,
    rows,
    env: { COLORTERM: "truecolor", TZ: "UTC" },
  });
  try {
    await terminal.shows(shows);
    for (const key of keys) {
      terminal.write(key);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // Sample images appear one after the other.
    await new Promise((resolve) => setTimeout(resolve, columns >= 200 ? 18_000 : 300));
    return screenSvg(terminal);
  } finally {
    await terminal.end();
  }
}

if (import.meta.main) {
  Deno.mkdirSync(FOLDER, { recursive: true });
  for (const picture of PICTURES) {
    const path = join(FOLDER, `${picture.name}.svg`);
    Deno.writeTextFileSync(path, await draw(picture));
    console.log(path);
  }
  Deno.exit(0);
}
