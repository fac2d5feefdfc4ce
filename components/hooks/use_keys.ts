import { useInput, usePaste } from "ink";
import { keyNames } from "../../src/dashboard/keys/keys.ts";

/** Calls `press` with the name of each key. Terminals in bracketed paste mode deliver pasted text separately. */
export function useKeys(press: (key: string) => void): void {
  useInput((input, key) => {
    for (const name of keyNames(input, key)) press(name);
  });
  usePaste(() => {});
}
