/** Opens reports in Chromium, on a phone and on a desktop, light and dark. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { reportHtml } from "../../src/report/html/page.tsx";
import { axeFaults, browserTest, keepScreenshot, openPage, SCREENS } from "../browser.ts";
import { withTemporaryFolder } from "../support.ts";
import { HOSTILE, madeReport } from "./made_report.ts";

/** So many that their confusion matrix is wider than a phone. */
const CLASSES = [...HOSTILE, ...Array.from({ length: 14 }, (_, place) => `class ${place}`)];

/** Registers a test of a report on one or two runs, which gets its address. */
function reportTest(name: string, test: (browser: Browser, address: string) => Promise<void>, runs: 1 | 2): void {
  Deno.test(browserTest(name, (browser) =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, "report.html");
      Deno.writeTextFileSync(path, reportHtml(await madeReport(runs, CLASSES)));
      await test(browser, `file://${path}`);
    })));
}

for (const runs of [1, 2] as const) {
  reportTest(
    `a report on ${runs === 1 ? "one run" : "two runs"} is readable on a phone and a desktop, light, dark and in print`,
    async (browser, address) => {
      for (const viewport of SCREENS) {
        for (const colorScheme of ["light", "dark"] as const) {
          const { context, page, said } = await openPage(browser, address, { viewport, colorScheme });
          assert.deepEqual(await axeFaults(page), [], `${viewport.width} ${colorScheme}`);
          const width = await page.evaluate("document.documentElement.scrollWidth");
          assert.equal(width, viewport.width, "nothing is wider than the screen");
          await page.emulateMedia({ media: "print" });
          assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
          assert.deepEqual(said, []);
          await context.close();
        }
      }
    },
    runs,
  );
}

/**
 * Returns all texts and pictures that are not whole on the screen, except cells of tables, which scroll. Hidden texts are
 * for screen readers.
 */
const CUT_OFF = `[...document.querySelectorAll(
  "body :not(table, thead, tbody, tr, th, td, th *, td *, .hidden)"
)].filter((one) => {
  const { left, right } = one.getBoundingClientRect();
  const isWider = one.scrollWidth > one.clientWidth + 1 && one.className !== "scroll";
  return left < 0 || right > innerWidth || (isWider && getComputedStyle(one).display !== "inline");
}).map((one) => one.outerHTML.slice(0, 200))`;

for (const runs of [1, 2] as const) {
  reportTest(
    `in a report on ${
      runs === 1 ? "one run" : "two runs"
    } only the cells of tables are ever cut off, on screens of 360, 400 and 1280 pixels`,
    async (browser, address) => {
      for (const width of [360, 400, 1280]) {
        const { context, page } = await openPage(browser, address, { viewport: { width, height: 844 } });
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        const cut = await page.evaluate<string[]>(CUT_OFF);
        assert.deepEqual(cut, [], `${width}`);
        await keepScreenshot(page, `report-${runs}-${width}`);
        await context.close();
      }
    },
    runs,
  );
}

reportTest(
  "in the confusion matrix letter and name of a class are apart, and the names stay when it is scrolled",
  async (browser, address) => {
    const { context, page } = await openPage(browser, address, { viewport: { width: 400, height: 844 } });
    const rows = page.locator(".matrix tbody th");
    for (const row of await rows.all()) {
      const letter = await row.locator("[aria-hidden]").boundingBox();
      const name = await row.locator("bdi").boundingBox();
      assert.ok(letter && name);
      assert.ok(name.x - (letter.x + letter.width) >= 4, await row.innerHTML());
    }
    const before = await rows.first().boundingBox();
    await page.evaluate("document.querySelector('.scroll:has(.matrix)').scrollLeft = 1000");
    const [after, cell] = [await rows.first().boundingBox(), await page.locator(".matrix td").first().boundingBox()];
    assert.equal(after?.x, before?.x);
    assert.ok((cell?.x ?? 0) < (before?.x ?? 0) + (before?.width ?? 0), "it was scrolled");
    assert.ok((before?.width ?? 400) < 200, "the cells have room beside the names");
    await context.close();
  },
  1,
);

reportTest("a report needs no script, and its dark pictures are those of a dark page", async (browser, address) => {
  const { page, said, context } = await openPage(browser, address, { javaScriptEnabled: false, colorScheme: "dark" });
  const panels = page.locator(".panels img");
  assert.equal(await panels.count(), 2);
  assert.ok(((await panels.first().boundingBox())?.height ?? 0) > 100);
  assert.equal(await page.locator("h1").count(), 1);
  assert.deepEqual(said, []);
  await context.close();
}, 1);
