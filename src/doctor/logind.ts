/** Whether systemd's login manager ends a user's processes at logout (logind.conf(5)). Pure. */

/**
 * Lingering alone is no exemption: it keeps the user's service manager alive, while what a session started dies with the
 * session's scope. A process outlives it that lies in a scope of the manager (`systemd-run --user --scope`) whose user
 * lingers.
 *
 * @param files logind.conf, then the files of logind.conf.d in order: the last assignment wins
 * @param cgroup this process's /proc/self/cgroup
 * @param lingers `loginctl enable-linger` was said for the user
 */
export function killsUserProcesses(files: readonly string[], cgroup: string, lingers: boolean): boolean {
  const ofManager = /\/user@\d+\.service\//.test(cgroup);
  if (ofManager) return !lingers;
  const last = files.flatMap((text) => [...text.matchAll(/^\s*KillUserProcesses\s*=\s*(\S+)/gm)]).at(-1)?.[1];
  return /^(?:1|yes|true|on)$/i.test(last ?? "no");
}
