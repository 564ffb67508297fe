import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs"
import { basename, dirname, join } from "node:path"

/** A program of this machine, and what it reads besides its shared libraries. */
export interface HostProgram {
  /** Where it lies here. */
  readonly path: string
  /** What it is called in the root. Default: as here. */
  readonly name?: string
  /** Folders that it reads, under the same paths in the root. */
  readonly folders?: readonly string[]
}

/** The first of some names that is a program on PATH here, with links followed. */
export function findHostProgram(...names: readonly string[]): string | undefined {
  for (const name of names) {
    try {
      return execFileSync("sh", ["-c", 'readlink -f "$(command -v "$0")"', name], { encoding: "utf8" }).trim()
    } catch {
      // Not this one.
    }
  }
  return undefined
}

/** The Python of this machine with its standard library; undefined where it has none. */
export function hostPython(): HostProgram | undefined {
  const ask = "import os, sys, sysconfig; print(os.path.realpath(sys.executable)); print(sysconfig.get_path('stdlib'))"
  // A Python in somebody's home would lie under /root in the gear, where only root may go.
  for (const python of ["/usr/bin/python3", "/usr/local/bin/python3"].filter((candidate) => existsSync(candidate))) {
    const [path = "", library = ""] = execFileSync(python, ["-c", ask], { encoding: "utf8" }).trim().split("\n")
    return { path, name: "python3", folders: [library] }
  }
  return undefined
}

/** Makes a root filesystem of programs of this machine: what a gear in their language needs, and nothing that would have to be fetched. */
export function makeHostRoot(folder: string, programs: readonly HostProgram[]): string {
  for (const path of ["bin", "usr/bin", "etc", "tmp", "proc", "sys", "dev", "flywheel/v0"]) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  chmodSync(folder, 0o755)
  chmodSync(join(folder, "tmp"), 0o1777)
  for (const { path, name, folders = [] } of programs) {
    const called = join("/usr/bin", name ?? basename(path))
    // One of a checkout may lie where a box mounts something of its own, as over /tmp.
    const place = /^\/(usr|bin|lib|opt)\//.test(path) ? path : called
    copyIn(folder, path, place)
    const link = join(folder, called)
    if (!existsSync(link)) symlinkSync(place, link)
    for (const library of librariesOf(path)) copyIn(folder, library, library)
    for (const source of folders) {
      cpSync(source, join(folder, source), { recursive: true, filter: isNeeded, verbatimSymlinks: true })
    }
  }
  if (!existsSync(join(folder, "bin/bash"))) symlinkSync("/usr/bin/bash", join(folder, "bin/bash"))
  return folder
}

function copyIn(folder: string, path: string, place: string): void {
  const target = join(folder, place)
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(path, target)
  chmodSync(target, 0o755)
}

/** @see ldd(1): `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, and the loader by its path alone */
function librariesOf(path: string): readonly string[] {
  try {
    const lines = execFileSync("ldd", [path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n")
    return lines.flatMap((line) => /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1] ?? [])
  } catch {
    // It is linked statically.
    return []
  }
}

const NOT_NEEDED =
  /\/(?:site-packages|dist-packages|__pycache__|test|tests|idlelib|tkinter|ensurepip|lib2to3|config-[^/]*)$/

function isNeeded(path: string): boolean {
  return !NOT_NEEDED.test(path)
}
