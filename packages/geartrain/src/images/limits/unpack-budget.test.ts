import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError } from "@geartrain/spec"
import type { ImageLimits } from "./image-limits.ts"
import { UnpackBudget } from "./unpack-budget.ts"

const LIMITS: ImageLimits = {
  maxEntries: 3,
  maxUnpackedBytes: 10_000,
  maxExpansion: 100,
  maxHoleExpansion: 10,
  freeBytes: 1000,
  maxDepth: 5,
  maxLayers: 5,
}

function budget(changes: Partial<ImageLimits> = {}, knownBytes?: number): UnpackBudget {
  return new UnpackBudget({ ...LIMITS, ...changes }, { reference: "a.tar" }, knownBytes)
}

function refuses(act: () => void, code: "IMAGE_TOO_LARGE" | "IMAGE_TOO_MANY_ENTRIES", limit: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.hint ?? "", limit)
    return true
  })
}

test("what unpacks to far more than it is, is a bomb from the first byte beyond its allowance", () => {
  const spent = budget()
  spent.packed(10)
  spent.unpacked(2000)
  refuses(() => spent.unpacked(1), "IMAGE_TOO_LARGE", /expansion=1000/)
})

test("where the size of the archive is known beforehand, data may come before what it was packed into", () => {
  const known = budget({}, 50)
  known.unpacked(6000)
  refuses(() => known.unpacked(1), "IMAGE_TOO_LARGE", /expansion=/)
})

test("an archive that is honest and too large is told how large it may be", () => {
  const large = budget({ maxExpansion: 1_000_000 })
  large.packed(1000)
  large.unpacked(12_000)
  refuses(() => large.unpacked(1), "IMAGE_TOO_LARGE", /size=/)
  refuses(() => budget().entry({ path: "big", size: 10_001 }, 0), "IMAGE_TOO_LARGE", /size=/)
})

test("files add up, and the one that goes beyond the limit is named", () => {
  const files = budget()
  files.entry({ path: "a", size: 6000 }, 0)
  assert.throws(() => files.entry({ path: "b", size: 6000 }, 0), /"b"/)
})

test("holes of sparse files are counted apart, against what is packed", () => {
  const sparse = budget()
  sparse.packed(10)
  sparse.entry({ path: "a", size: 1 }, 1100)
  refuses(() => sparse.entry({ path: "b", size: 1 }, 1), "IMAGE_TOO_LARGE", /holes=100/)
})

test("entries are counted whatever they are", () => {
  const names = budget()
  for (const path of ["a", "b", "c"]) names.entry({ path, size: 0 }, 0)
  refuses(() => names.entry({ path: "d", size: 0 }, 0), "IMAGE_TOO_MANY_ENTRIES", /entries=/)
})
