import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Where Debian's package busybox-static puts the program. */
const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"]

/** Why gears of busybox cannot be made here, or undefined when they can. */
export function busyboxMissing(): string | undefined {
  const path = BUSYBOX.find((candidate) => existsSync(candidate))
  if (path === undefined) return "needs busybox (package busybox-static)"
  const isStatic = !readFileSync(path).includes("/lib64/ld-linux")
  return isStatic ? undefined : "needs a busybox that is statically linked (package busybox-static)"
}

export interface BusyboxGear {
  readonly name?: string
  readonly version?: string
  /** Run by `sh -c` in /flywheel/v0. */
  readonly command: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string>>
  readonly custom?: Readonly<Record<string, unknown>>
  readonly capabilities?: readonly string[]
}

/** Makes a folder with a whole small gear in it: busybox, as sh and bash too, and a manifest. */
export function makeBusyboxGear(folder: string, gear: BusyboxGear): string {
  for (const path of ["bin", "etc", "tmp", "root", "proc", "sys", "dev", "flywheel/v0/input", "flywheel/v0/output"]) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  chmodSync(join(folder, "tmp"), 0o1777)
  copyFileSync(BUSYBOX.find((candidate) => existsSync(candidate)) ?? "", join(folder, "bin/busybox"))
  const applets = execFileSync(join(folder, "bin/busybox"), ["--list"], { encoding: "utf8" }).trim().split("\n")
  // The specification asks for bash, and a line of shell needs no more than busybox has.
  writeFileSync(join(folder, "bin/bash"), '#!/bin/sh\nexec /bin/sh "$@"\n', { mode: 0o755 })
  for (const applet of applets) {
    if (applet !== "busybox" && !existsSync(join(folder, "bin", applet)))
      symlinkSync("busybox", join(folder, "bin", applet))
  }
  writeFileSync(join(folder, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")
  writeFileSync(join(folder, "flywheel/v0/manifest.json"), `${JSON.stringify(manifestOf(gear), undefined, 2)}\n`)
  return folder
}

/** The manifest of a small gear. */
export function manifestOf(gear: BusyboxGear): Record<string, unknown> {
  return {
    name: gear.name ?? "busybox-gear",
    label: "A gear for tests",
    description: "Runs a line of shell",
    version: gear.version ?? "1.0.0",
    author: "Geartrain",
    license: "Apache-2.0",
    url: "",
    source: "",
    command: gear.command,
    config: gear.config ?? {},
    inputs: gear.inputs ?? {},
    ...(gear.environment === undefined ? {} : { environment: gear.environment }),
    ...(gear.custom === undefined ? {} : { custom: gear.custom }),
    ...(gear.capabilities === undefined ? {} : { capabilities: gear.capabilities }),
  }
}
