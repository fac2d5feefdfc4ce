/** Draws characters that the package's font lacks in a PNG. The system's fonts are those named by FONTCONFIG_FILE. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { toPng } from "../../src/results/draw_plot.ts";
import { fontsFor } from "../../src/results/plot_fonts.ts";
import { headlight } from "../process.ts";
import { needs, withTemporaryFolder } from "../support.ts";
import { recorded } from "./plotted.ts";

const FONTS = join(PROJECT_ROOT, "tests", "fixtures", "fonts");
/** A font with marks for 花, 한, あ and 🍎. */
const MARKS = join(FONTS, "marks.ttf");

const svg = (text: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40"><text y="30" font-size="24">${text}</text></svg>`;

Deno.test("for text in the package's font no other font is searched", async () => {
  let searches = 0;
  const found = await fontsFor(svg("Äpfel → naïve Ελληνικά кириллица  \u200d\ufe0f 😀"), () => {
    searches++;
    return Promise.resolve(null);
  });
  assert.deepEqual([found, searches], [{ files: [], missing: [] }, 0]);
});

Deno.test("a font that has the characters is used once, one that lacks them is not, and characters without a font are named", async () => {
  const asked: string[] = [];
  const found = await fontsFor(svg("花 한 🍎 鱼 龍"), (character) => {
    asked.push(character);
    return Promise.resolve(character === "龍" ? null : MARKS);
  });
  assert.deepEqual(found, { files: [MARKS], missing: ["鱼", "龍"] });
  assert.deepEqual(asked, ["花", "鱼", "龍"]);
  const other = join(FONTS, "..", "..", "..", "node_modules", "dejavu-fonts-ttf", "ttf", "DejaVuSansMono.ttf");
  assert.deepEqual(await fontsFor(svg("花"), () => Promise.resolve(other)), { files: [], missing: ["花"] });
});

Deno.test("a thousand characters that no font has are searched only a few times", async () => {
  const text = Array.from({ length: 1000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join("");
  let searches = 0;
  const { missing } = await fontsFor(svg(text), () => {
    searches++;
    return Promise.resolve(null);
  });
  assert.equal(missing.length, 1000);
  assert.ok(searches <= 12, String(searches));
});

Deno.test("a PNG with a font for its characters differs from one without only in those characters", async () => {
  const chinese = svg("花");
  assert.notDeepEqual(await toPng(chinese, [MARKS]), await toPng(chinese));
  assert.deepEqual(await toPng(svg("abc"), [MARKS]), await toPng(svg("abc")));
});

const hasFontconfig = (await new Deno.Command("fc-match", { args: ["--version"], stderr: "null" }).output()
  .catch(() => null))?.success === true;

/** Plots a run of this name on a machine with the fonts of these folders. */
async function plotNamed(folder: string, name: string, folders: readonly string[], file: string) {
  const run = join(folder, "runs", "20261123-named");
  Deno.mkdirSync(run, { recursive: true });
  const options = { base: "squeezenet11", epochs: 30 };
  Deno.writeTextFileSync(
    join(run, "config.json"),
    JSON.stringify({ version: 1, created: "2026-11-23T20:55:01.000Z", options, resolved: null }),
  );
  const events = recorded("lesson").map((event) => (event.type === "run" ? { ...event, name } : event));
  Deno.writeTextFileSync(join(run, "events.jsonl"), events.map((event) => JSON.stringify(event) + "\n").join(""));
  const config = join(folder, "fonts.conf");
  const dirs = folders.map((dir) => `<dir>${dir}</dir>`).join("");
  Deno.writeTextFileSync(config, `<fontconfig>${dirs}<cachedir>${join(folder, "cache")}</cachedir></fontconfig>`);
  return await headlight(["plot", "--runs", join(folder, "runs"), "--out", join(folder, file)], {
    env: { FONTCONFIG_FILE: config },
  });
}

Deno.test("plot without a font for its characters reports this, names them and recommends the SVG", async () => {
  await withTemporaryFolder(async (folder) => {
    const png = join(folder, "花.png");
    const { status, stdout, stderr } = await plotNamed(folder, "花 한 あ 🍎", [], "花.png");
    assert.deepEqual([status, stdout], [0, `${png}\n`]);
    assert.match(stderr, /^headlight: [^\n]*: no installed font has the characters 花 한 あ 🍎\. Install [^\n]*\n$/);
    assert.ok(stderr.includes(`--out '${join(folder, "花.svg")}'`), stderr);
    const svg = await plotNamed(folder, "花", [], "a.svg");
    assert.deepEqual([svg.status, svg.stderr], [0, ""]);
    assert.match(Deno.readTextFileSync(join(folder, "a.svg")), />花 /);
  });
});

Deno.test({
  name: `plot silently uses a font of the system that has its characters${needs("fontconfig")}`,
  ignore: !hasFontconfig,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const { status, stderr } = await plotNamed(folder, "花 한 あ 🍎", [FONTS], "with.png");
      assert.deepEqual([status, stderr], [0, ""]);
      await plotNamed(folder, "花 한 あ 🍎", [], "without.png");
      assert.notDeepEqual(
        Deno.readFileSync(join(folder, "with.png")),
        Deno.readFileSync(join(folder, "without.png")),
      );
    });
  },
});
