/** Whether systemd's login manager ends a user's processes at logout (logind.conf(5)). Pure. */

/**
 * @param files logind.conf, then the files of logind.conf.d in order: the last assignment wins
 * @param lingers whether the user is exempt (loginctl enable-linger)
 */
export function killsUserProcesses(files: readonly string[], lingers: boolean): boolean {
  const last = files.flatMap((text) => [...text.matchAll(/^\s*KillUserProcesses\s*=\s*(\S+)/gm)]).at(-1)?.[1];
  return !lingers && /^(?:1|yes|true|on)$/i.test(last ?? "no");
}
