/** Finds out whether systemd's login manager ends a user's processes at logout (logind.conf(5)). Pure. */

/**
 * Returns whether processes started here are ended at logout. Lingering alone does not prevent it: it keeps the user's
 * service manager running, but processes of a session end with the session's scope. A process survives if it is in a
 * scope of the service manager (`systemd-run --user --scope`) and the user lingers.
 *
 * @param files the contents of logind.conf, then of the files in logind.conf.d in order; the last assignment wins
 * @param cgroup this process's /proc/self/cgroup
 * @param lingers whether `loginctl enable-linger` is set for the user
 */
export function killsUserProcesses(files: readonly string[], cgroup: string, lingers: boolean): boolean {
  const ofManager = /\/user@\d+\.service\//.test(cgroup);
  if (ofManager) return !lingers;
  const last = files.flatMap((text) => [...text.matchAll(/^\s*KillUserProcesses\s*=\s*(\S+)/gm)]).at(-1)?.[1];
  return /^(?:1|yes|true|on)$/i.test(last ?? "no");
}
