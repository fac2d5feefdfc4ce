/** Exports a model several times into one folder, for a test in which several processes do. Prints how often. */
import { join } from "node:path";
import type { Format } from "../../src/export/format.ts";
import { writeExport } from "../../src/export/write/write_export.ts";
import { madeUpModel } from "./made_up_model.ts";

const [folder = "", times = "1"] = Deno.args;
const format: Format = {
  displayName: "Test",
  write: (_, into) => Deno.writeTextFile(join(into, "model"), String(Deno.pid)),
  howToLoad: () => "",
};
const origin = { run: "run", checkpoint: "best", epoch: 1, step: 0, network: "lesson-cnn", remarks: [] };
const model = madeUpModel("lesson-cnn", 32);
for (let time = 0; time < Number(times); time++) {
  const services = { tf: () => Promise.reject(new Error("not needed")) };
  await writeExport(model, format, origin, { folder, replaces: true }, services);
}
console.log(times);
