/** Chromium for tests of pages: looked for in PATH, and started without a screen. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { needs } from "./support.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const CHROMIUM = (Deno.env.get("PATH") ?? "").split(":").flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** A phone and a desktop. */
export const SCREENS = [{ width: 390, height: 844 }, { width: 1280, height: 800 }] as const;

const ARGUMENTS = [
  // Chromium's own sandbox does not work for root and in containers. The pages are this project's own.
  "--no-sandbox",
  // WebGL without a GPU, and a camera that shows a moving test picture.
  ...["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
];

/** Returns a test with a browser. Without Chromium, it is skipped. */
export function browserTest(name: string, test: (browser: Browser) => Promise<void>): Deno.TestDefinition {
  return {
    name: CHROMIUM === undefined ? name + needs("Chromium") : name,
    ignore: CHROMIUM === undefined,
    async fn() {
      const browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ARGUMENTS });
      try {
        await test(browser);
      } finally {
        await browser.close();
      }
    },
  };
}

/**
 * Opens a page. Returns it with all that it says on the console and asks other addresses for, which is nothing if all is
 * well. What is below the page's own folder is no other address.
 */
export async function openPage(browser: Browser, address: string, look: BrowserContextOptions = {}) {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  const said: string[] = [];
  const own = address.slice(0, address.lastIndexOf("/") + 1);
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => said.push(dialog.message()));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !url.startsWith("data:") && !url.startsWith("blob:")) said.push(url);
  });
  await page.goto(address);
  return { context, page, said };
}

/** Returns the serious and critical faults that axe finds, with the elements that have them. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Keeps a screenshot of the whole page in the folder that HEADLIGHT_SCREENSHOTS names, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("HEADLIGHT_SCREENSHOTS");
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
