import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import type { JobRecord } from "@geartrain/spec"
import { ownIdentity } from "../../../system/host.ts"
import { processName } from "../../../system/linux/process-name.ts"
import { storeLayout } from "../home/layout.ts"
import { folderSize } from "./folder-size.ts"
import { findLeftovers, isAbandoned } from "./leftovers.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-left-"))
after(() => rmSync(home, { recursive: true, force: true }))
const layout = storeLayout(home)

const ALIVE = processName(ownIdentity())
const DEAD = processName({ ...ownIdentity(), pid: spawnSync("true").pid })
const ELSEWHERE = processName({ ...ownIdentity(), host: "another-machine" })

function folder(path: string, ageMs = 0): string {
  mkdirSync(path, { recursive: true })
  const seconds = (Date.now() - ageMs) / 1000
  utimesSync(path, seconds, seconds)
  return path
}

const DAY = 24 * 60 * 60 * 1000
const id = (digit: string): string => digit.repeat(24)

test("what a dead process left is found, what lives or nobody of ours has named is left alone", async () => {
  const expected = [
    folder(join(layout.temporary, DEAD)),
    folder(join(layout.temporary, ELSEWHERE), 8 * DAY),
    folder(join(layout.trash, `${DEAD}.0123abcd`)),
  ]
  folder(join(layout.temporary, ALIVE))
  folder(join(layout.temporary, "somebody's"), 100 * DAY)
  folder(join(layout.trash, `${ALIVE}.0123abcd`))
  const found = await findLeftovers(layout, {
    jobs: { get: async () => undefined, owner: async () => undefined },
    spareSinceMs: Date.now(),
  })
  assert.deepEqual([...found].toSorted(), expected.toSorted())
})

test("of a process on another machine nobody knows: only what it has not touched for a week is abandoned", async () => {
  assert.equal(await isAbandoned(folder(join(home, "a", ELSEWHERE), 6 * DAY)), false)
  assert.equal(await isAbandoned(folder(join(home, "b", ELSEWHERE), 8 * DAY)), true)
})

test("folders of jobs go when the job has ended well, or never had a record, and stay while they hold the only outputs", async () => {
  rmSync(home, { recursive: true, force: true })
  const work = (digit: string, ageMs = 0): string => folder(join(layout.work, id(digit)), ageMs)
  const records: Record<string, Partial<JobRecord>> = {
    [id("1")]: { state: "complete" },
    [id("2")]: { state: "running" },
    [id("3")]: { state: "failed", failure: { reason: "DISK_FULL" } as JobRecord["failure"] & object },
    [id("4")]: { state: "failed", failure: { reason: "NONZERO_EXIT" } as JobRecord["failure"] & object },
    [id("5")]: { state: "complete" },
  }
  for (const digit of "12345") work(digit)
  work("6", 2 * 60 * 60 * 1000)
  work("7")
  folder(join(layout.work, "notes"), 100 * DAY)
  const jobs = {
    get: async (job: string) => records[job] as JobRecord | undefined,
    // Its own process is still putting things in order.
    owner: async (job: string) => (job === id("5") ? ownIdentity() : undefined),
  }
  const found = await findLeftovers(layout, { jobs, spareSinceMs: Date.now() })
  assert.deepEqual(
    [...found].toSorted(),
    ["1", "4", "6"].map((digit) => join(layout.work, id(digit))),
  )
  const older = await findLeftovers(layout, { jobs, spareSinceMs: Date.now() - 3 * 60 * 60 * 1000 })
  assert.ok(!older.includes(join(layout.work, id("6"))), "a shell that has been open since before keeps its folder")
})

test("the size of a folder is that of its files, without links, and of nothing it is 0", async () => {
  const base = folder(join(home, "sized/deep"))
  writeFileSync(join(base, "a"), Buffer.alloc(1000))
  writeFileSync(join(base, "../b"), Buffer.alloc(234))
  symlinkSync("/", join(base, "link"))
  assert.equal(await folderSize(join(home, "sized")), 1234)
  assert.equal(await folderSize(join(base, "a")), 1000)
  assert.equal(await folderSize(join(base, "link")), 0)
  assert.equal(await folderSize(join(home, "none")), 0)
})
