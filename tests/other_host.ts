/**
 * Runs processes as if they were on another host that shares the folders of this one, but neither locks nor sockets.
 * A library that is loaded before the C library gives them another host name and another boot, and locks that only they
 * see among each other, on what looks like NFS.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

int gethostname(char *name, size_t length) {
  strncpy(name, getenv("OTHER_HOST"), length);
  return 0;
}
int uname(struct utsname *names) {
  int result = NEXT(int (*)(struct utsname *), "uname")(names);
  strncpy(names->nodename, getenv("OTHER_HOST"), sizeof names->nodename);
  return result;
}
int statfs(const char *path, struct statfs *facts) {
  int result = NEXT(int (*)(const char *, struct statfs *), "statfs")(path, facts);
  facts->f_type = 0x6969;
  return result;
}
int statfs64(const char *path, struct statfs64 *facts) {
  int result = NEXT(int (*)(const char *, struct statfs64 *), "statfs64")(path, facts);
  facts->f_type = 0x6969;
  return result;
}
/* Locks of open file descriptions exclude each other, but not those of flock. Folders cannot have them, as on NFS. */
int flock(int fd, int operation) {
  struct stat facts;
  if (fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) return 0;
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  if (operation & LOCK_SH) lock.l_type = F_RDLCK;
  if (operation & LOCK_UN) lock.l_type = F_UNLCK;
  return fcntl(fd, operation & LOCK_NB ? F_OFD_SETLK : F_OFD_SETLKW, &lock);
}
static const char *seen(const char *path) {
  return strcmp(path, "/proc/sys/kernel/random/boot_id") == 0 ? getenv("OTHER_BOOT") : path;
}
#define OPEN(name) \\
  int name(const char *path, int flags, ...) { \\
    va_list rest; \\
    va_start(rest, flags); \\
    mode_t mode = va_arg(rest, mode_t); \\
    va_end(rest); \\
    return NEXT(int (*)(const char *, int, ...), #name)(seen(path), flags, mode); \\
  }
OPEN(open)
OPEN(open64)
`;

export const canPretend = Deno.build.os === "linux" &&
  (await new Deno.Command("cc", { args: ["--version"], stdout: "null" }).output().catch(() => null))?.success === true;

/** Returns the environment of a process on another host. `folder` gets the library. */
export async function onAnotherHost(folder: string, name = "elsewhere"): Promise<Record<string, string>> {
  const [source, shim, boot] = [`${name}.c`, `${name}.so`, `${name}.boot`].map((file) => join(folder, file));
  assert.ok(source && shim && boot);
  Deno.writeTextFileSync(source, SHIM);
  Deno.writeTextFileSync(boot, `${crypto.randomUUID()}\n`);
  const { success, stderr } = await new Deno.Command("cc", {
    args: ["-shared", "-fPIC", "-o", shim, source, "-ldl"],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return { LD_PRELOAD: shim, OTHER_HOST: name, OTHER_BOOT: boot };
}
