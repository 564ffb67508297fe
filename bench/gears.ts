import { createHash } from "node:crypto"
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  opendirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { timedRun } from "./measure/timed-run.ts"

const MIB = 1024 * 1024
const BUSYBOX = "/bin/busybox"

export interface BenchGear {
  readonly name: string
  /** The root filesystem, unpacked. */
  readonly folder: string
  readonly tar: string
}

/**
 * Makes a gear whose root filesystem is busybox and ballast: files of this machine's /usr, which compress and number as those of a gear do.
 *
 * @param about.script  What its `run` does, for busybox's shell.
 */
export async function makeGear(
  where: string,
  about: {
    readonly name: string
    readonly megabytes: number
    readonly script: string
    /** As in a manifest. */
    readonly config?: Readonly<Record<string, object>>
  },
): Promise<BenchGear> {
  const folder = join(where, about.name)
  mkdirSync(join(folder, "flywheel/v0"), { recursive: true })
  for (const name of ["bin", "dev", "etc", "proc", "sys", "tmp"]) mkdirSync(join(folder, name))
  copyFileSync(BUSYBOX, join(folder, "bin/busybox"))
  chmodSync(join(folder, "bin/busybox"), 0o755)
  await timedRun(["chroot", folder, "/bin/busybox", "--install", "-s", "/bin"]).catch(() => linkApplets(folder))
  writeFileSync(join(folder, "flywheel/v0/run"), `#!/bin/sh\n${about.script}\n`, { mode: 0o755 })
  writeFileSync(join(folder, "flywheel/v0/manifest.json"), JSON.stringify(manifest(about.name, about.config ?? {})))
  fill(join(folder, "ballast"), about.megabytes * MIB)
  const tar = `${folder}.tar`
  await timedRun(["tar", "--numeric-owner", "-C", folder, "-cf", tar, "."])
  return { name: about.name, folder, tar }
}

/** Without root there is no chroot: the applets that the scripts use are enough. */
async function linkApplets(folder: string): Promise<void> {
  for (const applet of ["sh", "true", "cat", "dd", "stat"])
    await timedRun(["ln", "-s", "busybox", join(folder, "bin", applet)])
}

function manifest(name: string, config: object): object {
  const text = { label: name, description: "Measures", author: "Geartrain", license: "Apache-2.0", url: "", source: "" }
  const inputs = { data: { base: "file", optional: true } }
  return { name, version: "0", ...text, config, inputs }
}

function fill(folder: string, bytes: number): void {
  mkdirSync(folder)
  let left = bytes
  for (const { path, size } of filesBelow("/usr")) {
    if (left <= 0) return
    if (size > 50 * MIB || size > left) continue
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(path, target)
    left -= size
  }
  // A machine with little installed: the rest is noise, which is the worst case for whoever compresses.
  if (left > 0) writeNoise(join(folder, "noise"), left)
}

function* filesBelow(folder: string): Generator<{ readonly path: string; readonly size: number }> {
  const open = opendirSync(folder)
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) yield* filesBelow(path)
      else if (entry.isFile()) yield { path, size: statSync(path).size }
    }
  } finally {
    open.closeSync()
  }
}

/** Bytes that no compressor makes smaller, the same every time. */
export function writeNoise(path: string, bytes: number): void {
  const file = openSync(path, "w")
  try {
    const block = Buffer.concat(
      Array.from({ length: MIB / 64 }, (_, n) => createHash("sha512").update(`${n}`).digest()),
    )
    for (let written = 0; written < bytes; written += block.length) {
      // Another block each time, or a store that keeps each piece once would have little to do.
      block.writeUInt32LE(written / MIB, 0)
      writeSync(file, block, 0, Math.min(block.length, bytes - written))
    }
  } finally {
    closeSync(file)
  }
}

export function hasBusybox(): boolean {
  try {
    return readFileSync(BUSYBOX).length > 0
  } catch {
    // Not installed.
    return false
  }
}
