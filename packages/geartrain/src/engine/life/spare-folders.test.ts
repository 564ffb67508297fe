import assert from "node:assert/strict"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { after, test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { type InnerFolder, SpareFolders } from "./spare-folders.ts"

const top = mkdtempSync(join(tmpdir(), "geartrain-spares-"))
after(() => rmSync(top, { recursive: true, force: true }))

function innerOf(base: string): readonly InnerFolder[] {
  return [
    { path: `${base}/box`, mode: 0o700, unseen: true },
    { path: `${base}/output`, mode: 0o755 },
    { path: `${base}/tmp`, mode: 0o1777 },
  ]
}

/** That have made folders before: for the first job none are kept. */
function usedSpares(place: string): SpareFolders {
  const spares = new SpareFolders(place)
  const first = join(top, `first-of-${basename(place)}`)
  spares.make(first, innerOf(first))
  assert.equal(spares.keep(first, ENDED), false)
  return spares
}

const ENDED = { hasEnded: true }

/** The numbers of the folders on the disk. */
function numbersOf(base: string): readonly number[] {
  return ["", "/box", "/output", "/tmp"].map((name) => statSync(base + name).ino)
}

test("folders that nobody touched serve again, and those that somebody did are made anew", async () => {
  const place = join(top, "place")
  const spares = usedSpares(place)
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => join(top, name)) as [string, string, string, string]
  spares.make(a, innerOf(a))
  const first = numbersOf(a)
  await setTimeout(30)
  writeFileSync(join(a, "log.ndjson"), "a line")
  assert.equal(spares.keep(a, ENDED), true)
  assert.ok(!existsSync(a))
  await setTimeout(30)
  spares.make(b, innerOf(b))
  const second = numbersOf(b)
  assert.deepEqual(readdirSync(b).toSorted(), ["box", "output", "tmp"])
  await setTimeout(30)
  assert.equal(spares.keep(b, ENDED), true)
  spares.make(c, innerOf(c))
  const before = numbersOf(c)
  assert.deepEqual(before, second)
  assert.deepEqual(before.slice(0, 2), first.slice(0, 2))
  await setTimeout(30)
  writeFileSync(join(c, "output/result"), "")
  chmodSync(join(c, "tmp"), 0o700)
  utimesSync(join(c, "tmp"), 1, 1)
  assert.equal(spares.keep(c, ENDED), true)
  // What has just been made anew is left alone for a moment.
  await setTimeout(30)
  spares.make(d, innerOf(d))
  assert.deepEqual(readdirSync(join(d, "output")), [])
  const now = statSync(join(d, "tmp"))
  assert.deepEqual([now.mode & 0o7777, now.mtimeMs > 1000], [0o1777, true])
  assert.equal(numbersOf(d)[0], before[0])
  spares.close()
  assert.ok(!existsSync(place), "nothing is left but what is in use")
  assert.ok(existsSync(d))
})

test("folders that a process may still have are never given to another job", () => {
  const spares = usedSpares(join(top, "lost"))
  const base = join(top, "haunted")
  spares.make(base, innerOf(base))
  assert.equal(spares.keep(base, { hasEnded: false }), false)
})

test("folders are the caller's to remove where they hold more than a look can clear, or none are kept", () => {
  const spares = usedSpares(join(top, "other"))
  const base = join(top, "full")
  spares.make(base, innerOf(base))
  mkdirSync(join(base, "secrets"))
  assert.equal(spares.keep(base, ENDED), false)
  assert.equal(spares.keep(base, ENDED), false, "it is known no more")
  const busy = join(top, "busy")
  spares.make(busy, innerOf(busy))
  writeFileSync(join(busy, "box/left"), "")
  assert.equal(spares.keep(busy, ENDED), false)
  const none = new SpareFolders(undefined)
  const plain = join(top, "plain")
  none.make(plain, innerOf(plain))
  assert.equal(none.keep(plain, ENDED), false)
  assert.equal(statSync(join(plain, "tmp")).mode & 0o7777, 0o1777)
})

test("folders of another kind are made anew", () => {
  const spares = usedSpares(join(top, "kinds"))
  const [a, b] = [join(top, "kind-a"), join(top, "kind-b")]
  spares.make(a, innerOf(a))
  assert.equal(spares.keep(a, ENDED), true)
  spares.make(b, [...innerOf(b), { path: `${b}/home`, mode: 0o755 }])
  assert.ok(existsSync(join(b, "home")))
  spares.close()
})
