/**
 * The page that comes with a model for TensorFlow.js: a folder for a web server, or one file that contains everything.
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { count } from "../../counted.ts";
import { packageFolder } from "../../engine/packages.ts";
import type { ExportedModel } from "../exported_model.ts";

/** A file of the page. */
export interface PageFile {
  readonly name: string;
  readonly content: string;
}

/** What `tf.loadGraphModel` needs besides the values of the weights. */
export interface ModelArtifacts {
  readonly modelTopology: unknown;
  readonly weightSpecs: unknown;
  readonly signature: unknown;
  readonly userDefinedMetadata: unknown;
}

const LIBRARY = "tf.min.js";
/** The build for browsers since 2017. The build for older ones evaluates strings, which the page's policy forbids. */
const LIBRARY_BUILD = "tf.es2017.min.js";
/** The scripts, in the order in which the page loads them. */
const SCRIPTS = [LIBRARY, "classify.js", "page.js"] as const;
const STYLE = "page.css";

/** The Content-Security-Policy of each page: load nothing from other origins, and show images from memory (blob:). */
const POLICY = {
  folder: "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'",
  single:
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob:; base-uri 'none'; " +
    "form-action 'none'",
} as const;

/** Returns the files of the page that loads model.json from its own folder. A web server must serve them. */
export function pageFolder(model: ExportedModel): PageFile[] {
  const scripts = SCRIPTS.map((name) => `<script src="${name}"></script>`);
  const page = filled(model, POLICY.folder, `<link rel="stylesheet" href="${STYLE}">`, scripts);
  return [
    { name: "index.html", content: page },
    ...[...SCRIPTS, STYLE].map((name) => ({ name, content: source(name) })),
  ];
}

/** Returns the page that contains the model, which a browser can open from the disk. */
export function singlePage(model: ExportedModel, artifacts: ModelArtifacts, weights: Uint8Array): string {
  const data = JSON.stringify({ ...artifacts, weightData: Buffer.from(weights).toString("base64") });
  const scripts = [
    // An end tag ends the element even inside a JSON string. \u003c is the same character in JSON.
    `<script type="application/json" id="model">${data.replaceAll("<", "\\u003c")}</script>`,
    ...SCRIPTS.map((name) => `<script>\n${inline(name)}</script>`),
  ];
  return filled(model, POLICY.single, `<style>\n${source(STYLE)}</style>`, scripts);
}

/** Returns the text of a script. @throws Error if it contains a tag that would end the script element */
function inline(name: (typeof SCRIPTS)[number]): string {
  const text = source(name);
  if (/<\/script|<!--/i.test(text)) throw new Error(`${name} cannot be put into a page`);
  return text;
}

function source(name: string): string {
  const own = fileURLToPath(new URL(`page/${name}`, import.meta.url));
  return readFileSync(name === LIBRARY ? join(packageFolder("@tensorflow/tfjs"), "dist", LIBRARY_BUILD) : own, "utf8");
}

/** Fills in the page's placeholders, by a function, because `$&` in a replacement string has a special meaning. */
function filled(
  { name, classes }: Pick<ExportedModel, "name" | "classes">,
  policy: string,
  style: string,
  scripts: readonly string[],
): string {
  const values: Readonly<Record<string, string>> = {
    policy,
    style,
    scripts: scripts.join("\n    "),
    title: name,
    count: count(classes.length),
  };
  return source("index.html").replaceAll(/%(\w+)%/g, (_, place: string) => values[place] ?? "");
}
