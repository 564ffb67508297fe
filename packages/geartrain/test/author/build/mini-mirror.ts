import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { busyboxMissing } from "../../programs/busybox-gear.ts"

/** What this machine's Debian has that the small one gets, besides the libraries that they need. */
const PROGRAMS = ["dpkg", "dpkg-deb", "dpkg-split", "dpkg-query", "tar", "diff", "env", "start-stop-daemon", "ldconfig"]
const PLACES = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
const APPLETS = ["sh", "rm", "mkdir", "chmod", "cat", "ls", "cp", "mv", "ln", "true", "grep", "sed", "sort"]
const ARCHITECTURE = "amd64"

/** Why a recipe cannot be built from a mirror of our own here, or undefined when it can. */
export function mirrorMissing(): string | undefined {
  if (process.arch !== "x64") return "needs a machine of the architecture amd64"
  for (const program of ["mmdebstrap", ...PROGRAMS]) {
    if (findProgram(program) === undefined) return `needs ${program} (Debian with the package mmdebstrap)`
  }
  return busyboxMissing()
}

/**
 * Makes a Debian of one essential package, and a few that can be installed, as a mirror in a folder: so a recipe is built by the real mmdebstrap, apt and
 * dpkg, without any network, in a second.
 *
 * @param packages  Files of each further package, by the path they are installed at.
 */
export function makeMirror(
  folder: string,
  packages: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  const pool = join(folder, "mirror/pool")
  mkdirSync(pool, { recursive: true })
  const base = join(folder, "mini-base")
  makeBase(base)
  const files = [pack(base, "mini-base", pool)]
  for (const [name, contents] of Object.entries(packages)) {
    const place = join(folder, `package-${name}`)
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(join(place, dirname(path)), { recursive: true })
      writeFileSync(join(place, path), text, { mode: 0o755 })
    }
    files.push(pack(place, name, pool))
  }
  writeIndexes(join(folder, "mirror"), files)
  return `copy:${join(folder, "mirror")}`
}

function makeBase(root: string): void {
  for (const path of ["usr/bin", "usr/sbin", "usr/lib64", "etc", "var/log", "var/cache", "tmp", "proc", "sys", "dev"]) {
    mkdirSync(join(root, path), { recursive: true })
  }
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name))
  copyFileSync(realpathSync("/bin/busybox"), join(root, "usr/bin/busybox"))
  for (const applet of APPLETS) symlinkSync("busybox", join(root, "usr/bin", applet))
  writeFileSync(join(root, "usr/bin/bash"), '#!/bin/sh\nexec /bin/sh "$@"\n', { mode: 0o755 })
  for (const program of PROGRAMS) {
    const path = realpathSync(findProgram(program) ?? "")
    copyFileSync(
      path,
      join(root, ["start-stop-daemon", "ldconfig"].includes(program) ? "usr/sbin" : "usr/bin", program),
    )
    for (const library of librariesOf(path)) {
      const place = join(root, library.replace(/^\/lib/, "/usr/lib"))
      mkdirSync(dirname(place), { recursive: true })
      copyFileSync(realpathSync(library), place)
    }
  }
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")
  writeFileSync(join(root, "etc/group"), "root:x:0:\n")
}

function librariesOf(program: string): readonly string[] {
  try {
    const text = execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    return [...text.matchAll(/(\/\S+) \(0x/g)].map((found) => found[1] ?? "")
  } catch {
    // Linked statically: it needs none.
    return []
  }
}

function pack(folder: string, name: string, pool: string): string {
  const essential = name === "mini-base" ? "Essential: yes\nPriority: required\n" : ""
  mkdirSync(join(folder, "DEBIAN"), { recursive: true })
  writeFileSync(
    join(folder, "DEBIAN/control"),
    `Package: ${name}\nVersion: 1.0\nArchitecture: ${ARCHITECTURE}\nMaintainer: Nobody <nobody@example.org>\n${essential}Description: for tests\n`,
  )
  const file = join(pool, `${name}_1.0_${ARCHITECTURE}.deb`)
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", folder, file], { stdio: "ignore" })
  return file
}

/** @see https://wiki.debian.org/DebianRepository/Format */
function writeIndexes(mirror: string, files: readonly string[]): void {
  const paragraphs = files.map((file) => {
    const control = execFileSync("dpkg-deb", ["--field", file], { encoding: "utf8" }).trimEnd()
    return `${control}\nFilename: pool/${file.split("/").at(-1)}\nSize: ${statSync(file).size}\nSHA256: ${sha256(file)}\n`
  })
  const folder = join(mirror, "dists/bookworm")
  const index = `main/binary-${ARCHITECTURE}/Packages`
  mkdirSync(dirname(join(folder, index)), { recursive: true })
  writeFileSync(join(folder, index), paragraphs.join("\n"))
  const size = statSync(join(folder, index)).size
  writeFileSync(
    join(folder, "Release"),
    `Suite: bookworm\nCodename: bookworm\nArchitectures: ${ARCHITECTURE}\nComponents: main\nDate: Tue, 14 Nov 2023 00:00:00 UTC\nSHA256:\n ${sha256(join(folder, index))} ${size} ${index}\n`,
  )
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex")
}

function findProgram(name: string): string | undefined {
  return PLACES.map((place) => join(place, name)).find((path) => existsSync(path))
}
