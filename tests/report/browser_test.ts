/** Opens reports in Chromium, on a phone and on a desktop, light and dark. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { reportHtml } from "../../src/report/html/page.tsx";
import { axeFaults, browserTest, openPage, SCREENS } from "../browser.ts";
import { withTemporaryFolder } from "../support.ts";
import { madeReport } from "./made_report.ts";

/** Registers a test of a report on one or two runs, which gets its address. */
function reportTest(name: string, test: (browser: Browser, address: string) => Promise<void>, runs: 1 | 2): void {
  Deno.test(browserTest(name, (browser) =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, "report.html");
      Deno.writeTextFileSync(path, reportHtml(await madeReport(runs)));
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

reportTest("a report needs no script, and its dark pictures are those of a dark page", async (browser, address) => {
  const { page, said, context } = await openPage(browser, address, { javaScriptEnabled: false, colorScheme: "dark" });
  const panels = page.locator(".panels img");
  assert.equal(await panels.count(), 2);
  assert.ok(((await panels.first().boundingBox())?.height ?? 0) > 100);
  assert.equal(await page.locator("h1").count(), 1);
  assert.deepEqual(said, []);
  await context.close();
}, 1);
