import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { busyboxMissing, makeBusyboxGear } from "../programs/busybox-gear.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"

const skip = busyboxMissing() ?? false

/** Renames the window of a terminal, clears it, and turns the direction of what follows. */
const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u009b2J\u202e"
const SIGNS = ["\u001b", "\u0007", "\u009b", "\u202e", "\r"]

let home: CliHome
let job: JobRecord
before(async () => {
  if (skip !== false) return
  home = await openCliHome()
  const root = makeBusyboxGear(join(home.folder, "root"), {
    name: "hostile",
    version: "1.0.0\u202e",
    command: `cat input/*/* > output/"$(printf 'a\\033[2Jb')"; cat /proc/sys/kernel/random/uuid > output/u.txt`,
    inputs: { text: { base: "file", description: HOSTILE } },
    config: { [`c${HOSTILE}`]: { type: "string", default: HOSTILE, description: HOSTILE } },
    environment: { NOTE: HOSTILE },
  })
  const path = join(root, "flywheel/v0/manifest.json")
  const words = {
    label: HOSTILE,
    description: HOSTILE,
    author: HOSTILE,
    cite: HOSTILE,
    url: HOSTILE,
    maintainer: HOSTILE,
  }
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...words }))
  const imported = await home.gear(["import", "./root"])
  assert.equal(imported.code, 0, imported.err)
  assert.deepEqual(harmful(imported.out + imported.err), [])
  await home.write(`in${HOSTILE}.txt`, "text\n")
  job = await home.run("hostile", "--text", `in${HOSTILE}.txt`, "-o", "out")
})
after(() => home?.close())

/** The lines of a command's output that would drive a terminal. */
function harmful(shown: string): readonly string[] {
  return shown.split("\n").filter((line) => SIGNS.some((sign) => line.includes(sign)))
}

test("no command hands on what would drive a terminal: names, versions and texts of a gear, of its files and of its values", {
  skip,
}, async () => {
  const again = await home.run("hostile", "--text", `in${HOSTILE}.txt`, "--no-output")
  const lines = [
    ["ls"],
    ["show", "hostile"],
    ["show", job.id],
    ["lint", "hostile"],
    ["run", "hostile", "--help"],
    ["run", "hostile", "--text", `in${HOSTILE}.txt`, "--dry-run"],
    ["run", "hostile"],
    ["run", "hostile", "--no-output", "--text", `in${HOSTILE}.txt`],
    ["jobs"],
    ["cite", job.id],
    ["cite", job.id, "--as", "cff"],
    ["cite", job.id, "--as", "bibtex"],
    ["diff", job.id, again.id],
    ["explain", job.id, "--runs", "1"],
    ["explain", job.id, again.id, "--runs", "1"],
    ["whence", `in${HOSTILE}.txt`],
    ["whence", "out/u.txt"],
    ["metadata", job.id],
    ["provenance", job.id, "-o", "crate"],
    ["verify", job.id],
    ["replay", job.id, "--no-output"],
    ["prove", job.id, "--provider", job.provider?.name ?? ""],
    ["export", job.id, "-o", "exported"],
    ["publish", "hostile", "--catalogue", join(home.folder, "gears")],
    ["search", "--catalogue", join(home.folder, "gears")],
    ["install", "hostile", "--catalogue", join(home.folder, "gears")],
    ["bundle", job.id, "-o", "job.gtz"],
    ["verify", "job.gtz"],
    ["restore", job.id, "--dry-run"],
    ["trace", job.id],
    ["store", "du"],
    ["rm", "--dry-run", "hostile", job.id],
    ["rm", "-y", again.id],
  ]
  const found: string[] = []
  for (const line of lines) {
    const { out, err } = await home.gear(line)
    assert.ok(!(out + err).includes("BUG"), `${line.join(" ")}: ${err}`)
    found.push(...harmful(out + err).map((each) => `${line[0]}: ${each}`))
  }
  assert.deepEqual(found, [])
})
