import { useInput, usePaste } from "ink";
import { keyName } from "../../src/dashboard/keys/keys.ts";

/** Calls `press` with the name of each key. Pasted text does nothing: it arrives on a channel of its own. */
export function useKeys(press: (key: string) => void): void {
  useInput((input, key) => {
    const name = keyName(input, key);
    if (name !== null) press(name);
  });
  usePaste(() => {});
}
