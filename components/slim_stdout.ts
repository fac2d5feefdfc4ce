import { collapseStyles } from "../src/dashboard/drawing/collapse_styles.ts";
import type { Sprites } from "../src/dashboard/drawing/sprites.ts";

/**
 * The same stream; what Ink writes to it goes out with what the sprites' names stand for, and with as few style sequences
 * as do.
 */
export function slimStdout(stdout: NodeJS.WriteStream, sprites: Sprites): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const slim = typeof chunk === "string" ? collapseStyles(sprites.drawn(chunk)) : chunk;
    return (stdout.write as (chunk: string | Uint8Array, ...rest: unknown[]) => boolean).call(stdout, slim, ...rest);
  };
  return new Proxy(stdout, {
    get(target, name) {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}
