/**
 * Starts Headlight. This file stays small, so that its imports run before Deno loads the rest of the program. On a slow
 * machine or with an empty module cache, that takes longer than the 500 ms after which Deno listens for signals.
 */
// This import comes first: once anything listens for SIGHUP, the disposition that was inherited can no longer be read.
import { IGNORES_HANG_UP } from "./src/dashboard/session/hang_up.ts";
import { ignoreForGood } from "./src/no_debugger.ts";

// Deno already listens for SIGHUP at this point, and a SIGHUP would end every command that has no listener of its own.
if (IGNORES_HANG_UP) ignoreForGood("SIGHUP");

// Deno would load a literal path together with this file, before it runs the imports above.
const path: string = import.meta.resolve("./src/commands/command_line.ts");
const { runCommandLine }: typeof import("./src/commands/command_line.ts") = await import(path);
Deno.exit(await runCommandLine(Deno.args));
