/** A process that provisions on the small machine in a folder, to be killed or raced: prints the addon's path. */
import { provisionEngine } from "../../src/engine/provision.ts";
import { SmallMachine } from "./small_machine.ts";

const [folder = ""] = Deno.args;
const machine = new SmallMachine(folder);
const { files } = await provisionEngine("tensorflow", machine.options());
console.log(files.kind === "tensorflow" ? files.addon : files.kind);
