/**
 * A process that provisions on the small machine in a folder, to be killed or raced: prints the addon's path. With a
 * label as second argument it stands still as soon as progress with that label is reported, after saying so.
 */
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { SmallMachine } from "./small_machine.ts";

const [folder = "", holdAt] = Deno.args;
const machine = new SmallMachine(folder);
const { files } = await provisionEngine("tensorflow", machine.options({ onProgress: ({ label }) => hold(label) }));
console.log(files["addon"]);

function hold(label: string): void {
  if (label !== holdAt) return;
  console.log("holds");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
