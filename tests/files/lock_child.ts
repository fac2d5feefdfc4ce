/** Takes the lock at PATH, prints "held", and holds it until it is killed. */
import { waitForLock } from "../../src/files/lock.ts";

await waitForLock(Deno.args[0] ?? "");
console.log("held");
setInterval(() => {}, 1000);
