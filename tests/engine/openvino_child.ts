/**
 * A process that sets up OpenVINO on the small machine in a folder and prints the libraries' folder. Tests kill it or
 * run two at once. With a label as second argument it reports the first progress with that label and then waits.
 */
import { setUpOpenvino } from "../../src/engine/openvino/setup.ts";
import { SmallMachine } from "./small_machine.ts";

const [folder = "", holdAt] = Deno.args;
const machine = new SmallMachine(folder);
const { files } = await setUpOpenvino(machine.openvinoOptions({ onProgress: ({ label }) => hold(label) }));
console.log(files.libraries);

function hold(label: string): void {
  if (label !== holdAt) return;
  console.log("holds");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
