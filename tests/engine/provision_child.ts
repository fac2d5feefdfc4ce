/**
 * A process that sets up an engine on the small machine in a folder and prints the addon's path. Tests kill it or run
 * two at once. With a label as second argument it reports the first progress with that label and then waits.
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
