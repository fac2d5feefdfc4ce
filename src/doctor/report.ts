/** Formats checks as lines for a terminal. Pure. */
import { stripControl } from "../text.ts";
import type { Check } from "./check.ts";
import { exitStatus } from "./checks.ts";

/**
 * Returns the report's lines: status, name and text in columns, each remedy indented below its check, and a conclusion.
 */
export function report(list: readonly Check[]): string[] {
  const statusWidth = Math.max(...list.map(({ status }) => status.length));
  const nameWidth = Math.max(...list.map(({ name }) => name.length));
  const indent = " ".repeat(statusWidth + nameWidth + 4);
  const lines = list.flatMap(({ status, name, text, remedy }) => [
    `${status.padEnd(statusWidth)}  ${name.padEnd(nameWidth)}  ${stripControl(text)}`,
    ...(remedy === undefined ? [] : [`${indent}-> ${stripControl(remedy)}`]),
  ]);
  return [...lines, "", upshot(list)];
}

function upshot(list: readonly Check[]): string {
  const blocking = list.filter(({ blocks }) => blocks).map(({ name }) => name);
  if (exitStatus(list) === 0) return "Training can start: deno task train";
  return `Training cannot start until this is fixed: ${blocking.join(", ")}`;
}
