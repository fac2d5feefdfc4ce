import assert from "node:assert/strict";
import { reportHtml } from "../../../src/report/html/page.tsx";
import { HOSTILE, HOSTILE_PATH, madeJudgement, madeReport } from "../made_report.ts";

const PAGES = [
  { what: "one run", html: reportHtml(await madeReport(1)) },
  { what: "two runs", html: reportHtml(await madeReport(2)) },
];

/** Returns the names of all elements of a page, in order. */
function elements(html: string): string[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, name = ""]) => name);
}

/** Returns the tags of an element, with their attributes. */
function tags(html: string, name: string): string[] {
  return html.match(new RegExp(`<${name}(?=[ />])[^>]*>`, "g")) ?? [];
}

for (const { what, html } of PAGES) {
  Deno.test(`a report on ${what}: text from files is text, whatever it looks like`, () => {
    const known = new Set(
      ("html head meta title style body header main footer nav section h1 h2 h3 h4 p ul li dl dt dd div span bdi br a " +
        "figure figcaption picture source img table caption thead tbody tr th td pre code details summary").split(" "),
    );
    assert.deepEqual(elements(html).filter((name) => !known.has(name)), []);
    assert.equal(tags(html, "style").length, 1);
    for (const text of [...HOSTILE, HOSTILE_PATH]) {
      if (/[<"]/.test(text)) assert.ok(!html.includes(text), text);
      assert.ok(html.includes(escaped(text)), text);
    }
    assert.ok(!/\son[a-z]+=/i.test(tags(html, "img").join("")));
  });

  Deno.test(`a report on ${what} has one h1, and no heading skips a level`, () => {
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.equal(levels[0], 1);
    assert.equal(levels.filter((level) => level === 1).length, 1);
    levels.forEach((level, place) => assert.ok(level <= (levels[place - 1] ?? 0) + 1, `heading ${place}`));
  });

  Deno.test(`a report on ${what}: every header of a table says its scope, and every picture what it shows`, () => {
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.ok(tags(html, "th").length > 20);
    assert.deepEqual(tags(html, "th").filter((tag) => !/ scope="(?:row|col)"/.test(tag)), []);
    assert.deepEqual(tags(html, "img").filter((tag) => !/ alt="/.test(tag)), []);
  });

  Deno.test(`a report on ${what} contains all that it shows, and forbids everything else`, () => {
    const sources = [...tags(html, "img"), ...tags(html, "source")]
      .map((tag) => / src(?:Set)?="([^"]*)"/.exec(tag)?.[1] ?? "");
    assert.ok(sources.length > 4);
    assert.deepEqual(sources.filter((source) => !/^data:image\/(?:svg\+xml|png|jpeg);base64,/.test(source)), []);
    assert.deepEqual(tags(html, "a").filter((tag) => !/ href="#/.test(tag)), []);
    assert.ok(!html.includes("url("));
    assert.match(html, /http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;; /);
  });
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

Deno.test("a page about a thousand classes stays small: the classes with the lowest F1, and a matrix of the most confused", async () => {
  const names = Array.from({ length: 1000 }, (_, label) => `class ${label}`);
  const judgement = { ...madeJudgement(names), mistakes: [] };
  const [run] = (await madeReport(1)).runs;
  assert.ok(run);
  const html = reportHtml({ written: "", runs: [{ ...run, judgement }], comparison: null, curves: null });
  assert.match(html, /These are the 200 of 1,000 classes with the lowest F1\./);
  assert.match(html, /The table has the 25 of 1,000 classes that are confused most often\. The last column counts /);
  assert.equal(tags(html, "table").filter((tag) => tag.includes("matrix")).length, 1);
  assert.ok(html.length < 500_000, `${html.length}`);
});

Deno.test("a run without a finished epoch has a page that says what is missing", async () => {
  const [run] = (await madeReport(1)).runs;
  assert.ok(run);
  const nothing = {
    ...run,
    curves: null,
    epochs: null,
    historyNote: "There are no curves.",
    judgement: { missing: "No images were classified." },
  };
  const html = reportHtml({ written: "", runs: [nothing], comparison: null, curves: null });
  assert.match(html, /There are no curves\./);
  assert.match(html, /No images were classified\./);
});
